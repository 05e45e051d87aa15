// Flags of `start` that a unit is to hold: what `start` would refuse is refused before it is
// written, where somebody reads it.

import { resolve } from "node:path";
import { startCommand } from "../commands/start.ts";
import { suggestion } from "../config/config-file.ts";
import { flagsOf, kebab } from "../config/setting.ts";
import { CommandError, EXIT } from "../failure.ts";

interface StartFlag {
  readonly isBoolean: boolean;
  readonly isFile: boolean;
  readonly parse: (text: string) => unknown;
}

/** What stands for the name of a file in the help of a flag. */
const FILE = "FILE";

/** By name as it is typed, with its dashes; of a switch also the one that turns it off. */
const FLAGS: ReadonlyMap<string, StartFlag> = new Map(
  Object.entries(flagsOf(startCommand)).flatMap(([flag, { kind, parse, placeholder }]) => {
    const shape = {
      isBoolean: kind === "boolean",
      isFile: placeholder === FILE,
      parse: parse ?? String,
    } as StartFlag;
    return [`--${kebab(flag)}`, ...(shape.isBoolean ? [`--no-${kebab(flag)}`] : [])].map(
      (name) => [name, shape] as const,
    );
  }),
);

export function isStartFlag(name: string): boolean {
  return FLAGS.has(kebab(name));
}

/**
 * The words as a service needs them, which runs in another folder: files by their whole path.
 * @param onFile hears of each file, by its whole path
 * @throws CommandError for what `start` does not take
 */
export function startWords(
  words: readonly string[],
  onFile: (path: string, flag: string) => void,
): string[] {
  const taken: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const [, typed = word, joined] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const name = kebab(typed);
    const flag = FLAGS.get(name);
    if (flag === undefined) throw unknownFlag(typed);
    if (flag.isBoolean) {
      taken.push(word);
      continue;
    }
    const value = joined ?? words[++i];
    if (value === undefined || (joined === undefined && value.startsWith("--")))
      throw refused(`${name} is needed, with its value`);
    requireValue(name, value, flag);
    const text = flag.isFile ? resolve(value) : value;
    if (flag.isFile) onFile(text, name);
    taken.push(...(joined === undefined ? [word, text] : [`${typed}=${text}`]));
  }
  return taken;
}

function refused(what: string): CommandError {
  return new CommandError(EXIT.USAGE, `\`start\` would refuse it: ${what}`);
}

function unknownFlag(typed: string): CommandError {
  const near = suggestion(typed, [...FLAGS.keys()]);
  const advice = near === null ? "see `convex-peer start --help`" : `did you mean ${near}?`;
  return refused(`no flag registered for ${typed}, ${advice}`);
}

function requireValue(name: string, value: string, { parse }: StartFlag): void {
  try {
    parse.call(undefined, value);
  } catch (error) {
    throw refused(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
