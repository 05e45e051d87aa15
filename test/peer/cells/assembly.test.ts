// A value put together from its cells: when they go to the store, and what is wanted meanwhile.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { encodedLength, encoding, hashKey } from "../../../src/data/encode.ts";
import { List } from "../../../src/data/list.ts";
import { Vector } from "../../../src/data/vector.ts";
import { ACQUISITION_WRITE_BYTES } from "../../../src/peer/bounds.ts";
import { Assembly } from "../../../src/peer/cells/assembly.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { expectComplete } from "../../store/closure.ts";

/** A branch of its own for each byte. */
const leaf = (byte: number) => Blob.of(new Uint8Array(200).fill(byte));
const SHARED = leaf(1);
const LEFT = Vector.of(SHARED, leaf(2));
const TOP = Vector.of(LEFT, Vector.of(SHARED, leaf(3)));

function scene(waitingMax = 100) {
  const store = memoryStore(CVM_TABLE);
  const assembly = new Assembly(store, CVM_TABLE, waitingMax);
  assembly.begin(hashKey(TOP));
  const add = (cell: Blob | Vector) => assembly.add(hashKey(cell), encoding(cell).slice());
  return { store, assembly, add };
}

test("what a cell names is wanted once, and not when it is in the store", () => {
  const { store, add } = scene();
  store.write({ roots: [], cells: [leaf(3)] });
  expect(add(TOP)).toEqual([SHARED, leaf(2)].map(hashKey));
});

test("nothing goes to the store before all below it is there", () => {
  const { store, assembly, add } = scene();
  add(TOP);
  add(leaf(2));
  add(leaf(3));
  assembly.flush();
  expect([store.has(hashKey(leaf(2))), store.has(hashKey(TOP))]).toEqual([true, false]);
  expect(assembly.isComplete).toBe(false);
  add(SHARED);
  expect(assembly.isComplete).toBe(true);
  store.write({ roots: [["top", store.cell(hashKey(TOP)) as Vector]] });
  expect(expectComplete(store, "top")).toBeGreaterThan(3);
});

test("complete cells of many small ones are written by what they take in memory", () => {
  const store = memoryStore(CVM_TABLE);
  const assembly = new Assembly(store, CVM_TABLE, 1_000);
  let part = List.of();
  for (let i = 0; i < 60; i++) part = List.of(part);
  // Two bytes a list, of which each takes two hundred.
  const dense = (i: number) => Vector.from([i, ...new Array<Value>(15).fill(part)]);
  const cells = Array.from({ length: 256 }, (_, i) => dense(i));
  const top = Vector.from(cells);
  assembly.begin(hashKey(top));
  const byKey = new Map(cells.map((cell) => [hashKey(cell), cell]));
  let wanted = assembly.add(hashKey(top), encoding(top).slice());
  let bytes = 0;
  const [first] = cells as [Vector];
  while (!store.has(hashKey(first)) && wanted.length > 0) {
    const [key, ...rest] = wanted as [string];
    const cell = byKey.get(key) ?? partOf(top, key);
    bytes += encodedLength(cell);
    wanted = [...assembly.add(key, encoding(cell).slice()), ...rest];
  }
  expect(assembly.isComplete).toBe(false);
  expect(bytes).toBeLessThan(ACQUISITION_WRITE_BYTES / 50);
});

/** The part of a Vector under this hash key. */
function partOf(vector: Vector, key: string): Vector {
  for (let i = 0; i < vector.slotCount; i++) {
    const part = vector.slotAt(i) as Vector;
    if (hashKey(part) === key) return part;
  }
  throw new Error("no such part");
}

test("too many cells are not waited for", () => {
  expect(() => scene(3).add(TOP)).toThrow("it names too many cells at a time");
});

test("the complete cells can be loaded from it before they are in the store", () => {
  const { store, assembly, add } = scene();
  add(TOP);
  add(leaf(2));
  expect(hashKey(assembly.cell(hashKey(leaf(2))) as Blob)).toBe(hashKey(leaf(2)));
  expect(assembly.memorySize(hashKey(leaf(2)))).toBeGreaterThan(200);
  expect(store.has(hashKey(leaf(2)))).toBe(false);
});
