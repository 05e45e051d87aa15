// What a mixed network came to: the figures, and what is not as it should be.

import type { LoadOutcome } from "./load-client.ts";

export interface MixedOptions {
  readonly reference: number;
  readonly ours: number;
  readonly seconds: number;
  /** Transactions of each client under way. */
  readonly window: number;
  /** How many times one of ours is killed and started again, spread over the time. */
  readonly kills: number;
  readonly binary: string | null;
  /** First of the ports to use. */
  readonly port: number;
}

/** How one of ours came back after it was killed. */
export interface Return {
  /** From its start until it takes part again. */
  readonly readyMs: number;
  /** Blocks that the others had executed and it had not when it was started. */
  readonly blocksBehind: number;
  /** What it said meanwhile of why it does not take part, each once. */
  readonly obstacles: readonly string[];
}

export interface MixedFigures {
  readonly joinMs: number;
  readonly returns: readonly Return[];
  readonly loads: Readonly<Record<string, LoadOutcome>>;
  /** Positions at which two peers or more were seen with the same State. */
  readonly comparisons: number;
  readonly differences: readonly string[];
  /** Blocks executed by all in the end. */
  readonly blocks: number;
  /**
   * From the end of the load until all have the same State, the peer that joined through ours too.
   */
  readonly settledMs: number;
  /** What the reference's command line was answered by ours. */
  readonly commands: readonly string[];
  /**
   * Resident memory, the most seen: of each of ours, and of the reference's peers in their one
   * process.
   */
  readonly residentMb: { readonly ours: readonly number[]; readonly reference: number };
}

export interface MixedOutcome extends MixedFigures {
  /** All of it in one line. */
  readonly summary: string;
  /** What is not as it should be; empty for a run that passed. */
  readonly faults: readonly string[];
}

const COMPARISONS_MIN = 10;

export function outcomeOf(options: MixedOptions, figures: MixedFigures): MixedOutcome {
  const faults = faultsOf(figures);
  return { summary: summaryOf(options, figures, faults), faults, ...figures };
}

function faultsOf({ comparisons, differences, loads, commands }: MixedFigures): string[] {
  const faults = differences.map((difference) => `another State: ${difference}`);
  if (comparisons < COMPARISONS_MIN) faults.push(`only ${comparisons} comparisons`);
  for (const [name, { ok }] of Object.entries(loads)) {
    if (ok === 0) faults.push(`${name}: no transaction got through`);
  }
  const expected = [/genesis [0-9a-f]{64}$/, /:result 3,/, /:result 42,/];
  commands.forEach((answer, i) => {
    if (expected[i]?.test(answer) !== true) faults.push(`the reference's command: ${answer}`);
  });
  return faults;
}

function summaryOf(
  { reference, ours, seconds }: MixedOptions,
  figures: MixedFigures,
  faults: readonly string[],
): string {
  const { joinMs, returns, loads, comparisons, differences, blocks } = figures;
  const { settledMs, residentMb } = figures;
  const said = Object.values(loads);
  const ok = said.reduce((sum, load) => sum + load.ok, 0);
  const failures = said.flatMap(({ failed }) => Object.entries(failed));
  const failed = failures.map(([code, count]) => `${count} ${code}`).join(", ");
  const back = returns.map(
    ({ readyMs, blocksBehind }) => `${inSeconds(readyMs)} from ${blocksBehind} blocks behind`,
  );
  return [
    `${reference} of the reference + ${ours} of ours, ${seconds} s of load`,
    `${comparisons} comparisons, ${differences.length} differences`,
    `${blocks} blocks, ${ok} transactions, failed: ${failed === "" ? "none" : failed}`,
    `joined in ${inSeconds(joinMs)}, back in ${back.join("; ")}`,
    `all the same ${inSeconds(settledMs)} after the load, also who joined through ours`,
    `at most ${residentMb.ours.join(", ")} MB; the reference ${residentMb.reference} MB`,
    faults.length === 0 ? "passed" : `FAILED: ${faults.join("; ")}`,
  ].join("; ");
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
