import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, type CellSource, NO_CELLS, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { BadFormatError, BadStructureError, PanicError } from "../../src/data/errors.ts";
import { WorkLimitError, withWorkLimit } from "../../src/data/free-work.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { bytesOf } from "./fixture-rows.ts";
import { canonicalShape, hexOf, integersWithHash, shapeOf } from "./trie-shape.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const hashOf = (v: Value): string => toHex(hashBytes(v));
const squares = (keys: readonly number[]): [number, number][] => keys.map((k) => [k, k]);

/** Sheet 01 §22.2: the map {i i} of n entries, its hash and memory size. */
const ROWS: readonly (readonly [number, string, number])[] = [
  [0, "19f292ac6877ab838ffd2c22b7736229ebd4553e9e4b31d2aaba9f07b9d5186d", 0],
  [15, "78641e77e84fe881604b552123585a8593b6ea447412f32e164349820bcc5939", 0],
  [16, "15cff5dcc775a401cf5ed49ca2597ca36c9a2d741634dd81a89909700cd870fd", 0],
  [17, "8d77cde54f693615a68045e0f3080bdfbae56ac6e8886a8a055594b2a8de7b1f", 0],
  [40, "7624bb43a5f54c27ce0b696598523e8965964d62691b51dbe0f6bdf32472a942", 257],
  [300, "195c97ba0373e306d65d0909e8e7c62aa6ae923df8edb08eb51b172171e4fa85", 2232],
];

describe("vectors of sheet 01 §22", () => {
  for (const [n, hash, size] of ROWS) {
    test(`{i i} of ${n}`, () => {
      const bulk = CVMMap.from(squares(range(n)));
      expect(hashOf(bulk)).toBe(hash);
      expect(memorySize(bulk)).toBe(size);
      let grown = CVMMap.EMPTY;
      for (const i of range(n).reverse()) grown = grown.assoc(i, i);
      expect(hashOf(grown)).toBe(hash);
    });
  }

  test("{:a 1 :b 2}", () => {
    const map = CVMMap.EMPTY.assoc(Keyword.of("b"), 2).assoc(Keyword.of("a"), 1);
    expect(toHex(encoding(map))).toBe("820233016111013301621102");
  });
});

/** Integers of a few short prefixes, so that shifts above 0 and skipped digits appear. */
const CLOSE = [...integersWithHash("37", 24), ...integersWithHash("3", 20), ...range(30)];
const key = fc.oneof(fc.nat(400), fc.constantFrom(...CLOSE));

function expectMap(map: CVMMap, model: ReadonlyMap<number, number>): void {
  expect(shapeOf(map)).toEqual(canonicalShape([...model.keys()].map((k) => hexOf(hashKey(k)))));
  expect(map.count).toBe(model.size);
  const entries = [...model].map(([k, v]) => [hexOf(hashKey(k)), k, v] as const).sort();
  expect(map.entries()).toEqual(entries.map(([, k, v]) => [k, v]));
}

