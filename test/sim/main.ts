// Production peers in a simulated world. Ends with 1 when a checker complained.

import { readCommandLine } from "../../release/tool.ts";
import { optionsFrom, type SimOptions, TOOL } from "./options.ts";
import { type RunReport, Simulation } from "./simulation.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

const PROGRESS_MS = 10_000;

interface Tally {
  runs: number;
  faulty: number;
  /** Runs with faults that are the protocol's. */
  findings: number;
  elapsedMs: number;
  wallMs: number;
  /**
   * Time of the processor, without the runtime's own threads: what it takes on a machine that is
   * free.
   */
  cpuMs: number;
  messages: number;
  blocks: number;
  healedMs: number;
}

const print = (line: string) => process.stdout.write(`${line}\n`);

/** What was rejected and nobody waited for: it shows once the simulated code has come to rest. */
const rejections: unknown[] = [];
process.on("unhandledRejection", (error) => rejections.push(error));

async function runSeed(options: SimOptions, seed: number, tally: Tally): Promise<RunReport> {
  const { peers, rounds, planFor } = options;
  const began = performance.now();
  const spent = process.threadCpuUsage();
  const report = new Simulation({ seed, peers, rounds, plan: planFor(seed) }).run();
  tally.wallMs += performance.now() - began;
  const { user, system } = process.threadCpuUsage(spent);
  tally.cpuMs += (user + system) / 1_000;
  tally.runs++;
  tally.elapsedMs += report.elapsedMs;
  tally.messages += report.messages;
  tally.blocks += report.blocks;
  tally.healedMs = Math.max(tally.healedMs, report.healedMs);
  await new Promise<void>((resolve) => setImmediate(resolve));
  const unhandled = rejections.splice(0).map((error) => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { rule: "crash", atMs: report.elapsedMs, what: `unhandled rejection: ${what}` };
  });
  return { ...report, complaints: [...report.complaints, ...unhandled] };
}

/** Judges a run with complaints, and counts it. */
function judge(options: SimOptions, seed: number, report: RunReport, tally: Tally): Verdict | null {
  if (report.complaints.length === 0) return null;
  const { peers, rounds, planFor } = options;
  const verdict = verdictOn({ seed, peers, rounds, plan: planFor(seed) }, report);
  if (verdict === "ours") tally.faulty++;
  else tally.findings++;
  return verdict;
}

function tell(options: SimOptions, seed: number, report: RunReport, verdict: Verdict | null): void {
  const { peers, rounds, flags, isJson } = options;
  const run = `bun run sim --peers ${peers} --seed ${seed} --rounds ${rounds}${flags}`;
  if (isJson) print(JSON.stringify({ seed, ...report, verdict, run }));
  else if (verdict !== null) {
    if (verdict === "protocol")
      print("A finding about the protocol: the merge alone leads to this");
    for (const { rule, atMs, what } of report.complaints) {
      print(`seed ${seed}, ${(atMs / 1_000).toFixed(3)} s, ${rule}: ${what}`);
    }
    print(`  ${run}`);
  }
}

function summary({ peers, seed, seeds, rounds, flags }: SimOptions, tally: Tally): string {
  const which = seeds === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + tally.runs - 1}`;
  const simulated = tally.elapsedMs / 1_000;
  const wall = tally.wallMs / 1_000;
  const cpu = tally.cpuMs / 1_000;
  return (
    `${which}, ${peers} peers, ${rounds} rounds${flags}: ${tally.faulty} runs with faults ` +
    `of ours, ${tally.findings} with findings about the protocol; ${simulated.toFixed(0)} s in ${wall.toFixed(1)} s, ${(simulated / wall).toFixed(1)} × real ` +
    `time, ${(simulated / cpu).toFixed(1)} × by the processor's; ${tally.messages} messages, ${tally.blocks} blocks, healed within ` +
    `${(tally.healedMs / 1_000).toFixed(1)} s`
  );
}

async function main(): Promise<number> {
  const options = readCommandLine(TOOL, optionsFrom);
  const tally: Tally = {
    runs: 0,
    faulty: 0,
    findings: 0,
    elapsedMs: 0,
    wallMs: 0,
    cpuMs: 0,
    messages: 0,
    blocks: 0,
    healedMs: 0,
  };
  let toldMs = performance.now();
  for (let i = 0; i < options.seeds; i++) {
    const report = await runSeed(options, options.seed + i, tally);
    const verdict = judge(options, options.seed + i, report, tally);
    tell(options, options.seed + i, report, verdict);
    if (performance.now() - toldMs < PROGRESS_MS || options.isJson) continue;
    toldMs = performance.now();
    print(`${i + 1} of ${options.seeds} runs, ${tally.faulty} with faults of ours`);
  }
  if (!options.isJson) print(summary(options, tally));
  return tally.faulty === 0 ? 0 : 1;
}

process.exitCode = await main();
