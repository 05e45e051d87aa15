// The flags of a command for people: each with its value, its words and its default, those of a
// long list in groups.

import type { Command, CommandContext } from "@stricli/core";
import { flagsOf, kebab } from "../config/setting.ts";
import { paint } from "../terminal/paint.ts";
import { entry } from "./wrap.ts";

interface FlagShape {
  readonly kind: string;
  readonly brief: string;
  readonly hidden?: boolean;
  readonly optional?: boolean;
  readonly default?: unknown;
  readonly placeholder?: string;
  readonly values?: readonly string[];
}

/** A list of more flags than this is hard to look through. */
const UNGROUPED_MAX = 20;
/** Where words begin at the latest. */
export const COLUMN_MAX = 30;
const INDENT = "  ";

const GROUPS: readonly (readonly [title: string, flags: RegExp])[] = [
  ["DATA", /^(?:dataDir|genesis|history|keepHistory|gcEvery|diskBudget)$/],
  ["NETWORK", /^(?:join|genesisHash|port|bind|outgoing|url|host|via)$/],
  ["KEY", /^(?:key|keyFile|passphrase.*)$/],
  ["CONTROLLER'S KEY", /^controller/],
  ["HTTP API", /^(?:api.*|queryJuice|operatorTokenFile|trustProxy|mcp.*|faucet)$/],
  ["HTTPS", /^(?:domain|cert.*|http.*|acme.*)$/],
];
const OTHERS = "OTHER FLAGS";

function nameOf(
  flag: string,
  { kind, placeholder, values, default: byDefault }: FlagShape,
): string {
  const name = kebab(flag);
  if (kind === "boolean") return byDefault === false ? `--${name}` : `--[no-]${name}`;
  return `--${name} ${values?.join("|") ?? placeholder ?? "VALUE"}`;
}

/** What is not said by the flag's own words. */
function wordsOf({ kind, brief, optional, default: byDefault }: FlagShape): string {
  if (kind === "boolean") return byDefault === true ? `${brief} (default: yes)` : brief;
  if (byDefault !== undefined) return `${brief} (default: ${String(byDefault)})`;
  return optional === true ? brief : `${brief} (required)`;
}

type Shown = readonly [flag: string, label: string, words: string];

function section(title: string, flags: readonly Shown[], column: number, width: number): string[] {
  const lines = flags.flatMap(([, label, words]) => entry(INDENT + label, words, column, width));
  return flags.length === 0 ? [] : [paint.bold(title), ...lines, ""];
}

/** Sections of lines, each with an empty line behind it. */
export function flagSections(command: Command<CommandContext>, width: number): string[] {
  const shown = Object.entries(flagsOf(command) as Readonly<Record<string, FlagShape>>)
    .filter(([, { hidden }]) => hidden !== true)
    .map(([flag, shape]): Shown => [flag, nameOf(flag, shape), wordsOf(shape)]);
  const help: Shown = ["help", "--help", "Print this"];
  const longest = Math.max(...[...shown, help].map(([, label]) => label.length));
  const column = Math.min(COLUMN_MAX, longest + INDENT.length + 2, Math.floor(width / 2));
  if (shown.length <= UNGROUPED_MAX) return section("FLAGS", [...shown, help], column, width);
  const groupOf = (flag: string) => GROUPS.find(([, flags]) => flags.test(flag))?.[0] ?? OTHERS;
  const titles = [...GROUPS.map(([title]) => title), OTHERS];
  return titles.flatMap((title) => {
    const ofGroup = shown.filter(([flag]) => groupOf(flag) === title);
    return section(title, title === OTHERS ? [...ofGroup, help] : ofGroup, column, width);
  });
}
