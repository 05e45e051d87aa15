// Commands that sign with one key take turns on a machine. Two of the same words in one moment
// would make the same transaction, bit for bit, which is executed once: both were told that theirs
// is final.

import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCLibrary } from "../../net/c-library.ts";
import { CommandError, EXIT } from "../failure.ts";
import { shortKey } from "../keys/account-key.ts";

/** flock(2). */
const LOCK_EX = 2;
const LOCK_NB = 4;
const OWNER_ONLY = 0o600;
const LOOK_MS = 20;
/** The folder is everybody's: what others have put there under this name is not opened. */
const TO_LOCK = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** An empty file of this user's, for a key; null where there can be none. */
function lockFile(publicKey: string): number | null {
  const name = `convex-peer-${process.geteuid?.() ?? 0}-${publicKey}.lock`;
  let fd: number;
  try {
    fd = openSync(join(tmpdir(), name), TO_LOCK, OWNER_ONLY);
  } catch {
    // Without turns it goes as between two machines.
    return null;
  }
  if (fstatSync(fd).uid === (process.geteuid?.() ?? 0)) return fd;
  // Whose it is could keep it for ever.
  closeSync(fd);
  return null;
}

/**
 * Runs `work` when no other command of this user's on this machine signs with the key.
 * @param publicKey in hex
 * @throws CommandError when that takes longer; then nothing was done
 */
export async function inTurn<T>(
  publicKey: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const fd = lockFile(publicKey);
  if (fd === null) return work();
  const library = openCLibrary({ flock: { args: ["i32", "i32"], returns: "i32" } });
  const deadline = performance.now() + timeoutMs;
  try {
    while (library !== null && library.symbols.flock(fd, LOCK_EX | LOCK_NB) !== 0) {
      if (performance.now() > deadline) {
        const what = `Another command has signed with key ${shortKey(publicKey)}, and waits`;
        throw new CommandError(EXIT.TEMPFAIL, `${what}: nothing was sent. Run it again later`);
      }
      await Bun.sleep(LOOK_MS);
    }
    return await work();
  } finally {
    // Closed, it is free for the next one.
    closeSync(fd);
    library?.close();
  }
}
