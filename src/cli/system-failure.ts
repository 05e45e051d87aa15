// Failures that the operating system or SQLite reports, in words: which file, what is wrong, what
// to do.

import { SQLiteError } from "bun:sqlite";
import { storeErrorOf } from "../store/sqlite-error.ts";
import { isDenial } from "../system/system-code.ts";
import { permissionWords } from "./files/permission.ts";

export type SystemFailureCode = "PERMISSION" | "PLACE" | "INPUT" | "DISK";

/** A file or folder can't be used as a command has to. */
export class SystemFailure extends Error {
  readonly code: SystemFailureCode;
  constructor(code: SystemFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Without the dot by which a folder is asked for that must be one. */
const shownPath = (path: string) => path.replace(/\/\.$/, "");

/** The failure of a file or folder that this user may not use. */
export function permissionFailure(path: string): SystemFailure {
  const words = `Cannot use ${shownPath(path)}: permission denied; ${permissionWords(path)}`;
  return new SystemFailure("PERMISSION", words);
}

/** By the code of the system's error; others are ours to explain. */
const WORDS: Readonly<Record<string, readonly [SystemFailureCode, string, string]>> = {
  EROFS: ["PLACE", "the file system is read-only", "choose a place that can be written"],
  ENOTDIR: ["PLACE", "a part of the path is a file, not a folder", "choose another place"],
  EEXIST: ["PLACE", "there is a file in its place", "choose another place"],
  ENOENT: ["PLACE", "there is no such place", "check the path"],
  ENAMETOOLONG: ["PLACE", "a name in it is too long", "choose a shorter one"],
  ELOOP: ["INPUT", "it is a link that leads back to itself", "check where it leads"],
  EISDIR: ["INPUT", "it is a folder, not a file", "name a file"],
  ENOSPC: ["DISK", "the disk is full", "free some space, then try again"],
};

/** What can't be written where standard output or standard error leads: those have no path. */
function outputFailure(error: Error): unknown {
  const code = "code" in error ? String(error.code) : "";
  if (!("syscall" in error && error.syscall === "write")) return error;
  if (code === "ENOSPC")
    return new SystemFailure("DISK", "Cannot write the output: the disk is full");
  return code === "EIO" ? new SystemFailure("DISK", "Cannot write the output (EIO)") : error;
}

/** The failure as a command says it; what is neither the system's nor SQLite's stays as it is. */
export function wordedFailure(error: unknown): unknown {
  if (error instanceof SQLiteError) return storeErrorOf(error, "or backup that is meant");
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  if (!("path" in error)) return outputFailure(error);
  if (isDenial(error)) return permissionFailure(String(error.path));
  const words = WORDS["code" in error ? String(error.code) : ""];
  if (words === undefined) return error;
  const [code, reason, advice] = words;
  return new SystemFailure(
    code,
    `Cannot use ${shownPath(String(error.path))}: ${reason}; ${advice}`,
  );
}
