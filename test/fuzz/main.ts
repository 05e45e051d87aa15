// `bun run fuzz [SECONDS] [SEED] [--target NAME] [--replay TARGET:SEED:CASE]`: looks for crashes,
// non-canonical cells and wasted time. Ends with 1 when it found something.

import { parseArgs } from "node:util";
import { caseOf, findingLine, runCase, Tally } from "./campaign.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

const DEFAULT_SECONDS = 60;
const PROGRESS_MS = 10_000;
const BATCH_MS = 500;
/** Findings after which a run ends: more are the same again. */
const MOST_FINDINGS = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { target: { type: "string" }, replay: { type: "string" } },
});

function targetNamed(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target !== undefined) return target;
  const names = TARGETS.map((each) => each.name).join(", ");
  process.stderr.write(`There is no target '${name}'; expected one of ${names}\n`);
  process.exit(64);
}

function positive(text: string | undefined, fallback: number, what: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`${what}: expected a whole number, found '${text}'\n`);
  process.exit(64);
}

function replay(text: string): number {
  const [name = "", seed, number] = text.split(":");
  const target = targetNamed(name);
  const [seedNumber, caseNumber] = [positive(seed, 1, "seed"), positive(number, 0, "case")];
  process.stdout.write(`${caseOf(target, seedNumber, caseNumber).text}\n`);
  const tally = new Tally();
  const finding = runCase(target, seedNumber, caseNumber, tally);
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

if (values.replay !== undefined) process.exit(replay(values.replay));
const targets = values.target === undefined ? TARGETS : [targetNamed(values.target)];
const seconds = positive(positionals[0], DEFAULT_SECONDS, "seconds");
process.exit(campaign(seconds, positive(positionals[1], 1, "seed"), targets));
