// The user's folders of configuration and data (XDG Base Directory Specification).

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The folder that a variable names; the one in the user's home where it is not set, or is empty or
 * relative, as the specification has it: those would be in whatever folder a command is run in.
 */
export function userFolder(
  variable: "XDG_CONFIG_HOME" | "XDG_DATA_HOME",
  ...usual: readonly string[]
): string {
  const named = process.env[variable] ?? "";
  return isAbsolute(named) ? named : join(homedir(), ...usual);
}
