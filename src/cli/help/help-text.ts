// Help as the parser writes it, brought into the width of the terminal, with our own list of flags.

import type { Command, CommandContext } from "@stricli/core";
import { paint } from "../terminal/paint.ts";
import { COLUMN_MAX, flagSections } from "./flag-help.ts";
import { entry, wrapped } from "./wrap.ts";

const HEADING = /^[A-Z]+$/;
/** Name and words of a list, with their distance. */
const LISTED = /^( {2}\S+(?: \S+)*) {2,}(\S.*)$/;
const FLAGS = "FLAGS";
const EXAMPLE = "Example:";

function columnOf(lines: readonly string[]): number {
  const labels = lines.map((line) => LISTED.exec(line)?.[1]?.length ?? 0);
  return Math.min(COLUMN_MAX, Math.max(...labels) + 2);
}

/** Lines of a section of the parser's, without its heading. */
function sectionLines(lines: readonly string[], width: number): string[] {
  const column = columnOf(lines);
  return lines.flatMap((line) => {
    const [, label, words] = LISTED.exec(line) ?? [];
    if (label !== undefined && words !== undefined) return entry(label, words, column, width);
    const lead = /^ */.exec(line)?.[0].length ?? 0;
    const isProse = lead === 0 && !line.startsWith(EXAMPLE);
    return wrapped(line, width, isProse ? 0 : lead + 2);
  });
}

/**
 * @param text what the parser would print
 * @param command whose help it is, null for a group of commands
 */
export function helpText(
  text: string,
  command: Command<CommandContext> | null,
  width: number,
): string {
  const blocks: { heading: string | null; lines: string[] }[] = [{ heading: null, lines: [] }];
  for (const line of text.trimEnd().split("\n")) {
    if (HEADING.test(line)) blocks.push({ heading: line, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  const lines = blocks.flatMap(({ heading, lines }) => {
    if (heading === FLAGS && command !== null) return flagSections(command, width);
    const shown = sectionLines(lines, width);
    return heading === null ? shown : [paint.bold(heading), ...shown];
  });
  return `${lines.join("\n").trim()}\n`;
}
