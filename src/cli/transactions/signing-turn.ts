// Commands that sign with one key take turns on a machine. Two of the same words in one moment
// would make the same transaction, bit for bit, which is executed once: both were told that theirs
// is final.

import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, EXIT } from "../failure.ts";
import { turnAt } from "../files/turn.ts";
import { shortKey } from "../keys/account-key.ts";

const OWNER_ONLY = 0o600;
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
  const late = () => {
    const what = `Another command has signed with key ${shortKey(publicKey)}, and waits`;
    return new CommandError(EXIT.TEMPFAIL, `${what}: nothing was sent. Run it again later`);
  };
  try {
    return await turnAt(fd, timeoutMs, late, work);
  } finally {
    // Closed, it is free for the next one.
    closeSync(fd);
  }
}
