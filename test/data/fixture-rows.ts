// Rows of test/fixtures: one JSON object a line.

import { readFileSync } from "node:fs";

export function fixtureRows<Row>(name: string): Row[] {
  const path = new URL(`../fixtures/${name}.jsonl`, import.meta.url);
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** Bytes of hex digits that are known to be right. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}