describe("a map behaves as a Map, and stays canonical", () => {
  test("after any sequence of changes", () => {
    const step = fc.record({
      op: fc.constantFrom("assoc", "assoc", "dissoc", "merge", "slice"),
      k: key,
      v: fc.nat(3),
    });
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 80 }),
        fc.array(step, { maxLength: 60 }),
        (ks, steps) => {
          let map = CVMMap.from(squares(ks));
          let model = new Map(squares(ks));
          for (const { op, k, v } of steps) {
            if (op === "assoc") {
              map = map.assoc(k, v);
              model.set(k, v);
            } else if (op === "dissoc") {
              map = map.dissoc(k);
              model.delete(k);
            } else if (op === "merge") {
              map = map.merge(CVMMap.from(range(v * 8).map((i) => [k + i, v])));
              for (const i of range(v * 8)) model.set(k + i, v);
            } else {
              const start = k % (map.count + 1);
              const end = map.count - Math.min(v, map.count - start);
              const kept = map.entries().slice(start, end) as [number, number][];
              map = map.slice(start, end);
              model = new Map(kept);
            }
            expect(map.get(k)).toBe(model.get(k) as number);
            expect(map.has(k)).toBe(model.has(k));
          }
          expectMap(map, model);
        },
      ),
      { seed: 1, numRuns: 120 },
    );
  });

  test("bulk, any order and one by one give the same hash; later duplicates win", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat(5)), { maxLength: 150 }), (entries) => {
        const bulk = CVMMap.from(entries);
        expectMap(bulk, new Map(entries));
        let grown = CVMMap.EMPTY;
        for (const [k, v] of entries) grown = grown.assoc(k, v);
        expect(hashOf(grown)).toBe(hashOf(bulk));
        const other = CVMMap.from([...new Map(entries)].reverse());
        expect(hashOf(other)).toBe(hashOf(bulk));
      }),
      { seed: 2, numRuns: 80 },
    );
  });

  test("removing down to nothing", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 90 }), (ks) => {
        let map = CVMMap.from(squares(ks));
        const model = new Map(squares(ks));
        for (const k of ks) {
          map = map.dissoc(k);
          model.delete(k);
          expect(shapeOf(map)).toEqual(
            canonicalShape([...model.keys()].map((other) => hexOf(hashKey(other)))),
          );
        }
        expect(map).toBe(CVMMap.EMPTY);
      }),
      { seed: 3, numRuns: 25 },
    );
  });

  test("entryAt, keys and iteration are in order of hash", () => {
    const map = CVMMap.from(squares(range(500)));
    const keys = range(500).sort((a, b) => (hashKey(a) < hashKey(b) ? -1 : 1));
    expect(map.keys()).toEqual(keys);
    expect([...map].map(([k]) => k)).toEqual(keys);
    keys.forEach((k, i) => {
      expect(map.entryAt(i)).toEqual([k, k]);
    });
    expect(() => map.entryAt(500)).toThrow(RangeError);
    expect(() => map.entryAt(-1)).toThrow(RangeError);
    expect(() => map.slice(3, 2)).toThrow(RangeError);
  });

  test("slices of a long map are right (sheet 01 §21.2: only those of sets are not)", () => {
    const map = CVMMap.from(squares(range(1000)));
    const keys = map.keys() as number[];
    for (const [start, end] of [
      [948, 976],
      [0, 1000],
      [3, 20],
      [940, 1000],
      [0, 16],
    ] as const) {
      expectMap(map.slice(start, end), new Map(squares(keys.slice(start, end))));
    }
  });

  test("what does not change is the same object", () => {
    const value = Vector.of(1);
    for (const n of [3, 15, 200]) {
      const map = CVMMap.from(range(n).map((i) => [i, value]));
      expect(map.assoc(1, value)).toBe(map);
      expect(map.dissoc(-1)).toBe(map);
      expect(map.slice(0, n)).toBe(map);
      expect(map.merge(CVMMap.EMPTY)).toBe(map);
      expect(map.merge(map)).toBe(map);
      expect(CVMMap.EMPTY.merge(map)).toBe(map);
    }
  });
});

describe("keys", () => {
  test("of all kinds are told apart and found by equals", () => {
    const make = (): Value[] => [
      null,
      true,
      false,
      0,
      -1,
      2n ** 70n,
      Address.of(5000),
      Keyword.of("foo"),
      CVMString.of("foo"),
      Blob.of(new Uint8Array(3)),
      Blob.of(new Uint8Array(300)),
      Vector.of(1, CVMString.of("x")),
      CVMMap.EMPTY,
    ];
    for (const filler of [0, 40]) {
      const more = range(filler).map((i) => [Address.of(9000 + i), i] as const);
      const map = CVMMap.from([...make().map((k, i) => [k, i] as const), ...more]);
      expect(map.count).toBe(make().length + filler);
      make().forEach((k, i) => {
        expect(map.get(k)).toBe(i);
        expect(map.assoc(k, i)).toBe(map);
        expect(map.dissoc(k).get(k)).toBe(undefined);
      });
      expect(map.get(1)).toBe(undefined);
      expect(map.get(Keyword.of("bar"))).toBe(undefined);
    }
  });

  test("a nil value is not an absent key", () => {
    const map = CVMMap.EMPTY.assoc(1, null);
    expect(map.get(1)).toBe(null);
    expect(map.has(1)).toBe(true);
    expect(map.get(2)).toBe(undefined);
  });

  test("a branch as key is found by its hash and loaded on demand", () => {
    const blob = Blob.of(new Uint8Array(300).fill(1));
    const map = CVMMap.from([
      [blob, 1],
      [2, 3],
    ]);
    let loads = 0;
    const source: CellSource = {
      cell: () => {
        loads++;
        return blob;
      },
      memorySize: () => -1,
    };
    const read = decode(encoding(map), CAD3_TABLE, source) as CVMMap;
    expect(read.get(Blob.of(new Uint8Array(300).fill(1)))).toBe(1);
    expect(read.get(Blob.of(new Uint8Array(300)))).toBe(undefined);
    expect(hashOf(read.assoc(5, 5).dissoc(5))).toBe(hashOf(map));
    expect(loads).toBe(0);
    expect(read.keys()).toContain(blob);
    expect(loads).toBe(1);
  });
});

