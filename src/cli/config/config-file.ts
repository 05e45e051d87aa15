// The configuration file: TOML, each key the name of a flag. What is in it and means nothing is
// refused.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { CommandError, EXIT } from "../failure.ts";
import { isThere } from "../files/file-presence.ts";
import { unreadable } from "../files/file-words.ts";
import { userFolder } from "../files/user-folder.ts";
import type { Configured, Setting } from "./setting.ts";

/** Environment variable that names another file, or with "" none. */
export const CONFIG_VARIABLE = "CONVEX_CONFIG";
const BYTES_MAX = 1 << 20;
/** Each line costs a parse of all before it. */
const LINES_SEARCHED_MAX = 1_000;
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

function unknown(
  path: string,
  where: string,
  name: string,
  names: readonly string[],
): CommandError {
  const near = suggestion(name, names);
  const advice = near === null ? `there are ${names.join(", ")}` : `did you mean '${near}'?`;
  return new CommandError(EXIT.CONFIG, `${path}: unknown ${where} '${name}': ${advice}`);
}

function tableOf(path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable("the configuration", path, error);
  }
  if (text.length > BYTES_MAX) {
    throw new CommandError(EXIT.CONFIG, `${path} has more than ${BYTES_MAX} bytes`);
  }
  try {
    return Bun.TOML.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const line = wrongLine(text);
    const where = line === null ? path : `${path}, line ${line}`;
    const what = error.message.replace(/^TOML Parse error: /, "");
    throw new CommandError(EXIT.CONFIG, `${where}: this is not TOML: ${what}`);
  }
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

/** What a file sets. @throws CommandError naming what is wrong in it */
export function readConfigFile(path: string, settings: readonly Setting[]): Configured[] {
  const sections = settings.map(({ section }) => section).filter((section) => section !== null);
  const names = settings.filter(({ section }) => section === null).map(({ key }) => key);
  const configured: Configured[] = [];
  for (const [name, value] of Object.entries(tableOf(path))) {
    const isSection = sections.includes(name as "start");
    if (!isSection && !names.includes(name)) {
      throw unknown(path, "key", name, [...new Set([...names, ...sections])]);
    }
    const section = isSection ? (name as Setting["section"]) : null;
    const table = isSection ? value : { [name]: value };
    if (typeof table !== "object" || table === null || Array.isArray(table)) {
      throw new CommandError(EXIT.CONFIG, `${path}: '${name}' is a table: [${name}]`);
    }
    configured.push(...entriesOf(path, section, table, settings));
  }
  return configured;
}

function entriesOf(
  path: string,
  section: Setting["section"],
  table: object,
  settings: readonly Setting[],
): Configured[] {
  const here = settings.filter((setting) => setting.section === section);
  const where = section === null ? "" : `[${section}] `;
  return Object.entries(table).map(([key, value]) => {
    const setting = here.find((each) => each.key === key);
    if (setting === undefined) {
      const known = here.map((each) => each.key);
      throw unknown(path, section === null ? "key" : `key in [${section}]`, key, known);
    }
    const text = textOf(value);
    const origin = `${path} ${where}${key}`;
    if (text !== null) return { setting, text, origin };
    throw new CommandError(EXIT.CONFIG, `${origin}: expected a text, number, boolean or list`);
  });
}
