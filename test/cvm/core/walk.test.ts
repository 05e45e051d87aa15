// The walk by positions against one position after the other, damaged counts included.

import { expect, test } from "bun:test";
import { elementAt, type Structure, structureCount } from "../../../src/cvm/core/structures.ts";
import { elementsByPlace } from "../../../src/cvm/core/walk.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { Index } from "../../../src/data/index-map.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";

const COUNT = 300;
const NUMBERS = Array.from({ length: COUNT }, (_, i) => i);

/** The hashes of what a walk gives, and the error that it ends with. */
function trace(walk: () => Iterable<Value>): string[] {
  const seen: string[] = [];
  try {
    for (const value of walk()) seen.push(hashKey(value));
  } catch (error) {
    seen.push((error as Error).message);
  }
  return seen;
}

function* oneByOne(source: Structure, from: number): Generator<Value> {
  for (let i = from; i < structureCount(source); i++) yield elementAt(source, i);
}

function expectSame(source: Structure, from: number): void {
  expect(trace(() => elementsByPlace(source, from))).toEqual(trace(() => oneByOne(source, from)));
}

const map = CVMMap.from(NUMBERS.map((i) => [i, `${i}`.length]));
const set = CVMSet.from(NUMBERS);
const index = Index.from(NUMBERS.map((i) => [Blob.of(Uint8Array.of(i >> 8, i & 255)), i])) as Index;

test("the elements of maps, Sets and Indexes come in their order, from any position on", () => {
  for (const source of [
    map,
    set,
    index,
    CVMMap.EMPTY,
    CVMMap.EMPTY.assoc(1, 2),
    CVMSet.from([7]),
  ]) {
    for (const from of [0, 1, 17, COUNT]) expectSame(source, from);
    expectSame(source, structureCount(source));
  }
});

/** The trie with other counts in its root and its children. */
function damaged<T extends CVMMap | CVMSet>(trie: T, more: number, inChild: number): T {
  const slots = trie.slots.map((slot, i) => {
    const child = slot as T;
    return i % 3 === 0 && !child.isLeaf
      ? child.make(child.count + inChild, child.slots, child.shift, child.mask, null)
      : slot;
  });
  return trie.make(trie.count + more, slots, trie.shift, trie.mask, null) as T;
}

test("damaged counts give what each position gives", () => {
  for (const trie of [map, set]) {
    for (const more of [-40, 0, 5]) {
      for (const inChild of [-3, 0, 2]) expectSame(damaged(trie, more, inChild), 0);
    }
  }
});

test("entries stay the same Vector within a run, so that they keep their hashes", () => {
  const first = [...elementsByPlace(map, 0)];
  expect(
    [...elementsByPlace(map.assoc(-1, 1), 0)].filter((e) => first.includes(e)).length,
  ).toBeGreaterThan(COUNT - 20);
  expect([...elementsByPlace(index, 0)][3]).toBe([...elementsByPlace(index, 2)][1] as Value);
});
