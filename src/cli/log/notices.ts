// What a peer says on standard error beside its log, as before that is open: on a terminal as it
// stands, elsewhere as lines of JSON, since whoever reads the log there reads these, too. Commands
// that end say what they have to say in plain words anywhere.

import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import type { ProgressOutput } from "../terminal/progress-line.ts";
import type { Component, Level } from "./log.ts";
import { jsonLine } from "./log-format.ts";

/** Hears a warning: a sentence with its full stop. */
export type Warn = (sentence: string) => void;

/** As a command that ends says it. */
export function warnPlainly(sentence: string): void {
  process.stderr.write(`Warning: ${sentence}\n`);
}

/** As a peer says it. */
export function warnAsLog(sentence: string): void {
  if (process.stderr.isTTY === true) warnPlainly(sentence);
  else sayAsLog("peer", "warn", sentence);
}

/** Says it at any level. */
export function sayAsLog(component: Component, level: Level, text: string): void {
  const isTerminal = process.stderr.isTTY === true;
  const entry = { timeMs: SYSTEM_CLOCK.now(), level, component, text, times: 1 };
  process.stderr.write(isTerminal ? `${text}\n` : jsonLine(entry));
}

/** Where a peer shows how far it is. */
export function progressOutput(): ProgressOutput {
  if (process.stderr.isTTY === true) return process.stderr;
  return { write: (text) => sayAsLog("network", "info", text.trimEnd()) };
}
