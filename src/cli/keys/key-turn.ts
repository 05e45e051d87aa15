// Commands that read key files and write them anew take turns on their folder: side by side both
// would begin with the same file, and what one of them wrote be gone without a word.

import { closeSync, constants, openSync } from "node:fs";
import { isDenied } from "../../keys/secret-file.ts";
import { systemCode } from "../../system/system-code.ts";
import { CommandError, EXIT } from "../failure.ts";
import { turnAt } from "../files/turn.ts";

/** What is waited for takes some 0.4 s for each key. */
const TURN_MS = 30_000;

const ABSENT = ["ENOENT", "ENOTDIR"];

/** Null for a folder that is not there, or that this user may not list; then there are no turns. */
function opened(folder: string): number | null {
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (isDenied(error) || ABSENT.includes(systemCode(error))) return null;
    throw error;
  }
}

/**
 * Runs `work` while no other command writes the key files of a folder anew.
 * @throws CommandError when that takes too long; then nothing was done
 */
export async function inFolderTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const fd = opened(folder);
  if (fd === null) return work();
  const late = () =>
    new CommandError(
      EXIT.TEMPFAIL,
      `Another command writes key files in ${folder}: nothing was changed. Run it again later`,
    );
  try {
    return await turnAt(fd, TURN_MS, late, work);
  } finally {
    closeSync(fd);
  }
}
