// What can be set in the configuration file and the environment: the long flags of `start`, and
// those by which other commands find the network and the controller's key.

import type { Command, CommandContext } from "@stricli/core";

/** What a setting knows of its flag. */
interface FlagShape {
  readonly kind: string;
  readonly brief: string;
  readonly placeholder?: string;
  readonly hidden?: boolean;
  readonly default?: unknown;
  readonly parse?: unknown;
}

export interface Setting {
  /** Table of the file: `start`, `client`, or none. */
  readonly section: "start" | "client" | null;
  /** Key in its table, which is the flag's name: `api-port`. */
  readonly key: string;
  /** Environment variable. */
  readonly variable: string;
  /** The flag inside the program: `apiPort`. */
  readonly flag: string;
  readonly isBoolean: boolean;
  readonly brief: string;
  /** Text of the default, null without one. */
  readonly byDefault: string | null;
  /** @throws Error for a text that the flag would refuse */
  readonly check: (text: string) => unknown;
}

/** Flags of `start` that only make sense when they are typed. */
const TYPED_ONLY = ["json"];

/** Names that would mean something else to other commands, or to the reference's tools. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  key: "CONVEX_PEER_KEY",
  "key-file": "CONVEX_PEER_KEY_FILE",
  "passphrase-file": "CONVEX_PEER_PASSPHRASE_FILE",
  "passphrase-fd": "CONVEX_PEER_PASSPHRASE_FD",
  "passphrase-credential": "CONVEX_PEER_PASSPHRASE_CREDENTIAL",
  port: "CONVEX_PEER_PORT",
};

/** Flags of commands that act as a user of the network. */
const CLIENT_FLAGS = [
  "host",
  "port",
  "api",
  "address",
  "controllerKeyFile",
  "controllerPassphraseFile",
  "controllerPassphraseCredential",
];

/** A flag as it is typed, without its dashes: `peerPort` is `peer-port`. */
export function kebab(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variableOf(key: string): string {
  return `CONVEX_${key.toUpperCase().replaceAll("-", "_")}`;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["0", false],
]);

/** @throws Error saying what was expected */
function parseBoolean(text: string): boolean {
  const value = BOOLEANS.get(text.toLowerCase());
  if (value !== undefined) return value;
  throw new Error(`expected true or false, found '${text}'`);
}

/** Flags of a command by name in camel case; {} when it has none. */
export function flagsOf(command: Command<CommandContext>): Readonly<Record<string, FlagShape>> {
  return (command.parameters.flags ?? {}) as Readonly<Record<string, FlagShape>>;
}

function settingOf(section: Setting["section"], flag: string, shape: FlagShape): Setting {
  const key = kebab(flag);
  const isBoolean = shape.kind === "boolean";
  const parse = shape.parse as ((text: string) => unknown) | undefined;
  const own = section === "start" ? OTHER_VARIABLES[key] : undefined;
  return {
    section,
    key,
    flag,
    variable: own ?? variableOf(key),
    isBoolean,
    brief: shape.brief,
    byDefault: shape.default === undefined ? null : String(shape.default),
    check: isBoolean ? parseBoolean : (parse ?? String),
  };
}

/**
 * All settings.
 * @param start the command whose flags they are
 * @param clients commands that hold the flags of users of the network
 */
export function settingsOf(
  start: Command<CommandContext>,
  clients: readonly Command<CommandContext>[],
): readonly Setting[] {
  const { dataDir, ...others } = flagsOf(start);
  if (dataDir === undefined) throw new Error("start has no data directory");
  const ofStart = Object.entries(others)
    .filter(([flag, { hidden }]) => hidden !== true && !TYPED_ONLY.includes(flag))
    .map(([flag, shape]) => settingOf("start", flag, shape));
  const ofClients = CLIENT_FLAGS.map((flag) => {
    const shape = clients.map((command) => flagsOf(command)[flag]).find(Boolean);
    if (shape === undefined) throw new Error(`no command has the flag ${flag}`);
    return settingOf("client", flag, shape);
  });
  return [settingOf(null, "dataDir", dataDir), ...ofStart, ...ofClients];
}

/** A value of a setting, and where it comes from. */
export interface Configured {
  readonly setting: Setting;
  readonly text: string;
  /** Environment variable, or file and key. */
  readonly origin: string;
}

/** Why the flag would refuse the value, null when it takes it. */
export function refusal({ setting, text }: Omit<Configured, "origin">): string | null {
  try {
    setting.check.call(undefined, text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The words that would be typed for it. */
export function wordsFor({ setting, text }: Configured): string[] {
  if (!setting.isBoolean) return [`--${setting.key}=${text}`];
  return [parseBoolean(text) ? `--${setting.key}` : `--no-${setting.key}`];
}
