// The file that this program is, when it is an executable of its own.

import { CommandError, EXIT } from "../failure.ts";

/** Where the modules of a compiled executable appear to be. */
const INSIDE_EXECUTABLE = "/$bunfs/";

/** @throws CommandError when the program runs from its sources */
export function ownExecutable(what: string): string {
  if (import.meta.path.startsWith(INSIDE_EXECUTABLE)) return process.execPath;
  const advice = "install it (./install.sh --from-source), and use what that leaves";
  throw new CommandError(EXIT.UNAVAILABLE, `${what} is for the installed executable: ${advice}`);
}
