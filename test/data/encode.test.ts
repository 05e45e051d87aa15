import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { forEachBranch } from "../../src/data/branches.ts";
import { type Cell, type CellSource, Ref, type Value } from "../../src/data/cell.ts";
import { CVMChar } from "../../src/data/char.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { CVMDouble } from "../../src/data/double.ts";
import {
  encodedLength,
  encoding,
  hashBytes,
  hashKey,
  isEmbedded,
  slotHashKey,
  slotLength,
} from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "../../src/data/generic-cells.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import {
  MAX_MEMORY_SIZE,
  memorySize,
  storageSize,
  storedBytes,
} from "../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell, joinCells } from "../../src/data/multi-cell.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { CVMSet } from "../../src/data/set.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Syntax } from "../../src/data/syntax.ts";
import { Vector } from "../../src/data/vector.ts";

const SEED = { seed: 85, numRuns: 200 };
const LINKS = 100_000;

const { value: anyValue } = fc.letrec<{ value: Value; leaf: Value; node: Value }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<Value>(null, true, false),
    fc.integer(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 1300n }),
    fc.double().map(CVMDouble.of),
    fc.integer({ min: 0, max: 0x10ffff }).map(CVMChar.of),
    fc.nat().map(Address.of),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Blob.of(bytes)),
    fc.string({ maxLength: 300 }).map((text) => CVMString.of(text)),
    fc.stringMatching(/^[a-z]{1,60}$/).map((name) => Keyword.of(name)),
    fc.stringMatching(/^[a-z]{1,128}$/).map((name) => CVMSymbol.of(name)),
    fc.integer({ min: 0xb2, max: 0xbf }).map(ByteFlag.of),
    fc.nat().map((n) => new ExtensionValue(0xe9, n)),
  ),
  node: fc.oneof(
    fc.array(tie("value"), { maxLength: 40 }).map((values) => Vector.from(values)),
    fc.array(tie("value"), { maxLength: 20 }).map((values) => List.from(values)),
    fc.array(tie("value"), { maxLength: 20 }).map((values) => CVMSet.from(values)),
    fc
      .array(fc.tuple(tie("value"), tie("value")), { maxLength: 20 })
      .map((entries) => CVMMap.from(entries)),
    fc.tuple(tie("value"), tie("value")).map(([a, b]) => new CodedValue(0xc7, a, b)),
    fc.array(tie("value"), { maxLength: 20 }).map((vs) => new DenseRecord(0xd0, Vector.from(vs))),
    fc
      .tuple(tie("value"), fc.array(fc.tuple(tie("leaf"), tie("leaf")), { maxLength: 4 }))
      .map(([datum, entries]) => Syntax.of(datum, CVMMap.from(entries))),
  ),
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("leaf"), tie("node")),
}));

/** Memory size straight from its definition. */
function slowMemorySize(v: Value): number {
  let total = encoding(v).length > 140 ? encoding(v).length + 64 : 0;
  if (typeof v !== "object" || v === null) return total;
  for (let i = 0; i < v.slotCount; i++) total += slowMemorySize(v.slotAt(i) as Value);
  return total;
}

/** A chain of branches: each link is a vector of 4 names and the link below. */
function chain(links: number): Value {
  const name = Keyword.of("k".repeat(60));
  let value: Value = null;
  for (let i = 0; i < links; i++) value = Vector.of(name, name, value, i);
  return value;
}

test("a value of 140 bytes is embedded, one of 141 is a branch: 140, 141 + 64 bytes of memory", () => {
  for (const [length, size, storage] of [
    [139, 0, 139],
    [140, 0, 140],
    [141, 205, 205],
    [142, 206, 206],
  ] as const) {
    const value = Blob.of(new Uint8Array(length - 3));
    expect(encodedLength(value)).toBe(length);
    expect([memorySize(value), storageSize(value)]).toEqual([size, storage]);
    expect(isEmbedded(value)).toBe(length <= 140);
  }
});

