// SQLite's failures in words for an operator.

import { SQLiteError } from "bun:sqlite";
import { systemCode } from "../system/system-code.ts";
import { StoreError } from "./store.ts";

/** Whether an error is SQLite's, of this code or one of its extended codes. */
export function isSqliteError(error: unknown, code: string): boolean {
  return error instanceof SQLiteError && (error.code ?? "").startsWith(code);
}

/** What SQLite says where it may not open or write a file. */
const REFUSALS = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"];

const SYSTEM_REFUSALS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; use the user it belongs to",
  EPERM: "it is not permitted; use the user it belongs to",
  EROFS: "its file system is read-only; mount it for writing, or use another data directory",
};

/**
 * The StoreError for a failure of the store at `path`; other errors stay as they are.
 * @param what is at the path, when it is not the store
 */
export function storeErrorOf(error: unknown, path: string, what = "store"): unknown {
  const unusable = `The ${what} ${path} can't be used`;
  if (isSystemError(error)) {
    const reason = SYSTEM_REFUSALS[systemCode(error)];
    if (reason !== undefined) return new StoreError("ACCESS", `${unusable}: ${reason}.`, error);
    return new StoreError("IO", `${unusable}: ${error.message}.`, error);
  }
  if (!(error instanceof SQLiteError)) return error;
  if (isSqliteError(error, "SQLITE_FULL")) {
    const full = `There is no space left for the ${what} ${path}`;
    const advice = "Nothing that was written before is lost. Free some space, then start again";
    return new StoreError("FULL", `${full}. ${advice}.`, error);
  }
  if (REFUSALS.some((code) => isSqliteError(error, code))) {
    const why = `${error.message}: SQLite writes beside the ${what} even to read it`;
    const advice = "Use the user it belongs to, and a file system that can be written";
    return new StoreError("ACCESS", `${unusable} (${why}). ${advice}.`, error);
  }
  if (isSqliteError(error, "SQLITE_CORRUPT")) return damagedFile(path, error.message, error);
  if (isSqliteError(error, "SQLITE_NOTADB")) return foreignFile(path, error);
  return new StoreError("IO", `${unusable}: ${error.message}.`, error);
}

/** Whether an error is the operating system's, e.g. of a directory that may not be written. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

/** The names of a store, and of copies of it that are made or replaced. */
const OF_A_STORE = /(?:^|\/)store(?:\.\w+)?\.db$/;

/** What to do where a backup is damaged. */
export const DAMAGED_BACKUP = "take another backup, or begin a new one in another file";

export function damagedFile(path: string, reason: string, cause?: SQLiteError): StoreError {
  const [what, fix] = OF_A_STORE.test(path)
    ? [
        "store",
        "keep a copy of the data directory, and restore a backup or start on an empty one with --join",
      ]
    : ["backup", DAMAGED_BACKUP];
  const words = `The ${what} ${path} is damaged (${reason}). Nothing was changed: ${fix}.`;
  return new StoreError("DAMAGED", words, cause);
}

/** The file is there, but no store of ours. */
export function foreignFile(path: string, cause?: unknown): StoreError {
  return new StoreError(
    "FOREIGN",
    `${path} is not a store of convex-peer nor a backup of one, or its first page is damaged. ` +
      "Nothing was changed. Name another data directory (--data-dir) or file, or restore a backup.",
    cause,
  );
}

/** A log holds what was written last, and the file that it belongs to has nothing. */
export function lostFile(path: string, log: string, isThere: boolean): StoreError {
  const what = isThere
    ? `The store ${path} is empty, but its log ${log} is not`
    : `The store ${path} is gone, but its log ${log} is there`;
  const fix =
    "put the file back that it belongs to; without it, keep a copy of the data directory, move both " +
    "away, and restore a backup or start with --join";
  return new StoreError("DAMAGED", `${what}. Nothing was changed: ${fix}.`);
}

/** The file of a lock is a database, which says so no more. */
export function strangeLock(path: string, cause: unknown): StoreError {
  const what = `${path} is no lock of a store: something else has written to it`;
  return new StoreError(
    "FOREIGN",
    `${what}. Nothing was changed: remove it while no peer runs.`,
    cause,
  );
}
