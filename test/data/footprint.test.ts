// What cells take in memory, against the heap: the estimate may be off, but not by much.

import { heapSize } from "bun:jsc";
import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { encodedLength } from "../../src/data/encode.ts";
import { cellFootprint, Footprints, footprint, usualFootprint } from "../../src/data/footprint.ts";
import { List } from "../../src/data/list.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";

function nested(levels: number): List {
  let value = List.of();
  for (let i = 0; i < levels; i++) value = List.of(value);
  return value;
}

const sixteen = (of: (i: number) => Value) => (i: number) =>
  Vector.from(Array.from({ length: 16 }, (_, j) => of(16 * i + j)));

const KINDS: readonly (readonly [string, (i: number) => Value])[] = [
  ["lists in lists", (i) => Vector.of(i, nested(60))],
  ["short strings", sixteen((i) => CVMString.of(`${i}`))],
  ["addresses", sixteen((i) => Address.of(i))],
  ["integers", sixteen((i) => i)],
  ["vectors of one", sixteen((i) => Vector.of(i))],
];

/** Bytes by which the heap grows when a message is decoded: older garbage can only hide some. */
function measured(message: Uint8Array): number {
  const values: Value[] = [];
  let most = 0;
  for (let i = 0; i < 3; i++) {
    Bun.gc(true);
    const before = heapSize();
    values.push(decodeMultiCell(message, CVM_TABLE));
    Bun.gc(true);
    most = Math.max(most, heapSize() - before);
  }
  expect(values).toHaveLength(3);
  return most;
}

test.each(KINDS)("%s take no more than thrice what is said, nor a sixth", (_, make) => {
  const message = encodeMultiCell(Vector.from(Array.from({ length: 2_000 }, (_, i) => make(i))));
  const said = footprint(decodeMultiCell(message, CVM_TABLE));
  const bytes = measured(message);
  expect(bytes).toBeLessThan(3 * said);
  expect(bytes).toBeGreaterThan(said / 6);
});

test("a branch in several places counts once, and what is embedded at each", () => {
  const branch = Blob.of(new Uint8Array(1_000));
  const value = Vector.of(branch, Vector.of(branch, 1), branch);
  expect(footprint(value)).toBe(cellFootprint(value) + cellFootprint(branch));
  const within = Vector.of(Vector.of(branch, 1), 2);
  expect(footprint(within)).toBe(cellFootprint(within) + cellFootprint(branch));
  const lists = Array.from({ length: 16 }, () => List.of(1));
  expect(cellFootprint(Vector.of(...lists))).toBeGreaterThan(16 * 200);
});

test("values that are no cells take nothing, but for big integers", () => {
  for (const value of [null, true, 7]) expect(footprint(value)).toBe(0);
  const long = 2n ** 4_000n;
  expect(footprint(long)).toBe(usualFootprint(long));
  expect(cellFootprint(long)).toBe(8 * encodedLength(long) + 100);
});

test("of several values each branch counts once, and what is left out not at all", () => {
  const branch = Blob.of(new Uint8Array(1_000));
  const long = 2n ** 4_000n;
  const several = new Footprints((cell) => cell === branch);
  const value = Vector.of(long, branch);
  expect(several.add(value)).toBe(cellFootprint(value) + cellFootprint(long));
  expect(several.add(Vector.of(long))).toBe(cellFootprint(Vector.of(long)));
  expect(several.add(value)).toBe(0);
});

test("no more is gone through than is enough", () => {
  const value = Vector.of(...[1, 2, 3].map((i) => Blob.of(new Uint8Array(1_000).fill(i))));
  const [blob] = value.toArray() as [Blob];
  const both = cellFootprint(value) + cellFootprint(blob);
  expect(new Footprints().add(value, both - 1)).toBe(both);
});
