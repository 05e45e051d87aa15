// The file that this program is, when it is an executable of its own.

import { CommandError, EXIT } from "../failure.ts";
import { IS_COMPILED } from "./compiled.ts";

/** @throws CommandError when the program runs from its sources */
export function ownExecutable(what: string): string {
  if (IS_COMPILED) return process.execPath;
  const advice = "install it (./install.sh --from-source), and use what that leaves";
  throw new CommandError(EXIT.UNAVAILABLE, `${what} is for the installed executable: ${advice}`);
}
