// The log of this process, on standard error.

import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { StoreError } from "../../store/store.ts";
import { Log } from "./log.ts";
import { jsonLine, prettyLine } from "./log-format.ts";
import type { LevelChanges } from "./log-levels.ts";

/**
 * Lines for people on a terminal, else one of JSON an entry.
 * @param levels to begin with; the Log changes them while it runs
 */
export function openLog(levels: LevelChanges): Log {
  const format = process.stderr.isTTY === true ? prettyLine : jsonLine;
  const log = new Log((entry) => process.stderr.write(format(entry)), SYSTEM_CLOCK);
  for (const [component, level] of levels) log.setLevel(component, level);
  return log;
}

/** An error that is this peer's own fault, with the place in the code where it arose. */
export function faultText(error: unknown, where: string): string {
  // What the disk does has no place in the code.
  if (error instanceof StoreError) return `the store fails: ${error.message}`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `fault while serving ${where}: ${text}`;
}
