// Flags that have an effect only beside another one, or none beside one. Who gives them otherwise
// expects something that will not be, HTTPS or a passphrase say: that is refused.

import type { Command, CommandContext } from "@stricli/core";
import type { RouteGroup } from "../../rest/access/access.ts";
import { CommandError, EXIT } from "../failure.ts";
import { type Configured, flagsOf, kebab, wordsFor } from "./setting.ts";

/** Flags by name, without dashes: `name`, `name=value`, or of a switch that is off `no-name`. */
interface Rule {
  readonly flags: readonly string[];
  /** They have an effect beside one of these. */
  readonly needs?: readonly string[];
  /** They have none beside any of these. */
  readonly not?: readonly string[];
  /** They have none beside a value of this flag. */
  readonly value?: {
    readonly flag: string;
    readonly isFutile: (text: string) => boolean;
    /** What the value lacks. */
    readonly lack: string;
  };
}

/** Routes by which the faucet is asked. */
const FAUCET_ROUTES: readonly string[] = ["faucet", "createAccount"] satisfies RouteGroup[];
const OF_WORDS = ["mnemonic-passphrase-file", "path"];

/** By the words that name the command. */
const RULES: Readonly<Record<string, readonly Rule[]>> = {
  start: [
    { flags: ["http-port", "https-port"], needs: ["domain", "cert"] },
    { flags: ["acme-directory", "acme-ca", "acme-email"], needs: ["domain"] },
    { flags: ["history"], not: ["keep-history"] },
    {
      flags: ["faucet"],
      value: {
        flag: "api-routes",
        isFutile: (text) => !text.split(",").some((name) => FAUCET_ROUTES.includes(name.trim())),
        lack: FAUCET_ROUTES.join(","),
      },
    },
  ],
  "store gc": [{ flags: ["history"], not: ["keep-history"] }],
  "key new": [{ flags: ["words", ...OF_WORDS], not: ["no-mnemonic"] }],
  "key import": [
    { flags: ["import-passphrase-file"], needs: ["pem-file", "keystore-file"] },
    { flags: ["store-passphrase-file", "key", "all"], needs: ["keystore-file"] },
  ],
  "key export": [
    { flags: ["export-passphrase-file"], not: ["type=seed"] },
    { flags: ["store-passphrase-file"], needs: ["type=keystore"] },
  ],
  "key paper": [{ flags: ["mnemonic-file", ...OF_WORDS], not: ["seed"] }],
  "key check": [
    { flags: OF_WORDS, not: ["seed-file"] },
    { flags: ["key"], not: ["public-key", "api"] },
  ],
  watch: [{ flags: ["count", "every"], not: ["once"] }],
};

/** What a switch is told to be off by, `--faucet=no`; others turn it on, or are refused later. */
const OFF = /^(?:false|f|no|n|off|0)$/i;

/** What was typed, by name; a switch has the value "". */
function typedFlags(
  words: readonly string[],
  command: Command<CommandContext>,
): ReadonlyMap<string, string> {
  const flags = flagsOf(command);
  const switches = Object.entries(flags).filter(([, { kind }]) => kind === "boolean");
  const isSwitch = new Set(switches.flatMap(([flag]) => [kebab(flag), `no-${kebab(flag)}`]));
  const typed = new Map<string, string>();
  for (let i = 0; i < words.length && words[i] !== "--"; i++) {
    const [, flag, joined] = /^--([^=]+)(?:=(.*))?$/s.exec(words[i] as string) ?? [];
    if (flag === undefined) continue;
    const name = kebab(flag);
    if (isSwitch.has(name)) typed.set(OFF.test(joined ?? "") ? `no-${name}` : name, "");
    else typed.set(name, joined ?? words[++i] ?? "");
  }
  return typed;
}

const isAmong = (typed: ReadonlyMap<string, string>) => (wanted: string) => {
  const [name = "", value] = wanted.split("=");
  return typed.has(name) && (value === undefined || typed.get(name) === value);
};

const shown = (names: readonly string[]) =>
  names.map((name) => `--${name.replace("=", " ")}`).join(" or ");

interface Idle {
  readonly flag: string;
  /** Why, and what to do. */
  readonly text: string;
}

/** Why a flag has no effect by a rule, and what to do; null when it has one. */
function idleText(
  flag: string,
  { needs = [], not = [], value }: Rule,
  typed: ReadonlyMap<string, string>,
): string | null {
  const beside = not.find(isAmong(typed));
  if (beside !== undefined)
    return `--${flag} has no effect beside ${shown([beside])}: leave one of them out`;
  const text = value === undefined ? undefined : typed.get(value.flag);
  if (value !== undefined && text !== undefined && value.isFutile(text)) {
    const why = `--${flag} has no effect with these --${value.flag}`;
    return `${why}: add ${value.lack} to them, or leave it out`;
  }
  if (needs.length === 0 || needs.some(isAmong(typed))) return null;
  return `--${flag} has no effect without ${shown(needs)}: give that, too, or leave it out`;
}

function idleFlags(rules: readonly Rule[], typed: ReadonlyMap<string, string>): Idle[] {
  return rules.flatMap((rule) =>
    rule.flags
      .filter((flag) => typed.has(flag))
      .flatMap((flag) => {
        const text = idleText(flag, rule, typed);
        return text === null ? [] : [{ flag, text }];
      }),
  );
}

/**
 * @param path words that name the command
 * @param words what stands behind them, with what is configured
 * @param configured what of it file and environment have set
 * @throws CommandError for a flag that would have no effect; where it stands when it was not typed
 */
export function requireNoIdleFlag(
  {
    path,
    command,
  }: { readonly path: readonly string[]; readonly command: Command<CommandContext> },
  words: readonly string[],
  configured: readonly Configured[],
): void {
  const typed = typedFlags(words, command);
  const [idle] = idleFlags(RULES[path.join(" ")] ?? [], typed);
  if (idle === undefined) return;
  const set = configured.find(({ setting }) => setting.key === idle.flag);
  if (set === undefined) throw new CommandError(EXIT.USAGE, idle.text);
  throw new CommandError(EXIT.CONFIG, `${set.origin}: ${idle.text}`);
}

/**
 * What is told of settings of `start` that would have no effect there as they stand.
 * @param start the command
 */
export function idleSettings(
  configured: readonly Configured[],
  start: Command<CommandContext>,
): string[] {
  const ofStart = configured.filter(({ setting }) => setting.section === "start");
  const typed = typedFlags(ofStart.flatMap(wordsFor), start);
  return idleFlags(RULES.start ?? [], typed).map(({ flag, text }) => {
    const set = ofStart.find(({ setting }) => setting.key === flag);
    return `${set?.origin}: ${text}`;
  });
}