describe("any value", () => {
  test("reads back from its message, with the same bytes, hash and memory size", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const length = encodedLength(value);
        const size = memorySize(value);
        const bytes = encoding(value);
        expect(bytes.length).toBe(length);
        expect(hashKey(value)).toBe(sha3Key(bytes));
        expect(isEmbedded(value)).toBe(length <= 140);
        expect(slotLength(value)).toBe(length <= 140 ? length : 33);
        expect(size).toBe(slowMemorySize(value));
        expect(storageSize(value)).toBe(Number(size) + (length <= 140 ? length : 0));
        const again = decodeMultiCell(encodeMultiCell(value), CAD3_TABLE);
        expect(toHex(encoding(again))).toBe(toHex(bytes));
        expect(memorySize(again)).toBe(size);
        expect(equals(value, again)).toBe(true);
      }),
      SEED,
    );
  });

  test("is equal exactly when the encodings are", () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        expect(equals(a, b)).toBe(toHex(encoding(a)) === toHex(encoding(b)));
      }),
      SEED,
    );
  });

  test("has the branches that its bytes name", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = Buffer.from(encoding(value)).toString("latin1");
        forEachBranch(value, (branch) => expect(text).toContain(slotHashKey(branch)));
      }),
      SEED,
    );
  });
});

test("equality keeps types and bits apart", () => {
  const pairs: [Value, Value][] = [
    [1, CVMDouble.of(1)],
    [CVMDouble.of(0), CVMDouble.of(-0)],
    [0, Address.of(0)],
    [null, false],
    [Vector.EMPTY, List.EMPTY],
    [Keyword.of("a"), CVMSymbol.of("a")],
    [CVMString.of("a"), Blob.fromHex("61")],
    [CVMDouble.NAN, CVMDouble.fromBits(0x7ff8000000000001n)],
  ];
  for (const [a, b] of pairs) expect(equals(a, b)).toBe(false);
  expect(equals(CVMDouble.of(Number.NaN), CVMDouble.fromBits(0x7ff8000000000000n))).toBe(true);
  expect(equals(2n ** 70n, 2n ** 70n)).toBe(true);
});

describe("chains of branches do not exhaust the stack", () => {
  test("when hashed first", () => {
    const [a, b] = [chain(LINKS), chain(LINKS)];
    expect(hashKey(a)).toBe(hashKey(b));
    expect(equals(a, b)).toBe(true);
    const message = encodeMultiCell(a);
    const again = decodeMultiCell(message, CAD3_TABLE);
    expect(hashKey(again)).toBe(hashKey(a));
    expect(memorySize(again)).toBe(memorySize(a));
  });

  test("when measured first", () => {
    const value = chain(LINKS);
    expect(encodedLength(value)).toBeGreaterThan(140);
    expect(storageSize(value)).toBeGreaterThan(LINKS * 140);
  });

  test("when their memory size is asked for first", () => {
    expect(memorySize(chain(LINKS))).toBe(storageSize(chain(LINKS)));
  });

  test("when compared first", () => {
    expect(equals(chain(LINKS), chain(LINKS))).toBe(true);
    expect(equals(chain(LINKS), chain(LINKS - 1))).toBe(false);
  });

  test("nor do lists in lists", () => {
    let value: Value = List.EMPTY;
    for (let i = 0; i < 10_000; i++) value = List.from([value]);
    const again = decodeMultiCell(encodeMultiCell(value), CAD3_TABLE);
    expect(hashKey(again)).toBe(hashKey(value));
  });

  test("nor does metadata in metadata", () => {
    let value: Value = 1;
    for (let i = 0; i < 20_000; i++) {
      value = Syntax.of(value, CVMMap.from([[Keyword.of("meta"), value]]));
      if (i % 40 === 0) value = Vector.of(value, "x".repeat(3).length);
    }
    expect(hashKey(value)).toHaveLength(32);
  });
});

