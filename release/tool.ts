// The command line of a tool for developers: of build and release, and of the programs in test. A
// tool has one usage text, shown for --help; what it does not understand is one sentence and 64,
// before anything is done.

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

const EXIT_USAGE = 64;

/** Whether a flag takes a value. */
type FlagKinds = Readonly<Record<string, "text" | "switch">>;

export interface Tool<F extends FlagKinds> {
  /** What is typed to run it: `bun run bench`. */
  readonly command: string;
  /** Follows the command in the first line of the usage, then what there is to know. */
  readonly usage: string;
  /** Kinds by name, without dashes. */
  readonly flags: F;
  /** Arguments without a name, in their order, as the usage has them. */
  readonly places?: readonly string[];
}

type Values<F extends FlagKinds> = {
  readonly [K in keyof F]: F[K] extends "switch" ? boolean : string | undefined;
};

export interface Arguments<F extends FlagKinds> {
  readonly values: Values<F>;
  readonly positionals: readonly string[];
}

/** The command line can't be understood; its message is a sentence without a full stop. */
export class UsageError extends Error {}

/** The command line asks how the tool is used. */
export class HelpAsked extends Error {}

export function usageText({ command, usage }: Tool<FlagKinds>): string {
  return `usage: ${command}${usage.startsWith("\n") ? "" : " "}${usage}`;
}

/** @throws UsageError, HelpAsked */
export function parseArguments<F extends FlagKinds>(
  tool: Tool<F>,
  args: readonly string[],
): Arguments<F> {
  const kinds: FlagKinds = tool.flags;
  const options = Object.entries(kinds).map(
    ([name, kind]) => [name, { type: kind === "text" ? "string" : "boolean" }] as const,
  );
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(options),
  });
  const flags = tokens.filter((token) => token.kind === "option");
  if (flags.some(({ rawName }) => rawName === "--help" || rawName === "-h")) throw new HelpAsked();
  const values: Record<string, string | boolean | undefined> = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, kind === "switch" ? false : undefined]),
  );
  for (const { name, rawName, value } of flags) {
    const kind = Object.hasOwn(kinds, name) && rawName === `--${name}` ? kinds[name] : undefined;
    if (kind === undefined) throw new UsageError(`there is no flag ${rawName}: ${expected(kinds)}`);
    values[name] = kind === "switch" ? noValue(rawName, value) : aValue(rawName, value);
  }
  const positionals = tokens.filter((token) => token.kind === "positional");
  const spare = positionals[tool.places?.length ?? 0];
  if (spare !== undefined) {
    const places = tool.places?.length ? `after ${tool.places.join(" ")}` : "that is no flag";
    throw new UsageError(`'${spare.value}' is too much: nothing is expected ${places}`);
  }
  return { values: values as Values<F>, positionals: positionals.map(({ value }) => value) };
}

function expected(kinds: FlagKinds): string {
  const names = [...Object.keys(kinds), "help"].map((name) => `--${name}`);
  return `expected ${names.length === 1 ? "" : "one of "}${names.join(", ")}`;
}

function noValue(flag: string, value: string | undefined): true {
  if (value === undefined) return true;
  throw new UsageError(`${flag}: expected no value, found '${value}'`);
}

/** A flag that follows is no value: one was forgotten. */
function aValue(flag: string, value: string | undefined): string {
  if (value !== undefined && !value.startsWith("--")) return value;
  throw new UsageError(`${flag}: expected a value, found ${value ?? "nothing"}`);
}

/** @throws UsageError unless it is a number within both bounds */
export function numberOf(text: string, what: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= low && value <= high) return value;
  throw new UsageError(`${what}: expected a number from ${low} to ${high}, found '${text}'`);
}

/** @throws UsageError unless it is a whole number within both bounds */
export function wholeNumber(
  text: string,
  what: string,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): number {
  const isBounded = high < Number.MAX_SAFE_INTEGER;
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= low && value <= high) {
    return value;
  }
  const range = isBounded ? `from ${low} to ${high}` : `from ${low} on`;
  throw new UsageError(`${what}: expected a whole number ${range}, found '${text}'`);
}

/** @throws UsageError unless it is one of the names */
export function oneOf<N extends string>(text: string, what: string, names: readonly N[]): N {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`${what}: expected one of ${names.join(", ")}, found '${text}'`);
}

/** @throws UsageError unless a file or folder is there, or none is named */
export function existing<P extends string | undefined>(path: P, what: string): P {
  if (path === undefined || existsSync(path)) return path;
  throw new UsageError(`${what}: there is no '${path}'`);
}

/**
 * What `read` makes of the command line. Ends the process where it can't be understood, with a
 * sentence on stderr, or asks for help.
 */
export function readCommandLine<F extends FlagKinds, T>(
  tool: Tool<F>,
  read: (found: Arguments<F>) => T,
): T {
  try {
    return read(parseArguments(tool, process.argv.slice(2)));
  } catch (error) {
    if (error instanceof HelpAsked) {
      process.stdout.write(`${usageText(tool)}\n`);
      process.exit(0);
    }
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${tool.command}: ${error.message}; --help tells more\n`);
    process.exit(EXIT_USAGE);
  }
}
