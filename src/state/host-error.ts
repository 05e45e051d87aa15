// What the reference does by letting a Java exception escape (sheet 02 T1): not a CVM error, no
// code of the CVM can catch it, and the block in which it happens has no effect at all.

import { BadStructureError, isStackOverflow, PanicError } from "../data/errors.ts";

export class HostError extends Error {
  readonly code = "HOST";
}

/**
 * Whether an error stands for an exception of the reference, or for its end. A block in which it
 * happens is void; missing data, upgrades and our own mistakes are none of these.
 */
export function isHostFailure(error: unknown): error is Error {
  return (
    error instanceof HostError ||
    error instanceof BadStructureError ||
    error instanceof PanicError ||
    isStackOverflow(error)
  );
}
