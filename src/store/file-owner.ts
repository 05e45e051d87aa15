// Whose the files of a data directory are: root may work in that of the user whom the peer runs as
// (`sudo convex-peer store gc`), and what root makes there would be closed to the peer. That user
// may put links there meanwhile: none is followed, and no file given away that has another name.

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

/** Makes what is open its folder's owner's, as far as it is root's, and nowhere else. */
function giveAway(fd: number, path: string): void {
  const about = fstatSync(fd);
  const isAlone = about.isDirectory() || (about.isFile() && about.nlink === 1);
  if (about.uid !== ROOT || !isAlone) return;
  const { uid, gid } = statSync(dirname(path));
  fchownSync(fd, uid, gid);
}

/**
 * Makes a file or folder its folder's owner's, when this is root. No file that SQLite has open
 * here: it would lose its locks. @throws the system's error, ELOOP for a link
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
 * The same for a file that is not there yet: whoever opens it then finds it empty. @throws the
 * system's error, EEXIST for a link that leads nowhere
 */
export function makeForFolderOwner(path: string): void {
  if (!isRoot() || existsSync(path)) return;
  let fd: number;
  try {
    fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (existsSync(path)) return;
    throw error;
  }
  try {
    giveAway(fd, path);
  } finally {
    closeSync(fd);
  }
}
