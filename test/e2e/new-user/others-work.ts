// How long others on this machine have had its processors, by what all have worked and what was
// worked here. Waits for a processor (/proc/pressure) don't tell: what runs here waits for itself.

import { existsSync, readFileSync } from "node:fs";

const STAT = "/proc/stat";
/** Linux tells of all times in hundredths of a second. */
const TICK_MS = 10;
const MICROSECONDS = 1e3;
/** Columns of idle time, which is nobody's work, and of guests, who are in `user` already. */
const NO_WORK = [3, 4, 8, 9];

export interface MachineWork {
  /** Of all processors together, in ms since the machine was started. */
  readonly workedMs: number;
  readonly processors: number;
}

/** What /proc/stat tells; null when it does not. */
export function machineWork(stat = existsSync(STAT) ? readFileSync(STAT, "utf8") : "") {
  const columns = /^cpu +(\d[\d ]*)$/m.exec(stat)?.[1]?.trim().split(" ").map(Number);
  if (columns === undefined) return null;
  const ticks = columns.reduce((sum, each, i) => (NO_WORK.includes(i) ? sum : sum + each), 0);
  const processors = stat.match(/^cpu\d+ /gm)?.length ?? 1;
  return { workedMs: ticks * TICK_MS, processors } satisfies MachineWork;
}

/** Processor time, in ms, of a process that has ended and of all that it has waited for. */
export function workMsOf(ended: Bun.Subprocess): number {
  return Number(ended.resourceUsage()?.cpuTime.total ?? 0) / MICROSECONDS;
}

/**
 * Milliseconds for which others had all processors: their work between two looks, spread over
 * these; 0 where the machine does not tell.
 * @param ownMs processor time of what was done here meanwhile
 */
export function othersMs(
  before: MachineWork | null,
  after: MachineWork | null,
  ownMs: number,
): number {
  if (before === null || after === null) return 0;
  return Math.max(0, after.workedMs - before.workedMs - ownMs) / after.processors;
}
