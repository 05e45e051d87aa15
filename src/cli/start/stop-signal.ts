// When a peer is to stop: SIGTERM, SIGINT, and SIGHUP, which comes when its terminal is closed.
// There is nothing to read again on SIGHUP: certificates are read when they change, and settings at
// the start.

import { readFileSync } from "node:fs";

/** Bit of SIGHUP in a mask of signals. */
const HANGUP_BIT = 1n;

/** Whether whoever started this process has it ignore SIGHUP, as `nohup` does. */
export function ignoresHangup(): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & HANGUP_BIT) !== 0n;
  } catch {
    // Other systems don't tell; there it stops in order, too.
    return false;
  }
}

/** A peer goes on when nobody reads what it says any more: a closed terminal, the end of a pipe. */
export function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
}

/**
 * Resolves when the first stop signal has come; a second SIGTERM or SIGINT ends the process at
 * once.
 */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const onSignal = () => {
      count++;
      if (count > 1) process.exit(1);
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
    if (ignoresHangup()) return;
    process.on("SIGHUP", resolve);
  });
}
