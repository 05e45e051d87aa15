// What was written to a file, and what was done to the names in a folder, is not on the disk before
// it is synced: after a loss of power a file that was renamed into place can be empty, and one that
// was put away can be back.

import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { DENIALS, systemCode } from "./system-code.ts";

/** What a file system says to what it can't do. */
export const UNABLE: readonly string[] = ["EINVAL", "EBADF", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

function unless(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!codes.includes(systemCode(error))) throw error;
  }
}

/**
 * Has the content of a file, or the names in a folder, survive a loss of power, where the file
 * system can, and this user may open it. Throws what the system says where the disk fails.
 */
export function syncPath(path: string): void {
  unless(DENIALS, () => {
    const fd = openSync(path, "r");
    try {
      unless(UNABLE, () => fsyncSync(fd));
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * Writes a new file whose content is on the disk when this returns; its name is, once its folder
 * is synced. Throws what the system says, EEXIST when there is one of that name; there is no half
 * of it then.
 * @param mode permissions, less what the umask takes
 */
export function writeSynced(path: string, content: Uint8Array | string, mode = 0o666): void {
  const fd = openSync(path, "wx", mode);
  try {
    writeFileSync(fd, content);
    unless(UNABLE, () => fsyncSync(fd));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
