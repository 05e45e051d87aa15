// What goes wrong in the rounds of a peer without being a mistake of ours, by what comes of it.

import { ForkError } from "../../consensus/peer-history.ts";
import { MissingDataError } from "../../data/cell.ts";
import { BadStructureError } from "../../data/errors.ts";
import { UpgradeHaltError } from "../../state/rules.ts";
import { StoreError, type StoreErrorCode } from "../../store/store.ts";

const PASSING: readonly StoreErrorCode[] = ["FULL", "IO", "ACCESS"];

/** Failures of the store after which it is tried again. */
export function isPassing(error: unknown): error is StoreError {
  return error instanceof StoreError && PASSING.includes(error.code);
}

/** Cells of others that are missing or are not what they should be. */
export function isMissingOrUnsound(error: unknown): boolean {
  return error instanceof MissingDataError || error instanceof BadStructureError;
}

/** What ends a peer's part in consensus, not its process. */
export function isHalting(error: unknown): error is Error {
  return (
    error instanceof ForkError ||
    error instanceof StoreError ||
    error instanceof UpgradeHaltError ||
    error instanceof MissingDataError
  );
}
