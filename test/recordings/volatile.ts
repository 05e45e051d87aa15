// What differs from run to run, exactly as sheet 05 lists it: dates, block timestamps and hashes,
// belief and State hashes after block 0, fees and balances that hang on the memory price, ids of
// Results, session ids, random keys and tokens; and the order of children in a CAD3 message, which
// the reference takes from a salted table (sheet 01 §13).

import { inflateSync } from "node:zlib";
import { toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { NO_CELLS } from "../../src/data/cell.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { PRINT_LIMIT, print } from "../../src/lang/printer.ts";

const ANYTHING = "~";

/** Members of JSON objects; `hash` only of blocks. */
const MEMBERS = new Set([
  "balance",
  "belief",
  "confirmToken",
  "confirmUrl",
  "fees",
  "server_url",
  "state",
  "states",
  "timestamp",
]);

/** The same members and more in printed values. */
const PRINTED: readonly (readonly [RegExp, string])[] = [
  [/:id \d+/g, ":id ~"],
  [/:(balance|fees|timestamp) \d+/g, ":$1 ~"],
  [/:(belief|states?) 0x[0-9a-f]{64}/g, ":$1 ~"],
  [/127\.0\.0\.1:\d+/g, "HOST"],
];

export function stableText(text: string): string {
  return PRINTED.reduce((kept, [pattern, by]) => kept.replace(pattern, by), text);
}

/** JSON with volatile members blanked, and keys in one order. */
export function stableJson(json: unknown, name: string): unknown {
  if (typeof json === "string") return stableText(json);
  if (Array.isArray(json)) return json.map((element) => stableJson(element, name));
  if (json === null || typeof json !== "object") return json;
  const members = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1));
  const isBlock = "transactionCount" in json;
  const isVolatile = (key: string) => MEMBERS.has(key) || (isBlock && key === "hash");
  return Object.fromEntries(
    members.map(([key, value]) => {
      if (key === "cad3" || key === "data") return [key, stableMessage(value)];
      if (key === "text") return [key, stableJson(jsonOr(value), name)];
      return [key, isVolatile(key) ? ANYTHING : stableJson(value, name)];
    }),
  );
}

function jsonOr(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A CAD3 message in hex by what it says; whatever is none as it is. */
function stableMessage(hex: unknown): unknown {
  if (typeof hex !== "string" || !/^(?:[0-9a-f]{2})+$/.test(hex)) return hex;
  return stableBytes(Buffer.from(hex, "hex")) ?? hex;
}

/** A CAD3 response as text; null for what is none. */
export function stableBytes(bytes: Uint8Array): string | null {
  try {
    return printed(bytes);
  } catch (error) {
    if (error instanceof BadFormatError) return null;
    throw error;
  }
}

function printed(bytes: Uint8Array): string {
  const value = decodeMultiCell(bytes, CVM_TABLE, NO_CELLS);
  return stableText(print(value, PRINT_LIMIT) ?? toHex(hashBytes(value)));
}

/** Header and pixels of a PNG file; how they are compressed is no part of the picture. */
export function picture(file: Uint8Array): string {
  const bytes = Buffer.from(file);
  const parts: Record<string, Buffer[]> = {};
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    parts[type] = [...(parts[type] ?? []), bytes.subarray(at + 8, at + 8 + length)];
    at += 12 + length;
  }
  const pixels = inflateSync(Buffer.concat(parts.IDAT ?? []));
  return Buffer.concat([...(parts.IHDR ?? []), pixels]).toString("hex");
}
