// `flags > environment > file > default`: what file and environment set is typed for the user, in
// front of what he typed himself.

import type { Command, CommandContext, RouteMap } from "@stricli/core";
import { CommandError, EXIT } from "../failure.ts";
import { configFile, type FileReading, readConfigFile, suggestion } from "./config-file.ts";
import { idleSettings, requireNoIdleFlag } from "./idle-flags.ts";
import { type Configured, flagsOf, refusal, type Setting, wordsFor } from "./setting.ts";

/** Variables that are read elsewhere, or are none of the peer's. */
const OTHER_CONVEX_VARIABLES = ["CONVEX_CONFIG", "CONVEX_PEER_BINARY"];

/** What the file sets. @throws CommandError when it can't be read */
function readFile(settings: readonly Setting[]): FileReading {
  const path = configFile();
  return path === null ? { configured: [], faults: [] } : readConfigFile(path, settings);
}

/** What the environment sets. Empty variables set nothing. */
function readEnvironment(settings: readonly Setting[]): FileReading {
  const configured: Configured[] = [];
  const faults: string[] = [];
  for (const setting of settings) {
    const text = process.env[setting.variable];
    if (text === undefined || text === "") continue;
    const origin = `${setting.variable} (environment)`;
    const why = refusal({ setting, text });
    if (why === null) configured.push({ setting, text, origin });
    else faults.push(`${origin}: ${why}`);
  }
  return { configured, faults };
}

/** Variables that begin with CONVEX_ and set nothing. */
export function unknownVariables(settings: readonly Setting[]): string[] {
  const known = [...OTHER_CONVEX_VARIABLES, ...settings.map(({ variable }) => variable)];
  return Object.keys(process.env)
    .filter((name) => name.startsWith("CONVEX_") && !known.includes(name))
    .sort();
}

/**
 * The variable that one of no meaning was meant to be: by a slip, or by the setting's whole name
 * (`CONVEX_START_PORT`); null when nothing is near.
 */
export function variableMeant(name: string, settings: readonly Setting[]): string | null {
  const whole = ({ section, key }: Setting) =>
    `CONVEX_${section}_${key}`.toUpperCase().replaceAll("-", "_");
  const named = settings.find((setting) => whole(setting) === name);
  const known = settings.map(({ variable }) => variable);
  return named?.variable ?? suggestion(name, known);
}

/**
 * File and environment together, the environment's word being the last, and all that is wrong with
 * them. @throws CommandError when the file can't be read
 */
function readConfiguration(settings: readonly Setting[]): FileReading {
  const inFile = readFile(settings);
  const around = readEnvironment(settings);
  const bySetting = new Map<Setting, Configured>();
  const all = [...inFile.configured, ...around.configured];
  for (const configured of all) bySetting.set(configured.setting, configured);
  return {
    configured: [...bySetting.values()],
    faults: [...inFile.faults, ...around.faults],
  };
}

/**
 * As `readConfiguration`, told as well of what would have no effect on `start`: all for which that
 * command would not begin. @throws CommandError when the file can't be read
 */
export function reviewedConfiguration(
  settings: readonly Setting[],
  start: Command<CommandContext>,
): FileReading {
  const { configured, faults } = readConfiguration(settings);
  return { configured, faults: [...faults, ...idleSettings(configured, start)] };
}

/** What file and environment set. @throws CommandError that tells all that is wrong with it */
export function configuredSettings(settings: readonly Setting[]): readonly Configured[] {
  return faultless(readConfiguration(settings));
}

/** What the file sets. @throws CommandError that tells all that is wrong with it */
export function settingsOfFile(settings: readonly Setting[]): readonly Configured[] {
  return faultless(readFile(settings));
}

function faultless({ configured, faults }: FileReading): readonly Configured[] {
  const [fault, ...further] = faults;
  if (fault === undefined) return configured;
  if (further.length === 0) throw new CommandError(EXIT.CONFIG, fault);
  const lines = faults.map((each) => `\n  ${each}`).join("");
  throw new CommandError(EXIT.CONFIG, `the configuration has ${faults.length} mistakes:${lines}`);
}

type Target = Command<CommandContext> | RouteMap<CommandContext>;

/** A command. */
export interface Found {
  readonly command: Command<CommandContext>;
  /** Words that name it. */
  readonly path: readonly string[];
}

/** The command that the first words name, null when they name none. */
export function commandOf(root: Target, typed: readonly string[]): Found | null {
  let target: Target = root;
  const path: string[] = [];
  for (const word of typed) {
    if (!("getAllEntries" in target) || word.startsWith("-")) break;
    const next: Target | undefined = target.getRoutingTargetForInput(word);
    if (next === undefined) return null;
    target = next;
    path.push(word);
  }
  return "getAllEntries" in target ? null : { command: target, path };
}

/** Flags of which one, typed, makes what is set for the others meaningless. */
const ALTERNATIVES = [
  ["host", "port", "via"],
  ["port", "peer-port"],
  ["api", "from"],
  ["key", "key-file"],
  ["history", "keep-history"],
  ["passphrase-file", "passphrase-fd", "passphrase-credential"],
  ["controller-key", "controller-key-file"],
  ["controller-passphrase-file", "controller-passphrase-fd", "controller-passphrase-credential"],
];

function spellings(key: string): string[] {
  const camel = key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const negated = `no${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
  return [`--${key}`, `--${camel}`, `--no-${key}`, `--${negated}`];
}

/** Whether a flag, or one that excludes it, was typed. */
function isTyped({ key }: Setting, words: readonly string[]): boolean {
  const keys = [key, ...ALTERNATIVES.filter((group) => group.includes(key)).flat()];
  return keys.flatMap(spellings).some((spelling) => names(words, spelling));
}

const names = (words: readonly string[], flag: string) =>
  words.some((word) => word === flag || word.startsWith(`${flag}=`));

/** Whether a setting speaks to a command. */
function speaksTo({ section, flag }: Setting, { path, command }: Found): boolean {
  if (flagsOf(command)[flag] === undefined) return false;
  const [first, second] = path;
  if (section === null) return true;
  if (section === "start") return first === "start";
  // These are about the peer of the data directory unless another one is typed.
  if (["start", "local", "status", "watch", "key"].includes(first ?? "")) return false;
  return flag !== "address" || !(second === "evict" || second === "show");
}

/**
 * What was typed, with what file and environment set for that command.
 * @throws CommandError when one of them is wrong
 */
export function withConfiguration(
  root: RouteMap<CommandContext>,
  typed: readonly string[],
  settings: readonly Setting[],
): readonly string[] {
  const found = commandOf(root, typed);
  if (found === null || HELP.some((flag) => names(typed, flag))) return typed;
  if (!settings.some((setting) => speaksTo(setting, found))) return typed;
  const rest = typed.slice(found.path.length);
  return [...found.path, ...configuredWords(found, rest, configuredSettings(settings))];
}

/**
 * The words behind those that name a command, with what of the configuration speaks to it.
 * @throws CommandError when one of them would have no effect
 */
export function configuredWords(
  found: Found,
  rest: readonly string[],
  configured: readonly Configured[],
): readonly string[] {
  const further = configured.filter(
    ({ setting }) => speaksTo(setting, found) && !isTyped(setting, rest),
  );
  const words = [...further.flatMap(wordsFor), ...rest];
  requireNoIdleFlag(found, words, further);
  return words;
}

const HELP = ["--help", "-h", "--help-all", "--helpAll"];
