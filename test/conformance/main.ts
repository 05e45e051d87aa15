// Runs vector files, which hold what the reference answered, and prints a line a file, `NAME
// PASSED/TOTAL`, with the first failures. Exits 0 when all passed, or with --floor when no file
// passed less than the number committed there; 1 otherwise, 64 for wrong usage.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { existing, oneOf, readCommandLine, UsageError } from "../../release/tool.ts";
import type { Difference, Runner } from "./check.ts";
import { type Row, readVectorFile, vectorNames } from "./vector-file.ts";

const FAILURES_SHOWN = 5;
/** Longest value shown, in characters. */
const SHOWN_MAX = 400;
const TOOL = {
  command: "bun run conformance",
  usage: `DIR [--file NAME] [--all-failures] [--floor FILE] [--raise-floor FILE]

  DIR                 the folder of the vector files (NAME.jsonl or NAME.jsonl.gz)
  --file NAME         this one alone
  --all-failures      show them all, not the first ${FAILURES_SHOWN} of a file
  --floor FILE        the numbers of which none may pass less
  --raise-floor FILE  write the numbers that have risen into it`,
  flags: { file: "text", "all-failures": "switch", floor: "text", "raise-floor": "text" },
  places: ["DIR"],
} as const;

/** Modules of the runners; each is loaded only when a file may need it. */
const RUNNERS: readonly (() => Promise<{ readonly runner: Runner }>)[] = [
  () => import("./signatures.ts"),
  () => import("./values.ts"),
  () => import("./mutants.ts"),
  () => import("./reader.ts"),
  () => import("./expressions.ts"),
  () => import("./blocks.ts"),
  () => import("./library-scenarios.ts"),
  () => import("./merges.ts"),
];

/** Passed cases by name of file. */
type Floor = Record<string, number>;

interface Options {
  readonly dir: string;
  readonly names: readonly string[];
  readonly allFailures: boolean;
  readonly floor: string | undefined;
  readonly raiseFloor: string | undefined;
}

function parseOptions(): Options {
  return readCommandLine(TOOL, ({ values, positionals }) => {
    const [dir] = positionals;
    if (dir === undefined) throw new UsageError("DIR is needed, the folder of the vector files");
    const names = vectorNames(existing(dir, "DIR"));
    if (names.length === 0) throw new UsageError(`DIR: there is no vector file in '${dir}'`);
    if (values.file !== undefined) oneOf(values.file, "--file", names);
    return {
      dir,
      names: names.filter((name) => name === (values.file ?? name)),
      allFailures: values["all-failures"],
      floor: existing(values.floor, "--floor"),
      raiseFloor: values["raise-floor"],
    };
  });
}

async function runnerFor(first: Row): Promise<Runner | null> {
  for (const load of RUNNERS) {
    const { runner } = await load();
    if (runner.recognises(first)) return runner;
  }
  return null;
}

/** Runs a file and prints its line; answers how many of its cases passed, and of how many. */
async function runFile(options: Options, name: string): Promise<{ passed: number; total: number }> {
  const { rows } = readVectorFile(options.dir, name);
  const [first] = rows;
  if (first === undefined) throw new Error(`${name} is empty`);
  const runner = await runnerFor(first);
  if (runner === null) {
    console.log(
      `${name} 0/${rows.length}\n  no runner for lines with ${Object.keys(first).join(", ")}`,
    );
    return { passed: 0, total: rows.length };
  }
  const check = runner.prepare(options.dir, name);
  const failures: string[] = [];
  let passed = 0;
  let total = 0;
  for (const [i, row] of rows.entries()) {
    const found = attempt(() => check(row));
    if (found === null) continue;
    total++;
    if (found.length === 0) passed++;
    else if (options.allFailures || failures.length < FAILURES_SHOWN) {
      failures.push(describe(i + 1, row, found));
    }
  }
  console.log([`${name} ${passed}/${total}`, ...failures].join("\n"));
  return { passed, total };
}

/** What a case throws is a failure of that case. */
function attempt(run: () => readonly Difference[] | null): readonly Difference[] | null {
  try {
    return run();
  } catch (e) {
    const text = e instanceof Error ? (e.stack ?? e.message) : String(e);
    return [
      { field: "thrown", expected: "nothing", actual: text.split("\n").slice(0, 3).join(" ") },
    ];
  }
}

function describe(line: number, row: Row, found: readonly Difference[]): string {
  const title = typeof row.src === "string" ? `: ${shown(row.src)}` : "";
  const lines = found.flatMap(({ field, expected, actual }) => [
    `    ${field}`,
    `      expected ${shown(expected)}`,
    `      actual   ${shown(actual)}`,
  ]);
  return [`  line ${line}${title}`, ...lines].join("\n");
}

function shown(value: unknown): string {
  const isText = typeof value === "string" || typeof value === "bigint";
  const text = isText ? String(value) : String(JSON.stringify(value));
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}… (${text.length})`;
}

function readFloor(path: string): Floor {
  if (!existsSync(path)) return {};
  const floor: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof floor !== "object" || floor === null) throw new Error(`${path} is no floor file`);
  return floor as Floor;
}

/** Writes the numbers that have risen. */
function raiseFloor(path: string, passed: Floor): void {
  const floor = readFloor(path);
  for (const [name, count] of Object.entries(passed))
    floor[name] = Math.max(floor[name] ?? 0, count);
  const sorted = Object.fromEntries(Object.entries(floor).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Files that passed less than the floor says. */
function belowFloor(path: string, passed: Floor): string[] {
  const floor = readFloor(path);
  const below = Object.entries(passed).filter(([name, count]) => count < (floor[name] ?? 0));
  return below.map(([name, count]) => `${name} ${count} is below the floor of ${floor[name]}`);
}

async function run(options: Options): Promise<boolean> {
  const passed: Floor = {};
  let complete = true;
  for (const name of options.names) {
    const result = await runFile(options, name);
    passed[name] = result.passed;
    if (result.passed < result.total) complete = false;
  }
  if (options.raiseFloor !== undefined) raiseFloor(options.raiseFloor, passed);
  if (options.floor === undefined) return complete;
  const below = belowFloor(options.floor, passed);
  for (const line of below) console.log(line);
  return below.length === 0;
}

process.exitCode = (await run(parseOptions())) ? 0 : 1;
