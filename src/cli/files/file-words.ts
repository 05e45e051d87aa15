// Files that the user named, and that can't be read or made.

import { isDenied, readingReason, writingReason } from "../../keys/secret-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { CommandError, EXIT } from "../failure.ts";
import { permissionWords } from "./permission.ts";

/** @param what what the file is to hold, with its article. @param advice what else to do */
export function unreadable(
  what: string,
  path: string,
  error: unknown,
  advice: string | null = null,
): CommandError {
  const cannot = `Cannot read ${what} in ${path}`;
  if (isDenied(error)) {
    const words = `${cannot}: permission denied; ${permissionWords(path)}`;
    return new CommandError(EXIT.NOPERM, words);
  }
  const more = advice === null ? "" : `; ${advice}`;
  return new CommandError(EXIT.NOINPUT, `${cannot}: ${readingReason(error)}${more}`);
}

/** A new file that can't be made. @param advice what to do when there is one of that name */
export function unwritable(
  path: string,
  error: unknown,
  advice: string | null = null,
): CommandError {
  const cannot = `Cannot write ${path}`;
  if (isDenied(error)) {
    const words = `${cannot}: permission denied; ${permissionWords(path)}`;
    return new CommandError(EXIT.NOPERM, words);
  }
  const isThere = systemCode(error) === "EEXIST";
  const more = isThere && advice !== null ? `: ${advice}` : "";
  return new CommandError(EXIT.CANTCREAT, `${cannot}: ${writingReason(error)}${more}`);
}
