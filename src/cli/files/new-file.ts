// A new file that a command makes where the user has named it: whole, and on the disk, or not there
// at all.

import { dirname } from "node:path";
import { syncPath, writeSynced } from "../../system/durable-file.ts";
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
  try {
    writeSynced(path, content, mode);
    syncPath(dirname(path));
  } catch (error) {
    throw unwritable(path, error, advice);
  }
}
