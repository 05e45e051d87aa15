// A new file that a command makes where the user has named it: whole, or not there at all.

import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { unwritable } from "./file-words.ts";

/** As others make files. */
const USUAL_MODE = 0o666;

/**
 * @param advice what to do when there is one of that name
 * @throws CommandError when there is one of that name, or it can't be made or written
 */
export function writeNewFile(
  path: string,
  content: Uint8Array | string,
  { mode = USUAL_MODE, advice = null }: { mode?: number; advice?: string | null } = {},
): void {
  let fd: number;
  try {
    fd = openSync(path, "wx", mode);
  } catch (error) {
    throw unwritable(path, error, advice);
  }
  try {
    writeFileSync(fd, content);
  } catch (error) {
    rmSync(path, { force: true });
    throw unwritable(path, error);
  } finally {
    closeSync(fd);
  }
}
