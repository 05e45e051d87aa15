// What commands print for scripts: one line of JSON, amounts with all their digits.

type WithRawJson = typeof JSON & { rawJSON(text: string): unknown };

/** JSON in which a bigint is a number. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    typeof item === "bigint" ? (JSON as WithRawJson).rawJSON(item.toString()) : item,
  );
}

/** `jsonLine` and a line feed, on standard output. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${jsonLine(value)}\n`);
}

export type Rows = readonly (readonly [label: string, text: string])[];

/** Labels and texts in two columns. */
export function rowsText(rows: Rows, indent = ""): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${indent}${label.padEnd(width)}  ${text}\n`).join("");
}
