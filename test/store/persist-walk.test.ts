// What is to be written of a value: what the store lacks, children first, and no more than may be.

import { describe, expect, test } from "bun:test";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, MissingDataError, Ref } from "../../src/data/cell.ts";
import { encodedLength, hashKey } from "../../src/data/encode.ts";
import { cellFootprint, usualFootprint } from "../../src/data/footprint.ts";
import { Vector } from "../../src/data/vector.ts";
import { Unstored } from "../../src/store/persist-walk.ts";

const leaf = (fill: number) => Blob.of(new Uint8Array(300).fill(fill));
const LENGTH = encodedLength(leaf(1));
const MEMORY = cellFootprint(leaf(1));
const HUGE = 2n ** 2000n;

/** A store that has the cells with these hashes, as far as one looks by hash. */
function storeOf(...stored: readonly Cell[]) {
  const hashes = new Set(stored.map(hashKey));
  return {
    holdsCell: (cell: Cell) => stored.includes(cell),
    holdsRef: (ref: Ref) => hashes.has(ref.hashKey),
    has: (hash: string) => hashes.has(hash),
  };
}

function found(value: Cell | bigint, store = storeOf(), memoryMax?: number): Unstored {
  const walk = new Unstored(store, memoryMax);
  walk.collect(value);
  return walk;
}

describe("to be written", () => {
  test("are branches alone, each once and before what names it", () => {
    const one = leaf(1);
    const inner = Vector.of(leaf(2), one, leaf(3), leaf(4), leaf(5));
    const { branches } = found(Vector.of(inner, one, Vector.of(leaf(6)), 7, HUGE));
    const names = [...[2, 1, 3, 4, 5].map(leaf), inner, leaf(6)].map(hashKey);
    expect(branches.slice(0, -1).map((each) => hashKey(each))).toEqual(names);
    expect(branches.at(-1)).toBe(HUGE);
  });

  test("is nothing of what the store has, in memory or by name", () => {
    const held = leaf(1);
    const named = new Ref(hashKey(leaf(2)), null);
    const value = new Vector(3, [held, named, leaf(3)], null, false);
    const { branches } = found(value, storeOf(held, leaf(2)));
    expect(branches.map((each) => hashKey(each))).toEqual([hashKey(leaf(3))]);
  });

  test("is a short cell that its parent names by hash, with what is below it", () => {
    const short = Vector.of(leaf(1), 5);
    const source = { cell: () => short, memorySize: () => -1 };
    const value = new Vector(1, [new Ref(hashKey(short), source)], null, false);
    const { branches } = found(value);
    expect(branches.map((each) => hashKey(each))).toEqual([leaf(1), short].map(hashKey));
    expect(found(value, storeOf(short)).branches).toEqual([]);
    const shorter = Vector.of(5);
    const bare = new Ref(hashKey(shorter), { cell: () => shorter, memorySize: () => -1 });
    expect(found(new Vector(1, [bare], null, false)).branches).toEqual([shorter]);
  });

  test("can't be what is nowhere to be found", () => {
    const value = new Vector(1, [new Ref("x".repeat(32), null)], null, false);
    expect(() => found(value)).toThrow(MissingDataError);
  });
});

describe("with a bound of memory", () => {
  const value = Vector.of(leaf(1), leaf(2), leaf(3));

  test("what is gone through is counted, embedded cells are not", () => {
    const { bytes, memory } = found(value, storeOf(), 3 * MEMORY);
    expect([bytes, memory]).toEqual([3 * LENGTH, 3 * MEMORY]);
    expect(found(Vector.of(Vector.of(1)), storeOf(), 0).memory).toBe(0);
    expect(found(HUGE, storeOf(), usualFootprint(HUGE)).branches).toEqual([HUGE]);
  });

  test("more than that is as good as absent", () => {
    expect(() => found(value, storeOf(), 3 * MEMORY - 1)).toThrow(MissingDataError);
    expect(() => found(HUGE, storeOf(), usualFootprint(HUGE) - 1)).toThrow(MissingDataError);
  });

  test("from half of it on the store is asked for each by its hash", () => {
    const half = found(value, storeOf(leaf(2), leaf(3)), 2 * MEMORY);
    expect([half.bytes, half.branches.length]).toEqual([LENGTH, 1]);
    expect(found(value, storeOf(leaf(2), leaf(3)), 4 * MEMORY).bytes).toBe(2 * LENGTH);
    expect(found(value, storeOf(leaf(1), leaf(2), leaf(3)), 0).bytes).toBe(0);
  });
});
