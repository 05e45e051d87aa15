// How lines of the log look.

import { paint } from "../terminal/paint.ts";
import { visibleText } from "../terminal/visible-text.ts";
import type { Level, LogEntry } from "./log.ts";

const MARKS: Readonly<Record<Level, string>> = {
  debug: "debug",
  info: "info ",
  warn: "warn ",
  error: "ERROR",
  silent: "",
};

const timesText = (times: number) => (times > 1 ? ` (${times} times within a minute)` : "");

/** For people: time of day, level, component, words. */
export function prettyLine({ timeMs, level, component, text, times }: LogEntry): string {
  const clock = new Date(timeMs).toISOString().slice(11, 23);
  const mark = level === "error" || level === "warn" ? paint.bold(MARKS[level]) : MARKS[level];
  const words = `${visibleText(text)}${timesText(times)}`;
  return `${paint.dim(clock)} ${mark} ${paint.dim(component.padEnd(7))} ${words}\n`;
}

/** For programs: one JSON object a line. */
export function jsonLine({ timeMs, level, component, text, times }: LogEntry): string {
  const time = new Date(timeMs).toISOString();
  const repeated = times > 1 ? { times } : {};
  return `${JSON.stringify({ time, level, component, message: text, ...repeated })}\n`;
}
