// The configuration file: TOML, each key the name of a flag. What is in it and means nothing is
// refused.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { CommandError, EXIT } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { readInput } from "../files/input-file.ts";
import { userFolder } from "../files/user-folder.ts";
import { type Configured, refusal, type Setting } from "./setting.ts";

/** Environment variable that names another file, or with "" none. */
export const CONFIG_VARIABLE = "CONVEX_CONFIG";
const BYTES_MAX = 1 << 20;
/** Each line costs a parse of all before it. */
const LINES_SEARCHED_MAX = 1_000;
/** Unknown keys that are named: what has more is another program's file. */
const UNKNOWN_MAX = 20;
/** Letters that a slip of the pen changes. */
const SLIP_MAX = 4;

/**
 * `/etc/convex-peer/config.toml` for root, else in the user's folder of configurations; null for a
 * user without a home.
 */
function defaultConfigFile(): string | null {
  if (process.getuid?.() === 0) return "/etc/convex-peer/config.toml";
  const folder = userFolder("XDG_CONFIG_HOME", [".config"]);
  return folder === null ? null : join(folder, "convex-peer", "config.toml");
}

/** The file that is read when no other is named: null where none would be. */
export function awaitedConfigFile(): string | null {
  return process.env[CONFIG_VARIABLE] === undefined ? defaultConfigFile() : null;
}

/**
 * Path of the file in use, null when there is none. @throws CommandError when a named one is not
 * there
 */
export function configFile(): string | null {
  const named = process.env[CONFIG_VARIABLE];
  if (named === "") return null;
  if (named === undefined) {
    const path = defaultConfigFile();
    // One that this user may not look at is another user's.
    return path !== null && existsSync(path) ? path : null;
  }
  if (isThere(named)) return named;
  throw new CommandError(EXIT.NOINPUT, `There is no configuration file ${named}`);
}

/** What a wrong name was meant to be; null when nothing is near. */
export function suggestion(name: string, names: readonly string[]): string | null {
  const near = closest(name, [...names]);
  return distance(name, near) <= Math.min(SLIP_MAX, name.length / 2) ? near : null;
}

/** What a file sets, and all that is wrong in it, each with where it stands. */
export interface FileReading {
  readonly configured: readonly Configured[];
  readonly faults: readonly string[];
}

/** A file while it is read. */
class Reader {
  readonly #path: string;
  readonly #text: string;
  readonly configured: Configured[] = [];
  readonly faults: string[] = [];
  #unknownKeys = 0;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  fault(line: number | null, what: string): void {
    this.faults.push(`${line === null ? this.#path : `${this.#path}, line ${line}`}: ${what}`);
  }

  #unknown(
    section: Setting["section"],
    where: string,
    name: string,
    names: readonly string[],
  ): void {
    if (++this.#unknownKeys > UNKNOWN_MAX) return;
    const near = suggestion(name, names);
    const advice = near === null ? `there are ${names.join(", ")}` : `did you mean '${near}'?`;
    const line = keyLine(this.#text, section, name);
    this.fault(line, `unknown ${where} '${name}': ${advice}`);
  }

  read(settings: readonly Setting[]): void {
    const sections = settings.map(({ section }) => section).filter((section) => section !== null);
    const names = settings.filter(({ section }) => section === null).map(({ key }) => key);
    for (const [name, value] of Object.entries(this.#table() ?? {})) {
      const isSection = sections.includes(name as "start");
      if (!isSection && !names.includes(name)) {
        this.#unknown(null, "key", name, [...new Set([...names, ...sections])]);
        continue;
      }
      const section = isSection ? (name as Setting["section"]) : null;
      const table = isSection ? value : { [name]: value };
      if (typeof table !== "object" || table === null || Array.isArray(table)) {
        this.fault(keyLine(this.#text, null, name), `'${name}' is a table: [${name}]`);
        continue;
      }
      this.#readEntries(section, table, settings);
    }
    const unnamed = this.#unknownKeys - UNKNOWN_MAX;
    if (unnamed > 0) this.fault(null, `and ${unnamed} unknown keys more: is it convex-peer's?`);
  }

  #readEntries(section: Setting["section"], table: object, settings: readonly Setting[]): void {
    const here = settings.filter((setting) => setting.section === section);
    const where = section === null ? "" : `[${section}] `;
    for (const [key, value] of Object.entries(table)) {
      const setting = here.find((each) => each.key === key);
      if (setting === undefined) {
        const known = here.map((each) => each.key);
        this.#unknown(section, section === null ? "key" : `key in [${section}]`, key, known);
        continue;
      }
      const text = textOf(value);
      const configured = { setting, text: text ?? "", origin: `${this.#path} ${where}${key}` };
      const why = text === null ? "expected a text, number, boolean or list" : refusal(configured);
      if (why === null) this.configured.push(configured);
      else this.fault(keyLine(this.#text, section, key), `${where}${key}: ${why}`);
    }
  }

  /** Null for what is no TOML, of which the parser finds the first mistake alone. */
  #table(): Readonly<Record<string, unknown>> | null {
    try {
      return Bun.TOML.parse(this.#text) as Readonly<Record<string, unknown>>;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const what = error.message.replace(/^TOML Parse error: /, "");
      this.fault(wrongLine(this.#text), `this is not TOML: ${what}`);
      return null;
    }
  }
}

/** Line of a key, from 1, which the parser does not tell; null when it is not found. */
function keyLine(text: string, section: Setting["section"], key: string): number | null {
  let table: string | null = null;
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    const header = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (header !== undefined) {
      table = header;
      if (section === null && header === key) return i + 1;
      continue;
    }
    const name = /^\s*([^=#]+?)\s*=/.exec(line)?.[1]?.replaceAll(/["']/g, "");
    const isHere = table === section && name === key;
    const isDotted = table === null && (name === `${section}.${key}` || name === section);
    if (isHere || (section !== null && isDotted)) return i + 1;
  }
  return null;
}

function textIn(path: string): string {
  return readInput(path, "the configuration", BYTES_MAX, EXIT.CONFIG).toString("utf8");
}

/**
 * Where the text stops being TOML, which the parser does not tell: lines from 1; null when it is
 * long.
 */
function wrongLine(text: string): number | null {
  const lines = text.split("\n");
  if (lines.length > LINES_SEARCHED_MAX) return null;
  let sound = 0;
  for (let count = 1; count <= lines.length; count++) {
    if (isToml(lines.slice(0, count).join("\n"))) sound = count;
  }
  return sound + 1;
}

function isToml(text: string): boolean {
  try {
    Bun.TOML.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The text that would be typed behind the flag; null for what is no value of a flag. */
function textOf(value: unknown): string | null {
  if (Array.isArray(value)) {
    const texts = value.map(textOf);
    return texts.includes(null) ? null : texts.join(",");
  }
  const isPlain = ["string", "number", "boolean", "bigint"].includes(typeof value);
  return isPlain ? String(value) : null;
}

/** What a file sets. @throws CommandError when it can't be read */
export function readConfigFile(path: string, settings: readonly Setting[]): FileReading {
  const reader = new Reader(path, textIn(path));
  reader.read(settings);
  return reader;
}
