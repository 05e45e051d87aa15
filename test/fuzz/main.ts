// Looks for crashes, non-canonical cells and wasted time. Ends with 1 when it found something.

import { oneOf, readCommandLine, UsageError, wholeNumber } from "../../release/tool.ts";
import { caseOf, findingLine, runCase, Tally } from "./campaign.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

const DEFAULT_SECONDS = 60;
const PROGRESS_MS = 10_000;
const BATCH_MS = 500;
/** Findings after which a run ends: more are the same again. */
const MOST_FINDINGS = 100;

const NAMES = TARGETS.map(({ name }) => name);
const TOOL = {
  command: "bun run fuzz",
  usage: `[SECONDS] [SEED] [--target NAME] [--replay TARGET:SEED:CASE]

  SECONDS                    how long (${DEFAULT_SECONDS})
  SEED                       what the cases come from (1)
  --target NAME              one target alone, of ${NAMES.join(", ")}
  --replay TARGET:SEED:CASE  one case again, as a finding names it`,
  flags: { target: "text", replay: "text" },
  places: ["SECONDS", "SEED"],
} as const;

interface Case {
  readonly target: Target;
  readonly seed: number;
  readonly number: number;
}

/** @throws UsageError */
function targetNamed(name: string, flag: string): Target {
  oneOf(name, flag, NAMES);
  return TARGETS.find((each) => each.name === name) as Target;
}

/** @throws UsageError */
function caseNamed(text: string): Case {
  const [name = "", seed, number, ...more] = text.split(":");
  if (seed === undefined || number === undefined || more.length > 0)
    throw new UsageError(`--replay: expected TARGET:SEED:CASE, found '${text}'`);
  return {
    target: targetNamed(name, "--replay"),
    seed: wholeNumber(seed, "--replay, SEED", 0),
    number: wholeNumber(number, "--replay, CASE", 0),
  };
}

function replay({ target, seed, number }: Case): number {
  process.stdout.write(`${caseOf(target, seed, number).text}\n`);
  const tally = new Tally();
  const finding = runCase(target, seed, number, tally);
  const part = `${(tally.worst * 100).toFixed(1)} % of the time it may take, ${tally.juice} juice`;
  process.stdout.write(finding === null ? `nothing found: ${part}\n` : `${findingLine(finding)}\n`);
  return finding === null ? 0 : 1;
}

function report(targets: readonly Target[], tallies: ReadonlyMap<string, Tally>): void {
  const row = (cells: readonly (string | number)[]) =>
    `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(12) : String(cell).padStart(15))).join("")}\n`;
  process.stdout.write(
    row(["target", "cases", "accepted", "bytes", "juice", "worst % of limit", "case"]),
  );
  for (const { name } of targets) {
    const t = tallies.get(name) as Tally;
    const worst = (t.worst * 100).toFixed(1);
    process.stdout.write(row([name, t.cases, t.accepted, t.bytes, t.juice, worst, t.worstCase]));
  }
}

function campaign(seconds: number, seed: number, targets: readonly Target[]): number {
  const tallies = new Map(targets.map(({ name }) => [name, new Tally()]));
  const end = performance.now() + seconds * 1000;
  let told = performance.now();
  let findings = 0;
  for (let turn = 0; performance.now() < end && findings < MOST_FINDINGS; turn++) {
    const target = targets[turn % targets.length] as Target;
    const tally = tallies.get(target.name) as Tally;
    const batchEnd = Math.min(end, performance.now() + BATCH_MS);
    while (performance.now() < batchEnd && findings < MOST_FINDINGS) {
      const finding = runCase(target, seed, tally.cases, tally);
      if (finding === null) continue;
      findings++;
      process.stdout.write(`${findingLine(finding)}\n`);
    }
    if (performance.now() - told < PROGRESS_MS) continue;
    told = performance.now();
    const cases = [...tallies.values()].reduce((sum, each) => sum + each.cases, 0);
    const left = Math.max(0, (end - told) / 1000).toFixed(0);
    process.stdout.write(`${cases} cases, ${findings} findings, ${left} s left\n`);
  }
  report(targets, tallies);
  process.stdout.write(`seed ${seed}: ${findings} findings\n`);
  return findings === 0 ? 0 : 1;
}

const wanted = readCommandLine(TOOL, ({ values, positionals: [seconds, seed] }) => ({
  replayed: values.replay === undefined ? null : caseNamed(values.replay),
  targets: values.target === undefined ? TARGETS : [targetNamed(values.target, "--target")],
  seconds: wholeNumber(seconds ?? `${DEFAULT_SECONDS}`, "SECONDS", 0),
  seed: wholeNumber(seed ?? "1", "SEED", 0),
}));
if (wanted.replayed !== null) process.exit(replay(wanted.replayed));
process.exit(campaign(wanted.seconds, wanted.seed, wanted.targets));
