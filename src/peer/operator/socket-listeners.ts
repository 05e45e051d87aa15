// Whether anybody listens on a Unix socket that takes no connection. To who connects, the runtime
// reports a socket whose process has as many connections waiting as the system lets it (512 by
// default) as one that nobody listens on: ECONNREFUSED for the system's EAGAIN. Linux has a list.

import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const SOCKETS = "/proc/net/unix";
/** Flags of a socket that takes connections (__SO_ACCEPTCON). */
const LISTENING = "00010000";
/** Columns before the path: Num RefCount Protocol Flags Type St Inode. */
const ROW = /^\S+ +\S+ +\S+ +(\S+) +\S+ +\S+ +\d+ (\/.*)$/gm;

/** A path with its folder's links followed, itself where there is no such folder. */
function realPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // The folder of another process's socket may be gone, or closed to this user.
    return path;
  }
}

/**
 * Whether a process listens on the socket of this path; false also where that can't be told, on
 * other systems than Linux or from another container.
 */
export function isListenedOn(path: string): boolean {
  let sockets: string;
  try {
    sockets = readFileSync(SOCKETS, "utf8");
  } catch {
    return false;
  }
  const [name, real] = [basename(path), realPath(path)];
  for (const [, flags, bound = ""] of sockets.matchAll(ROW)) {
    if (flags === LISTENING && basename(bound) === name && realPath(bound) === real) return true;
  }
  return false;
}
