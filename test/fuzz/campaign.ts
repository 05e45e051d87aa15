// Runs cases of a target and keeps account of them.

import { CaseRandom } from "./random.ts";
import { type CaseOutcome, type FuzzCase, SLOW_REPEATS, type Target, Wrong } from "./target.ts";

const LONGEST_TEXT = 2_000;

export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly number: number;
  readonly what: string;
  readonly input: string;
}

export class Tally {
  cases = 0;
  accepted = 0;
  bytes = 0;
  juice = 0;
  /** Largest part of the time allowed that a case took. */
  worst = 0;
  worstCase = 0;
}

/** One line that says what is wrong, and how to see it again. */
export function findingLine({ target, seed, number, what, input }: Finding): string {
  const shown = input.length > LONGEST_TEXT ? `${input.slice(0, LONGEST_TEXT)}…` : input;
  const sentence = what.replaceAll(/\s+/g, " ");
  return `FOUND ${sentence} | bun run fuzz --replay ${target}:${seed}:${number} | ${shown}`;
}

export function caseOf(target: Target, seed: number, number: number): FuzzCase {
  return target.make(new CaseRandom(seed, Bun.hash.crc32(target.name), number));
}

/** Runs one case, several times when it is slow; what is wrong with it, or null. */
export function runCase(
  target: Target,
  seed: number,
  number: number,
  tally: Tally,
): Finding | null {
  const fuzzCase = caseOf(target, seed, number);
  const found = (what: string): Finding => {
    return { target: target.name, seed, number, what, input: fuzzCase.text };
  };
  tally.cases++;
  tally.bytes += fuzzCase.bytes;
  let outcome: CaseOutcome;
  try {
    outcome = fastestRun(fuzzCase);
  } catch (error) {
    if (error instanceof Wrong) return found(error.message);
    return found(`crash: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
  }
  if (outcome.accepted) tally.accepted++;
  tally.juice += outcome.juice ?? 0;
  const part = outcome.ns / outcome.limitNs;
  if (part > tally.worst) {
    tally.worst = part;
    tally.worstCase = number;
  }
  if (part <= 1) return null;
  const ms = (ns: number) => (ns / 1e6).toFixed(1);
  return found(`slow: ${ms(outcome.ns)} ms, at most ${ms(outcome.limitNs)}`);
}

/** The first run has to be good; only a slow one gets more chances. */
function fastestRun(fuzzCase: FuzzCase): CaseOutcome {
  let best = fuzzCase.run();
  for (let i = 0; i < SLOW_REPEATS && best.ns > best.limitNs; i++) {
    const next = fuzzCase.run();
    if (next.ns < best.ns) best = next;
  }
  return best;
}