test("sizes above 2^53 are exact, and grow with each level of sharing", () => {
  // 138 bytes: an encoding of 141, and 64.
  let value: Value = Blob.of(new Uint8Array(138));
  let expected = 205n;
  for (let i = 0; i < 13; i++) {
    value = Vector.from(new Array(16).fill(value));
    // Sixteen branches of 33 bytes behind a tag and a count, and 64.
    expected = 16n * expected + 530n + 64n;
    expect(BigInt(memorySize(value))).toBe(expected);
  }
  expect(expected).toBeGreaterThan(2n ** 59n);
  const message = encodeMultiCell(value);
  expect(BigInt(storageSize(decodeMultiCell(message, CAD3_TABLE)))).toBe(expected);
});

test("a storage size beyond 2^63-1 wraps, where the memory size saturates", () => {
  let value: Value = Blob.of(new Uint8Array(138));
  for (let i = 0; i < 61; i++) value = Vector.of(value, value);
  expect(memorySize(value)).toBe(MAX_MEMORY_SIZE);
  // A vector of two branches has 68 bytes. The reference gives -9223372036854775741.
  expect(storageSize(value)).toBe(-(2n ** 63n) + 67n);
  expect(storedBytes(value)).toBe(MAX_MEMORY_SIZE);
});

test("what is shared is counted each time, and saturates", () => {
  let value: Value = Blob.of(new Uint8Array(138));
  for (let i = 0; i < 30; i++) value = Vector.of(value, value, value, value, value, value);
  expect(memorySize(value)).toBe(MAX_MEMORY_SIZE);
  expect(encodeMultiCell(value).length).toBeLessThan(10_000);
});

describe("refs", () => {
  const blob = Blob.of(new Uint8Array(200).fill(1));
  const small = Vector.of(1, 2, 3);
  const cells = new Map<string, Cell | bigint>([blob, small].map((cell) => [hashKey(cell), cell]));
  const big = 2n ** 2000n;
  cells.set(hashKey(big), big);
  let loads = 0;
  const source: CellSource = {
    cell: (key) => {
      loads++;
      return cells.get(key) ?? null;
    },
    memorySize: (key) => (key === hashKey(blob) ? 267 : -1),
  };
  const holding = (key: string) =>
    decode(
      Uint8Array.fromHex(`800120${Buffer.from(key, "latin1").toString("hex")}`),
      CAD3_TABLE,
      source,
    );

  test("a size that the source knows is not loaded", () => {
    loads = 0;
    expect(memorySize(holding(hashKey(blob)))).toBe(267);
    expect(loads).toBe(0);
  });

  test("a branch is put in place when it is used", () => {
    const vector = holding(hashKey(blob)) as Vector;
    expect(vector.get(0)).toBe(blob);
    expect(vector.slotAt(0)).toBe(blob);
  });

  test("a big integer can be a branch", () => {
    const vector = holding(hashKey(big)) as Vector;
    expect(vector.get(0)).toBe(big);
    expect(memorySize(vector)).toBe(encodedLength(big) + 64);
    expect(hashKey(vector)).toBe(hashKey(Vector.of(big)));
  });

  test("a ref to a cell that should be embedded stays, so that the bytes stay", () => {
    const vector = holding(hashKey(small)) as Vector;
    const hash = sha3Key(encoding(vector));
    expect(equals(vector.get(0), small)).toBe(true);
    expect(vector.slotAt(0)).toBeInstanceOf(Ref);
    vector.encodingCache = null;
    vector.hashCache = null;
    expect(hashKey(vector)).toBe(hash);
    expect(memorySize(vector)).toBe(0);
  });
});

test("a message leaves out what would make it too long", () => {
  const value = Vector.of(Blob.of(new Uint8Array(1000)), Blob.of(new Uint8Array(1001)));
  expect(encodeMultiCell(value).length).toBe(68 + 2 * 2 + 1003 + 1004);
  expect(encodeMultiCell(value, 1100).length).toBe(68 + 2 + 1004);
});

test("chosen branches may stand behind a top cell in any order", () => {
  const [first, second] = [Blob.of(new Uint8Array(150)), Blob.of(new Uint8Array(160))];
  const top = Vector.of(first, second);
  const message = joinCells(encoding(top), [encoding(second), encoding(first)]);
  const again = decodeMultiCell(message, CAD3_TABLE);
  expect(hashBytes(again)).toEqual(hashBytes(top));
});
