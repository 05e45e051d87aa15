// What the parser says of a command line that it does not understand, with flags as they are typed
// and what may have been meant.

import type { Command, CommandContext } from "@stricli/core";
import { suggestion } from "../config/config-file.ts";
import { flagsOf, kebab } from "../config/setting.ts";

/** Flags of every command, and of a group of commands. */
const FLAGS_OF_ALL = ["--help", "--version"];
const UNKNOWN_FLAG = /^No flag registered for (--\S+)$/;
const UNKNOWN_COMMAND = /^No command registered for `(-\S+)`$/;

/** A complaint of the parser's, with flags as they are typed. */
export function complaintText(text: string): string {
  return text
    .replace(/--[a-z]+[A-Z]\w*/g, (flag) => `--${kebab(flag.slice(2))}`)
    .replace(/^Expected input for flag (--\S+)$/, "$1 is needed, with its value")
    .replace(
      /^Expected (?:at least 1 )?argument(?:\(s\))? for (\S+)(?: but found none)?$/,
      "$1 is needed",
    )
    .replace(/^Failed to parse ".*" for ([a-z]\S*): /s, (_, flag: string) => `--${kebab(flag)}: `)
    .replace(/^Failed to parse ".*" for (\S+): /s, "$1: ");
}

/** Flags of a command that are the one typed and more, or less, in front: `--controller-key`. */
function relatives(typed: string, command: Command<CommandContext>): string[] {
  const name = typed.slice(2);
  return Object.entries(flagsOf(command))
    .filter(([, { hidden }]) => hidden !== true)
    .map(([flag]) => kebab(flag))
    .filter((flag) => flag.endsWith(`-${name}`) || name.endsWith(`-${flag}`))
    .map((flag) => `--${flag}`);
}

/**
 * The same, and what may have been meant where the parser finds nothing near.
 * @param command the one that was typed, null when none was
 * @param foreign where flags come that this command hands on, by name with dashes; "" for others
 */
export function complaintWithAdvice(
  text: string,
  command: Command<CommandContext> | null,
  foreign: (flag: string) => string,
): string {
  const [, option] = UNKNOWN_COMMAND.exec(text) ?? [];
  if (option !== undefined) {
    const near = suggestion(option, FLAGS_OF_ALL);
    return `No flag registered for ${option}${near === null ? "" : `, did you mean ${near}?`}`;
  }
  const [, flag] = UNKNOWN_FLAG.exec(text) ?? [];
  if (flag === undefined || command === null) return text;
  const found = relatives(flag, command);
  if (found.length > 0) return `${text}, did you mean ${found.join(" or ")}?`;
  const advice = foreign(flag);
  return advice === "" ? text : `${text}: ${advice}`;
}
