// What the cells of a store take in memory, added up.

import { expect, test } from "bun:test";
import { Blob } from "../../src/data/blob.ts";
import { cellFootprint } from "../../src/data/footprint.ts";
import { List } from "../../src/data/list.ts";
import { Vector } from "../../src/data/vector.ts";
import { HeldBytes, LOOKED_INTO_EVERY } from "../../src/store/held-bytes.ts";

const dense = (i: number) => Vector.from([i, ...Array.from({ length: 60 }, () => List.of())]);

test("many small cells count for what they take, although few are looked into", () => {
  const held = new HeldBytes();
  const cells = Array.from({ length: 10 * LOOKED_INTO_EVERY }, (_, i) => dense(i));
  const added = cells.map((cell) => held.add(cell)).reduce((a, b) => a + b);
  const exact = cells.map(cellFootprint).reduce((a, b) => a + b);
  expect(held.total).toBe(added);
  expect(Math.abs(added - exact)).toBeLessThan(exact / 20);
});

test("what is as usual counts the same whether it is looked into or not", () => {
  const held = new HeldBytes();
  const blob = Blob.of(new Uint8Array(300));
  const added = Array.from({ length: 2 * LOOKED_INTO_EVERY }, () => held.add(blob));
  expect(new Set(added)).toEqual(new Set([cellFootprint(blob)]));
});

test("what was let go counts no more", () => {
  const held = new HeldBytes();
  held.add(dense(1));
  held.clear();
  expect(held.total).toBe(0);
});
