import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { CellSource, Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { BadFormatError, BadStructureError } from "../../src/data/errors.ts";
import { WorkLimitError, withWorkLimit } from "../../src/data/free-work.ts";
import { ByteFlag, ExtensionValue } from "../../src/data/generic-cells.ts";
import { indexKeyOf, isIndexKey } from "../../src/data/index-key.ts";
import { Index } from "../../src/data/index-map.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { bytesOf } from "./fixture-rows.ts";

const hashOf = (v: Value): string => toHex(hashBytes(v));
const blob = (hex: string): Blob => Blob.fromHex(hex) as Blob;
const index = (...entries: readonly [Value, Value][]): Index => Index.from(entries) as Index;

describe("vectors of sheet 01 §22", () => {
  const rows: readonly [string, Index, string, string][] = [
    ["{}", Index.EMPTY, "8400", "0b4e0fb4b58a5da5adbe9e2ae76cda2fc51391dd30bca057083ca1d8155e5833"],
    [
      "{0x00 1}",
      index([blob("00"), 1]),
      "84013101001101",
      "2861522b0ac31a95fca274e509ef40610186520fabeac197549c281d5fce2fbc",
    ],
    [
      "{0x1234 1 0x1256 2}",
      index([blob("1256"), 2], [blob("1234"), 1]),
      "84020002002884013102123411018401310212561102",
      "98be3900701787d6361b700bfeb4a8c33bab7df49d9adcc8d9dd23fca578b02f",
    ],
    [
      "{0x12 :x 0x1234 1 0x1256 2}",
      index([blob("1256"), 2], [blob("1234"), 1], [blob("12"), Keyword.of("x")]),
      "84038031011233017802002884013102123411018401310212561102",
      "95161333b8a13f38bad555c1e7bac475b545a0ece4abd9688bd72c927fe5ea32",
    ],
    [
      '{"a" 1 :b 2}',
      index([CVMString.of("a"), 1], [Keyword.of("b"), 2]),
      "8402000100068401300161110184013301621102",
      "9f24510ef02be4bf2277b466df68db2ce003a33771ddb7a87442706856bc1bd1",
    ],
  ];
  test.each(rows)("%s", (_, value, bytes, hash) => {
    expect(toHex(encoding(value))).toBe(bytes);
    expect(hashOf(value)).toBe(hash);
    expect(hashOf(decode(bytesOf(bytes), CAD3_TABLE))).toBe(hash);
  });

  test("{#0 0, #16 1, … #304 19}", () => {
    const entries = Array.from({ length: 20 }, (_, i): [Value, Value] => [Address.of(16 * i), i]);
    const value = index(...entries.reverse());
    const hash = "5c4f3b3ba49e30151807fdd05308dbcf2fbc5e1071c18e33badbfd4bcc0986fd";
    expect(hashOf(value)).toBe(hash);
    expect(memorySize(value)).toBe(213);
  });
});

/**
 * The canonical Index by its definition: entries sorted by the bytes of their keys, from `depth`.
 */
function canonicalHash(entries: readonly (readonly [string, number])[]): string {
  return hashOf(canonical([...entries].sort((a, b) => (a[0] < b[0] ? -1 : 1))));
}

function canonical(entries: readonly (readonly [string, number])[]): Index {
  if (entries.length === 0) return Index.EMPTY;
  const pair = ([hex, v]: readonly [string, number]): Value[] => [blob(hex), v];
  const [first, last] = [entries[0], entries[entries.length - 1]] as [
    readonly [string, number],
    readonly [string, number],
  ];
  if (entries.length === 1) return new Index(1, true, pair(first), 64, 0);
  let depth = 0;
  while (depth < first[0].length && first[0][depth] === last[0][depth]) depth++;
  const hasEntry = first[0].length === depth;
  const slots: Value[] = hasEntry ? pair(first) : [];
  let mask = 0;
  for (const digit of "0123456789abcdef") {
    const part = entries.filter(([hex]) => hex[depth] === digit);
    if (part.length === 0) continue;
    mask |= 1 << Number.parseInt(digit, 16);
    slots.push(canonical(part));
  }
  return new Index(entries.length, hasEntry, slots, depth, mask);
}

/** Keys with long common prefixes, and prefixes of each other. */
const key = fc.oneof(
  fc.string({ unit: fc.constantFrom("00", "01", "10", "11", "ff"), maxLength: 4 }),
  fc.string({ unit: fc.constantFrom("ab", "ac"), minLength: 29, maxLength: 32 }),
);

function expectIndex(value: Index, model: ReadonlyMap<string, number>): void {
  const entries = [...model].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  expect(value.count).toBe(model.size);
  expect(hashOf(value)).toBe(canonicalHash(entries));
  expect(value.entries().map(([k, v]) => [(k as Blob).toHex(), v])).toEqual(entries);
  expect([...value].map(([k]) => (k as Blob).toHex())).toEqual(entries.map(([k]) => k));
  expect(value.keys().map((k) => (k as Blob).toHex())).toEqual(entries.map(([k]) => k));
  entries.forEach(([, v], i) => {
    expect(value.entryAt(i)[1]).toBe(v);
  });
}

describe("an Index behaves as a sorted map, and stays canonical", () => {
  test("after any sequence of changes", () => {
    const step = fc.record({
      op: fc.constantFrom("assoc", "assoc", "dissoc", "dissoc", "slice"),
      k: key,
      v: fc.nat(4),
    });
    const start = fc.array(fc.tuple(key, fc.nat(4)), { maxLength: 60 });
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 50 }), (entries, steps) => {
        let value = index(...entries.map(([k, v]): [Value, Value] => [blob(k), v]));
        let model = new Map(entries);
        for (const { op, k, v } of steps) {
          if (op === "assoc") {
            value = value.assoc(blob(k), v) as Index;
            model.set(k, v);
          } else if (op === "dissoc") {
            value = value.dissoc(blob(k));
            model.delete(k);
          } else {
            const sorted = [...model].sort((a, b) => (a[0] < b[0] ? -1 : 1));
            const from = Math.min(v % 3, value.count);
            const to = Math.max(from, value.count - (v % 2));
            value = value.slice(from, to);
            model = new Map(sorted.slice(from, to));
          }
          expect(value.get(blob(k))).toBe(model.get(k) as number);
          expect(value.has(blob(k))).toBe(model.has(k));
        }
        expectIndex(value, model);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("removing down to nothing, and slices of every range", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 30 }), (keys) => {
        let value = index(...keys.map((k, i): [Value, Value] => [blob(k), i]));
        const model = new Map(keys.map((k, i) => [k, i]));
        const sorted = [...model].sort((a, b) => (a[0] < b[0] ? -1 : 1));
        for (let from = 0; from <= sorted.length; from++) {
          for (let to = from; to <= sorted.length; to += 3) {
            expect(hashOf(value.slice(from, to))).toBe(canonicalHash(sorted.slice(from, to)));
          }
        }
        for (const k of keys) {
          value = value.dissoc(blob(k));
          model.delete(k);
          expect(hashOf(value)).toBe(canonicalHash([...model]));
        }
        expect(value).toBe(Index.EMPTY);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  test("what does not change is the same object", () => {
    const [short, long] = [blob("12"), blob("1234")];
    const value = index([short, 1], [long, 2], [blob("56"), 3]);
    expect(value.assoc(long, 2)).toBe(value);
    expect(value.assoc(short, 1)).toBe(value);
    for (const absent of ["", "1f", "34", "123456", "57"]) {
      expect(value.dissoc(blob(absent))).toBe(value);
      expect(value.get(blob(absent))).toBe(undefined);
    }
    expect(value.slice(0, 3)).toBe(value);
    expect(() => value.entryAt(3)).toThrow(RangeError);
    expect(() => value.slice(0, 4)).toThrow(RangeError);
  });
});

describe("keys (sheet 01 §8)", () => {
  test("what stands for bytes can be one", () => {
    const good: Value[] = [
      blob(""),
      CVMString.of("x"),
      Keyword.of("x"),
      CVMSymbol.of("x"),
      Address.of(1),
      new ExtensionValue(0xe3, 7),
    ];
    const bad: Value[] = [null, true, 0, 2n ** 70n, Vector.EMPTY, Index.EMPTY, ByteFlag.of(0xb2)];
    for (const k of good) {
      expect(isIndexKey(k)).toBe(true);
      expect(index([k, 1]).get(k)).toBe(1);
    }
    for (const k of bad) {
      expect(isIndexKey(k)).toBe(false);
      expect(Index.EMPTY.assoc(k, 1)).toBe(null);
      expect(Index.from([[k, 1]])).toBe(null);
      expect(index([blob("00"), 1]).get(k)).toBe(undefined);
      expect(index([blob("00"), 1]).dissoc(k).count).toBe(1);
    }
  });

  test("the type does not tell keys apart, and the new key replaces the old", () => {
    const keys: Value[] = [CVMString.of("a"), Keyword.of("a"), CVMSymbol.of("a"), blob("61")];
    let value = index([blob("6162"), 0], [blob("60"), 0]);
    keys.forEach((k, i) => {
      value = value.assoc(k, 1) as Index;
      expect(value.count).toBe(3);
      expect(value.entryAt(1)[0]).toBe(k);
      for (const other of keys) expect(value.get(other)).toBe(1);
      expect(value.assoc(k, 1)).toBe(value);
      expect(hashOf(value)).toBe(hashOf(index(...value.entries(), [keys[i] as Value, 1])));
    });
    const one = index([Keyword.of("a"), 1]).assoc(CVMString.of("a"), 1) as Index;
    expect(toHex(encoding(one))).toBe("84013001611101");
  });

  test("addresses and extension values stand for eight bytes", () => {
    expect(indexKeyOf(Address.of(0x0102))).toBe("\0\0\0\0\0\0\x01\x02");
    expect(indexKeyOf(Address.of(0x89abcdef))).toBe("\0\0\0\0\x89\xab\xcd\xef");
    expect(indexKeyOf(Address.of(2 ** 40 + 5))).toBe("\0\0\x01\0\0\0\0\x05");
    expect(indexKeyOf(Address.of(2n ** 63n - 1n))).toBe("\x7f\xff\xff\xff\xff\xff\xff\xff");
    const value = index([Address.of(0x11), 1], [blob("0000000000000011"), 2]);
    expect(value.count).toBe(1);
    expect(value.get(new ExtensionValue(0xe3, 0x11))).toBe(2);
  });

  test("only 32 bytes count", () => {
    const head = "ab".repeat(32);
    const value = index([blob(`${head}01`), 1], [blob(`${head}02`), 2], [blob(head.slice(2)), 3]);
    expect(value.count).toBe(2);
    expect(value.get(blob(head))).toBe(2);
    expect(value.get(blob(`${head}ffff`))).toBe(2);
    expect(value.get(blob(head.slice(2)))).toBe(3);
    expect(value.get(CVMString.fromBytes(new Uint8Array(5000).fill(0xab)))).toBe(2);
    expect(value.dissoc(blob(head)).count).toBe(1);
  });

  test("a branch as key is loaded on demand", () => {
    const long = blob("ab".repeat(200));
    const source: CellSource = {
      cell: (k) => (k === hashKey(long) ? long : null),
      memorySize: () => -1,
    };
    const single = decode(encoding(index([long, 1])), CAD3_TABLE, source) as Index;
    expect(single.get(blob("ab".repeat(32)))).toBe(1);
    expect(single.count).toBe(1);
  });
});

describe("decoding (sheet 01 §14)", () => {
  const read = (hex: string): Index => decode(bytesOf(hex), CAD3_TABLE) as Index;

  test.each([
    ["marker of the entry", "8402200002000300"],
    ["depth 64", "8402004000030000"],
    ["key nil in a single entry", "8401001101"],
    ["integer key in a single entry", "840111011101"],
    ["children missing", "8402000000ff00"],
    ["huge count", "84ffffffffffffffff7f0000ffff"],
  ])("%s is rejected", (_, hex) => {
    expect(() => read(hex)).toThrow(BadFormatError);
  });

  const one = "84013101011101";
  const two = "84013101021102";
  test.each([
    ["no children and no entry", "840200000000"],
    ["no children and an entry", "8402803101011101000000"],
    ["one child", `840200000001${one}`],
    ["nil children", "8402000000030000"],
    ["empty children", "84020000000384008400"],
    ["keys that are none", `84028011011101000001${one}`],
    ["a child that branches no further", `840300030003840200020006${one}${two}${one}`],
    ["a count of 2^63-1", `84ffffffffffffffff7f00010006${one}${two}`],
  ])("%s is accepted and fails on use", (_, hex) => {
    const value = read(hex);
    expect(toHex(encoding(value))).toBe(hex);
    let failures = 0;
    for (const k of ["", "01", "02", "0101", "10", "1111", "ff"]) {
      for (const use of [
        () => value.get(blob(k)),
        () => value.assoc(blob(k), 1),
        () => value.dissoc(blob(k)),
        () => value.entryAt(0),
        () => value.entryAt(1),
        () => value.slice(1, 2),
        () => value.entries(),
        () => [...value],
      ]) {
        try {
          const result = use();
          if (result instanceof Index) encoding(result);
        } catch (error) {
          expect(error instanceof BadStructureError || error instanceof WorkLimitError).toBe(true);
          failures++;
        }
      }
    }
    expect(failures).toBeGreaterThan(0);
  });

  test("an Index that names itself many times over is not walked for ever", () => {
    let child = index([blob("01"), 1]);
    for (let depth = 63; depth >= 0; depth--) {
      child = new Index(16, false, Array(16).fill(child), depth, 0xffff);
    }
    expect(child.entries().length).toBe(16);
    expect(() => withWorkLimit(2 ** 24, () => child.values())).toThrow(WorkLimitError);
    expect([...child].length).toBe(16);
    expect(withWorkLimit(10_000_000, () => child.slice(1, 16)).count).toBe(16);
  });
});

describe("T35: a key of more than 4,096 bytes matches all that its digits lead to", () => {
  const bytes = Uint8Array.from({ length: 4097 }, (_, i) => 0x61 + (i % 3));
  const long = Blob.of(bytes);
  const piece = Blob.of(bytes.slice(0, 4096));
  /** 34 bytes that differ from those of `long` in the last of the 32 that count. */
  const other = blob(`${"616263".repeat(10)}6164ffff`);

  test("get, contains-key?, dissoc and assoc take another key of 32 bytes or more for it", () => {
    const one = index([other, 1]);
    expect([one.get(long), one.get(new CVMString(long)), one.get(piece)]).toEqual([
      1,
      1,
      undefined,
    ]);
    expect([one.has(long), one.has(piece)]).toEqual([true, false]);
    expect([one.dissoc(long).count, one.dissoc(piece).count]).toEqual([0, 1]);
    expect([one.assoc(long, 2)?.count, one.assoc(piece, 2)?.count]).toEqual([1, 2]);
    expect(index([blob("6162"), 1]).get(long)).toBe(undefined);
  });

  test("it is put below a key that it does not begin with, and found there by its digits", () => {
    const two = index([blob("12"), 1]).assoc(long, 2) as Index;
    // In the place of two keys that differ in the first digit: 12 with `long` under digit 4 of it.
    expect([two.hasEntry, two.depth, two.mask]).toEqual([true, 2, 1 << 6]);
    expect([two.get(long), two.get(blob("12"))]).toEqual([2, 1]);
    const sound = index([blob("12"), 1]).assoc(piece, 2) as Index;
    expect([sound.hasEntry, sound.depth]).toEqual([false, 0]);
  });

  test("a slice takes the others out by their keys, of which one is not found where it stands", () => {
    const three = (index([blob("12"), 1]).assoc(long, 2) as Index).assoc(blob("6199"), 3) as Index;
    const valuesOf = (some: Index) => some.entries().map(([, value]) => value);
    expect(valuesOf(three)).toEqual([1, 2, 3]);
    expect(three.get(long)).toBe(undefined);
    expect(valuesOf(three.slice(0, 1))).toEqual([1]);
    expect(valuesOf(three.slice(2, 3))).toEqual([2, 3]);
  });
});

describe("T36: filterValues goes on in the child that is left of a cell, with the next digit", () => {
  // Which keys stay was seen on the reference; marked "+" are those to keep.
  test.each([
    ["6e- 81- 8a87- 8a88- ca- ea- ed+", "ea ed"],
    ["6e- ca- ea- ed- 8a88+", "8a88"],
    ["11- 21- 32- 33- 34+ 42-", "34"],
    ["10- 21- 22- 23- 24+", "21 24"],
    ["10- 2101- 2102- 23-", "2101 2102"],
    ["71- 7281- 7282- 7283+ 9a-", "7281 7283"],
  ])("%s leaves %s", (entries, kept) => {
    const pairs = entries.split(" ").map((text): [Value, Value] => {
      return [blob(text.slice(0, -1).padEnd(64, "0")), text.endsWith("+")];
    });
    const filtered = index(...pairs).filterValues((value) => value === true);
    const expected = kept.split(" ").map((text) => blob(text.padEnd(64, "0")));
    expect(filtered.keys().map(hashKey)).toEqual(expected.map(hashKey));
  });

  test("the same object when all are kept", () => {
    const all = index([blob("12"), true], [blob("34"), true]);
    expect(all.filterValues((value) => value === true)).toBe(all);
  });
});
