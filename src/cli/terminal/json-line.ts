// What commands print for scripts: one line of JSON, amounts with all their digits.

import { visibleLine, visibleText } from "./visible-text.ts";

type WithRawJson = typeof JSON & { rawJSON(text: string): unknown };

/** JSON in which a bigint is a number. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === "bigint" ? (JSON as WithRawJson).rawJSON(item.toString()) : item,
  );
}

/** `jsonLine` and a line feed, on standard output. */
export function printJsonLine(value: unknown): void {
  // In JSON these are other spellings of the same.
  process.stdout.write(`${visibleText(jsonLine(value))}\n`);
}

export type Rows = readonly (readonly [label: string, text: string])[];

/** Labels and texts in two columns, each text in one line. */
export function rowsText(rows: Rows, indent = ""): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lineOf = ([label, text]: Rows[number]) =>
    `${indent}${label.padEnd(width)}  ${visibleLine(text)}\n`;
  return rows.map(lineOf).join("");
}
