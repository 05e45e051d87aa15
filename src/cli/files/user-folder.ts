// The user's folders of configuration and data (XDG Base Directory Specification).

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { systemCode } from "../../system/system-code.ts";

/**
 * The user's home; null where nothing tells of one, as for a user without an account on the machine
 * (a container that runs as some number) and without HOME.
 * @param ask the system's answer, which throws then
 */
export function homeFolder(ask: () => string = homedir): string | null {
  try {
    const home = ask();
    // A relative one would be in whatever folder a command is run in.
    return isAbsolute(home) ? home : null;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}

/**
 * The folder that a variable names; the one in the user's home where it is not set, or is empty or
 * relative, as the specification has it: those would be in whatever folder a command is run in.
 * Null where it would be in a home that there is not.
 */
export function userFolder(
  variable: "XDG_CONFIG_HOME" | "XDG_DATA_HOME",
  usual: readonly string[],
  home: string | null = homeFolder(),
): string | null {
  const named = process.env[variable] ?? "";
  if (isAbsolute(named)) return named;
  return home === null ? null : join(home, ...usual);
}
