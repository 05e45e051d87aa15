// Vector files: gzipped JSON lines, one case a line.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One case; which fields it has depends on the kind of file. */
export type Row = Readonly<Record<string, unknown>>;

export interface VectorFile {
  /** File name without its extensions. */
  readonly name: string;
  readonly rows: readonly Row[];
}

const EXTENSION = /\.jsonl(\.gz)?$/;

/** Names of the vector files in a directory, in alphabetical order. */
export function vectorNames(dir: string): string[] {
  const names = readdirSync(dir).filter((file) => EXTENSION.test(file));
  return names.map((file) => file.replace(EXTENSION, "")).sort();
}

/** @throws Error when there is no such file or a line is not a JSON object */
export function readVectorFile(dir: string, name: string): VectorFile {
  const bytes = readMaybeZipped(join(dir, `${name}.jsonl`));
  const rows: Row[] = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line !== "") rows.push(rowOf(parseLine(line)));
  }
  return { name, rows };
}

/** A number that may be beyond the safe integers, so that a double would round it. */
const LONG_NUMBER = /":-?\d{16,}[,}]/;

/** JSON with integers beyond the safe ones as bigint. */
function parseLine(line: string): unknown {
  if (!LONG_NUMBER.test(line)) return JSON.parse(line);
  return JSON.parse(line, (_key, value, context?: { readonly source?: string }) => {
    const isRounded = typeof value === "number" && !Number.isSafeInteger(value);
    return isRounded && /^-?\d+$/.test(context?.source ?? "")
      ? BigInt(context?.source ?? 0)
      : value;
  });
}

/** The bytes of a file that stands there as it is or with `.gz`. */
export function readMaybeZipped(path: string): Uint8Array {
  if (existsSync(path)) return readFileSync(path);
  return Bun.gunzipSync(readFileSync(`${path}.gz`));
}

function rowOf(value: unknown): Row {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Row;
  throw new Error("a line of a vector file is not a JSON object");
}

/** A field that must be text. */
export function textOf(row: Row, field: string): string {
  const value = row[field];
  if (typeof value === "string") return value;
  throw new Error(`field ${field} is not text`);
}

/** A field that must be a number. */
export function numberOf(row: Row, field: string): number {
  const value = row[field];
  if (typeof value === "number") return value;
  throw new Error(`field ${field} is not a number`);
}

/** A field that must be bytes in hex. */
export function bytesOf(row: Row, field: string): Uint8Array {
  return new Uint8Array(Buffer.from(textOf(row, field), "hex"));
}

/** A field that must be an array of objects. */
export function rowsOf(row: Row, field: string): readonly Row[] {
  const value = row[field];
  if (Array.isArray(value)) return value.map(rowOf);
  throw new Error(`field ${field} is not an array`);
}