describe("decoding (sheet 01 §14)", () => {
  const read = (hex: string, source?: CellSource): CVMMap =>
    decode(bytesOf(hex), CAD3_TABLE, source ?? null) as CVMMap;

  test.each([
    ["keys not in order", "820233016211023301611101"],
    ["the same key twice", "820233016111013301611101"],
    ["negative shift", "821080000100"],
    ["a byte too many", "82107f00010000"],
    ["children missing", "82100000ff00"],
    ["huge count", "82ffffffffffffffff7f00ffff"],
  ])("%s is rejected", (_, hex) => {
    expect(() => read(hex)).toThrow(BadFormatError);
  });

  test("the order test uses the stated hash of a branch", () => {
    const low = "00".repeat(32);
    const high = "ff".repeat(32);
    expect(read(`820220${low}110120${high}1102`, NO_CELLS).count).toBe(2);
    expect(() => read(`820220${high}110120${low}1102`, NO_CELLS)).toThrow(BadFormatError);
  });

  const one = "820111051105";
  test.each([
    ["no children", "8210000000"],
    ["one child", `8210000001${one}`],
    ["nil children", "82100000030000"],
    ["empty children", "821000000382008200"],
    ["children of the wrong type", "82100000038300800100"],
    ["shift 127", `82107f0003${one}${one}`],
    ["a count of 2^63-1", `82ffffffffffffffff7f000003${one}${one}`],
  ])("%s is accepted and fails on use", (_, hex) => {
    const map = read(hex);
    expect(toHex(encoding(map))).toBe(hex);
    expect(() => map.entries()).toThrow();
    expect(() => map.keys()).toThrow();
    expect(() => [...map]).toThrow(BadStructureError);
    expect(() => map.slice(0, 3)).toThrow(BadStructureError);
    for (const k of range(40)) {
      for (const use of [
        () => map.get(k),
        () => map.assoc(k, 1),
        () => map.dissoc(k),
        () => map.entryAt(k),
      ]) {
        try {
          use();
        } catch (error) {
          const kinds = [BadStructureError, PanicError, RangeError];
          expect(kinds.some((kind) => error instanceof kind)).toBe(true);
        }
      }
    }
  });

  test("a tree that names itself many times over is not walked for ever", () => {
    let child: Cell = CVMMap.from([[1, 1]]);
    for (let level = 0; level < 40; level++) {
      child = new CVMMap(16, Array(16).fill(child), level, 0xffff, null);
    }
    const map = child as CVMMap;
    expect(map.entries().length).toBe(16);
    expect([...map].length).toBe(16);
    expect(CVMMap.EMPTY.merge(map).count).toBe(1);
    expect(map.slice(1, 16).count).toBe(15);
    expect(() => withWorkLimit(10 ** 6, () => map.heldEntries())).toThrow(WorkLimitError);
  });

  test("a leaf that holds keys twice grows into no tree, also when it was written", () => {
    const child = CVMMap.from(squares(integersWithHash("2", 8)));
    const leaf = new CVMMap(16, [child, child], 0, 0x3, null).slice(0, 15) as CVMMap;
    const bytes = encoding(leaf).slice();
    expect(() => decode(bytes, CAD3_TABLE)).toThrow(BadFormatError);
    for (const map of [leaf, decode(bytes, CAD3_TABLE, null, true) as CVMMap]) {
      expect(map.count).toBe(15);
      expect(() => map.assoc(-1, 1)).toThrow(BadStructureError);
    }
  });

  test("a tree nested deeper than hashes have digits is found through", () => {
    let map = CVMMap.from([[1, 1]]);
    const digit = hashKey(1).charCodeAt(0) >> 4;
    for (let i = 0; i < 1500; i++) map = new CVMMap(16, [map], 0, 1 << digit, null);
    expect(map.get(1)).toBe(1);
    expect(map.assoc(1, 2).get(1)).toBe(2);
    expect(map.entryAt(0)).toEqual([1, 1]);
    expect(() => withWorkLimit(1000, () => map.get(1))).toThrow(WorkLimitError);
  });

  test("a tree nested without end fails, and not by stack overflow", () => {
    const leaf = CVMMap.from(squares(range(15)));
    let map: CVMMap = leaf;
    for (let i = 0; i < 20_000; i++) map = new CVMMap(15, [map, CVMMap.EMPTY], 0, 0x8001, null);
    for (const k of integersWithHash("0", 2)) {
      expect(() => map.get(k)).toThrow(BadStructureError);
      expect(() => map.assoc(k, 1)).toThrow(BadStructureError);
      expect(() => map.dissoc(k)).toThrow(BadStructureError);
    }
    expect(() => map.entries()).toThrow(BadStructureError);
    expect(() => map.entryAt(3)).toThrow(BadStructureError);
    expect(() => map.slice(1, 3)).toThrow(BadStructureError);
  });
});
