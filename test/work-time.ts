// What something costs this process, whatever others do on the machine meanwhile.

import { existsSync, readFileSync } from "node:fs";

const MICROSECONDS = 1e3;
const NANOSECONDS = 1e6;
const RUNS_MAX = 5;

/**
 * Milliseconds of processor time that this process has taken, all its threads together: differences
 * do not grow when the machine is busy, as those of a clock do.
 */
export function workMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}

/**
 * Milliseconds that a process has waited for a processor while others had them, its first thread at
 * least; 0 where the machine does not tell.
 */
export function crowdedMs(pid: number): number {
  const path = `/proc/${pid}/schedstat`;
  const waited = existsSync(path) ? readFileSync(path, "utf8").split(" ")[1] : 0;
  return Number(waited) / NANOSECONDS;
}

/**
 * A clock, in ms, for what must not take long, be it work or a wait for nothing: it stands still
 * while this process waits for a processor.
 */
export function uncrowdedMs(): number {
  return performance.now() - crowdedMs(process.pid);
}

/**
 * Milliseconds by the clock that something takes, for what waits in another process and does not
 * work: the least of some runs, the last of which is the first that keeps to the bound.
 */
export async function leastOf(boundMs: number, run: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS_MAX && least >= boundMs; i++) least = Math.min(least, await run());
  return least;
}
