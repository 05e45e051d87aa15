import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import type { CellSource, Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { BadFormatError, BadStructureError } from "../../src/data/errors.ts";
import { withWorkLimit } from "../../src/data/free-work.ts";
import { forEachHeldLeaf } from "../../src/data/hash-trie-walk.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { CVMSet } from "../../src/data/set.ts";
import { bytesOf } from "./fixture-rows.ts";
import { canonicalShape, hexOf, integersWithHash, shapeOf } from "./trie-shape.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const hashOf = (v: Value): string => toHex(hashBytes(v));

/** Sheet 01 §22.2: the set of 0 … n-1, its hash and memory size. */
const ROWS: readonly (readonly [number, string, number])[] = [
  [0, "4399e10a742eb53d35b9dd2819b9cc10a9b6ad0866f3554d9dfb02a2f543a41c", 0],
  [15, "25e020d26f6931fad2ccf9c8bcd361367bf0979745be6ce70eeb50cffde304e4", 0],
  [16, "6fdb71e7c0f322fc136152e30c958b30f28d3ec513b98c8b94c1922e8f5267dc", 0],
  [17, "4e4607c6161e2006bd64361212655fe90f834f8174e5e660febe72e3792c06d3", 0],
  [40, "3c8f16708e9710135b4ed4dcb5385cd10a0a43605656e482b241dfa861857f29", 0],
  [300, "4008f92d7401adb8a5defc52073e5f73e30462edd3b5e05e2c89d58ea344198f", 1170],
];

describe("vectors of sheet 01 §22", () => {
  for (const [n, hash, size] of ROWS) {
    test(`set of ${n}`, () => {
      const bulk = CVMSet.from(range(n));
      expect(hashOf(bulk)).toBe(hash);
      expect(memorySize(bulk)).toBe(size);
      let grown = CVMSet.EMPTY;
      for (const i of range(n).reverse()) grown = grown.include(i);
      expect(hashOf(grown)).toBe(hash);
    });
  }

  test("#{1 2 3}", () => {
    expect(toHex(encoding(CVMSet.of(1, 2, 3)))).toBe("8303110211031101");
  });
});

const CLOSE = [...integersWithHash("37", 24), ...integersWithHash("3", 20), ...range(30)];
const element = fc.oneof(fc.nat(400), fc.constantFrom(...CLOSE));

function expectSet(set: CVMSet, model: ReadonlySet<number>): void {
  const sorted = [...model].sort((a, b) => (hashKey(a) < hashKey(b) ? -1 : 1));
  expect(shapeOf(set)).toEqual(canonicalShape(sorted.map((v) => hexOf(hashKey(v)))));
  expect(set.toArray()).toEqual(sorted);
  expect([...set]).toEqual(sorted);
  sorted.forEach((v, i) => {
    expect(set.at(i)).toBe(v);
  });
}

describe("a set behaves as a Set, and stays canonical", () => {
  test("after any sequence of changes", () => {
    const step = fc.record({ op: fc.constantFrom("include", "exclude"), v: element });
    const steps = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 80 }), steps, (values, changes) => {
        let set = CVMSet.from(values);
        const model = new Set(values);
        for (const { op, v } of changes) {
          set = op === "include" ? set.include(v) : set.exclude(v);
          if (op === "include") model.add(v);
          else model.delete(v);
          expect(set.has(v)).toBe(op === "include");
        }
        expectSet(set, model);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("isSubset agrees with that of a Set", () => {
    const values = fc.array(element, { maxLength: 40 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const isSubset = new Set(a).isSubsetOf(new Set(b));
        expect(CVMSet.from(a).isSubset(CVMSet.from(b))).toBe(isSubset);
        expect(CVMSet.from(a).isSubset(CVMSet.from([...a, ...b]))).toBe(true);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test("what does not change is the same object", () => {
    for (const n of [1, 15, 200]) {
      const set = CVMSet.from(range(n));
      expect(set.include(0)).toBe(set);
      expect(set.exclude(-1)).toBe(set);
      expect(set.slice(0, n)).toBe(set);
      expect(set.exclude(0).count).toBe(n - 1);
    }
    expect(CVMSet.of(1).exclude(1)).toBe(CVMSet.EMPTY);
    expect(() => CVMSet.of(1).at(1)).toThrow(RangeError);
    expect(() => CVMSet.of(1).slice(0, 2)).toThrow(RangeError);
  });

  test("nil and false are elements like others", () => {
    const set = CVMSet.of(null, false, 0);
    expect(set.has(null)).toBe(true);
    expect(set.has(false)).toBe(true);
    expect(set.exclude(null).has(null)).toBe(false);
  });
});

describe("decoding (sheet 01 §14)", () => {
  const read = (hex: string): CVMSet => decode(bytesOf(hex), CAD3_TABLE) as CVMSet;

  test.each([
    ["elements not in order", "8303110111031102"],
    ["the same element twice", "830211011101"],
    ["a tree with no children", "8310000000"],
    ["a tree with one child", "83100000018300"],
    ["children missing", "831000ffff"],
    ["huge count", "83ffffffffffffffff7f00ffff"],
  ])("%s is rejected", (_, hex) => {
    expect(() => read(hex)).toThrow(BadFormatError);
  });

  const one = "83011105";
  test.each([
    ["nil children", "83100000030000"],
    ["children of the wrong type", "83100000038200820111011102"],
  ])("%s can't be combined", (_, hex) => {
    const set = read(hex);
    expect(() => set.union(CVMSet.from(range(40)))).toThrow(BadStructureError);
    expect(() => set.intersection(CVMSet.of(1, 2))).toThrow(BadStructureError);
    expect(() => CVMSet.of(1).difference(set)).toThrow(BadStructureError);
    expect(() => set.slice(0, set.count - 1)).toThrow(BadStructureError);
  });

  test.each([
    ["nil children", "83100000030000"],
    ["children of the wrong type", "83100000038200820111011102"],
    ["negative shift", `8310ff0003${one}${one}`],
    ["shift 64", `8310400003${one}${one}`],
    ["wrong count", `8320000003${one}${one}`],
  ])("%s is accepted and fails on use", (_, hex) => {
    const set = read(hex);
    expect(toHex(encoding(set))).toBe(hex);
    expect(() => set.toArray()).toThrow(BadStructureError);
    for (const v of range(40)) {
      for (const use of [() => set.has(v), () => set.include(v), () => set.at(v)]) {
        try {
          use();
        } catch (error) {
          expect(error instanceof BadStructureError || error instanceof RangeError).toBe(true);
        }
      }
    }
  });

  test("a tree that names itself many times over is not walked for ever", () => {
    let child = CVMSet.of(1);
    for (let level = 0; level < 40; level++) {
      child = new CVMSet(16, Array(16).fill(child), level, 0xffff, null);
    }
    const within = (use: () => unknown) => () => withWorkLimit(10 ** 6, use);
    for (const other of [CVMSet.of(1, 2), CVMSet.from(range(60))]) {
      expect(within(() => child.union(other))).toThrow(Error);
      expect(within(() => other.difference(child))).toThrow(Error);
    }
    expect(child.slice(0, 15).count).toBe(15);
    expect(within(() => child.toPlaces())).toThrow(Error);
    expect(child.isSubset(CVMSet.EMPTY)).toBe(false);
  });

  test("a leaf that holds elements twice grows into no tree, also when it was written", () => {
    const child = CVMSet.from(integersWithHash("2", 8));
    const leaf = new CVMSet(16, [child, child], 0, 0x3, null).slice(0, 15);
    const bytes = encoding(leaf).slice();
    expect(() => decode(bytes, CAD3_TABLE)).toThrow(BadFormatError);
    for (const set of [leaf, decode(bytes, CAD3_TABLE, null, true) as CVMSet]) {
      expect(set.count).toBe(15);
      expect(() => set.include(-1)).toThrow(BadStructureError);
    }
  });

  test("a tree that counts its children right is not full when one of them counts wrong", () => {
    const child = new CVMSet(16, [CVMSet.of(1), CVMSet.of(2)], 1, 0x3, null);
    const set = new CVMSet(32, [child, child], 0, 0x3, null);
    withWorkLimit(10 ** 6, () => {
      forEachHeldLeaf(set, () => {});
      expect(set.isFull).toBe(false);
    });
  });

  test("a branch as element takes part by its hash and is loaded on demand", () => {
    const blob = Blob.of(new Uint8Array(300));
    const source: CellSource = {
      cell: (key) => (key === hashKey(blob) ? blob : null),
      memorySize: () => -1,
    };
    const set = CVMSet.of(1, 2, blob);
    const lazy = decode(encoding(set), CAD3_TABLE, source) as CVMSet;
    expect(hashOf(lazy.union(CVMSet.of(5)))).toBe(hashOf(set.include(5)));
    expect(hashOf(lazy.intersection(CVMSet.of(1, blob)))).toBe(hashOf(CVMSet.of(1, blob)));
    expect(lazy.has(blob)).toBe(true);
    expect(lazy.toArray()).toContain(blob);
  });
});
