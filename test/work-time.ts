// What something costs this process, whatever others do on the machine meanwhile.

const MICROSECONDS = 1e3;
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
 * Milliseconds by the clock that something takes, for what waits in another process and does not
 * work: the least of some runs, the last of which is the first that keeps to the bound.
 */
export async function leastOf(boundMs: number, run: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS_MAX && least >= boundMs; i++) least = Math.min(least, await run());
  return least;
}
