// What is fuzzed, and what counts as a finding.

import type { CaseRandom } from "./random.ts";

/** Longest time to decode or read, in ms, … */
export const READ_LIMIT_MS = 50;
/** … of so many bytes at most (issue of the release: 100 kB). */
export const READ_LIMIT_BYTES = 100_000;
/** Longest time of execution, in ns a unit of juice, … */
export const NS_PER_JUICE = 200;
/** … counted from here: below it is the machine's noise. */
export const JUICE_FLOOR = 100_000;
/** A slow case is measured again so often; its fastest run counts. */
export const SLOW_REPEATS = 5;

/** One input, and what to do with it. */
export interface FuzzCase {
  /** The input, to be read by a person: hex or text. */
  readonly text: string;
  readonly bytes: number;
  /** Works on it. @throws Wrong for a finding, anything else for a crash */
  run(): CaseOutcome;
}

export interface CaseOutcome {
  /** Whether the input was taken for good. */
  readonly accepted: boolean;
  /** Nanoseconds of the part that has a limit. */
  readonly ns: number;
  /** The most it may have taken. */
  readonly limitNs: number;
  readonly juice?: number;
}

export interface Target {
  readonly name: string;
  make(random: CaseRandom): FuzzCase;
}

/** Something that is not as it must be. */
export class Wrong extends Error {
  readonly code = "WRONG";
}

/**
 * Nanoseconds that `body` takes; what it returns goes into `result`. They are those of the clock or
 * of the processor, whichever are fewer: others who use the machine, and the collector's threads,
 * are not its fault.
 */
export function timed<T>(body: () => T): { result: T; ns: number } {
  const before = process.cpuUsage();
  const start = Bun.nanoseconds();
  const result = body();
  const wall = Bun.nanoseconds() - start;
  const { user, system } = process.cpuUsage(before);
  return { result, ns: Math.min(wall, (user + system) * 1000) };
}
