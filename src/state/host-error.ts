// Where a Java exception escapes in the reference (sheet 02 T1). That is no CVM error: no code can
// catch it, and the block in which it happens is void.

import { BadStructureError, isStackOverflow, PanicError } from "../data/errors.ts";

/** The reference throws a Java exception here. */
export class HostError extends Error {
  readonly code = "HOST";
}

/**
 * Whether an error stands for an exception of the reference, or for something that it dies of: a
 * block in which it happens is void. Missing data, upgrades and our own mistakes are not such.
 */
export function isHostFailure(error: unknown): error is Error {
  return (
    error instanceof HostError ||
    error instanceof BadStructureError ||
    error instanceof PanicError ||
    isStackOverflow(error)
  );
}
