// What the log says of a disk that keeps the peer waiting: before a write is on disk no Result of
// it is told and no Order leaves, and nothing further is executed.

import { type Clock, steadyOf } from "../../peer/clock.ts";
import type { Log } from "../log/log.ts";

const LOOK_EVERY_MS = 1_000;
/** Clients notice it, and others begin to do without this peer after three times as long. */
export const SLOW_WRITE_MS = 1_000;
/** Least time between two lines. */
export const SAY_EVERY_MS = 60_000;

const ADVICE = "`convex-peer doctor` measures the disk: a peer needs a local SSD that is not busy";

/**
 * Looks once a second, until the answer is called.
 * @param writes hands over the longest write since it was asked last, in ms
 */
export function logSlowDisk(
  writes: { takeLongest(): number },
  log: Pick<Log, "say">,
  clock: Clock,
): () => void {
  const steady = steadyOf(clock);
  let longestMs = 0;
  let silentUntilMs = steady.now();
  let cancel = () => {};
  const look = () => {
    cancel = steady.after(LOOK_EVERY_MS, look);
    longestMs = Math.max(longestMs, writes.takeLongest());
    if (longestMs < SLOW_WRITE_MS || steady.now() < silentUntilMs) return;
    const seconds = (longestMs / 1_000).toFixed(1);
    log.say(
      "peer",
      "warn",
      `The disk took ${seconds} s for a write, and all Results waited. ${ADVICE}`,
    );
    longestMs = 0;
    silentUntilMs = steady.now() + SAY_EVERY_MS;
  };
  look();
  return () => cancel();
}
