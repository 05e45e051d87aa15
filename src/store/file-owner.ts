// Who owns the files of a data directory. Root may work in the directory of the user that the peer
// runs as (`sudo convex-peer store gc`), and files that root makes there would be closed to the
// peer: they are given to the owner of the directory. That user may put links there meanwhile: none
// is followed, and no file that has a second name is given away.

import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  openSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

const ROOT = 0;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

function isRoot(): boolean {
  return process.geteuid?.() === ROOT;
}

/** Gives an open file or folder that belongs to root to the owner of the folder that it is in. */
function giveAway(fd: number, path: string): void {
  const about = fstatSync(fd);
  const isAlone = about.isDirectory() || (about.isFile() && about.nlink === 1);
  if (about.uid !== ROOT || !isAlone) return;
  const { uid, gid } = statSync(dirname(path));
  fchownSync(fd, uid, gid);
}

/**
 * Gives a file or folder to the owner of the folder that it is in, when this process is root's. Not
 * to be called for a file that SQLite has open in this process: it would lose its locks.
 * @throws the system's error, ELOOP for a link
 */
export function giveToFolderOwner(path: string): void {
  if (!isRoot()) return;
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    giveAway(fd, path);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes an empty file that belongs to the owner of its folder, when this process is root's and
 * there is none: whoever opens it then does not make one of root's.
 * @throws the system's error, EEXIST for a link that leads nowhere
 */
export function makeForFolderOwner(path: string): void {
  if (!isRoot() || existsSync(path)) return;
  let fd: number;
  try {
    fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  } catch (error) {
    // Another process has made it meanwhile.
    if (existsSync(path)) return;
    throw error;
  }
  try {
    giveAway(fd, path);
  } finally {
    closeSync(fd);
  }
}
