import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import { type Cell, type CellSource, Ref, type Slot, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes, hashKey } from "../../src/data/encode.ts";
import { BadFormatError, BadStructureError } from "../../src/data/errors.ts";
import { WorkLimitError } from "../../src/data/free-work.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { unreadableMade } from "../../src/data/unreadable.ts";
import { MAX_COPY_COUNT, Vector } from "../../src/data/vector.ts";
import { firstElements } from "../../src/data/vector-first.ts";
import { appendHugeChunk, newVector } from "../../src/data/vector-huge.ts";
import { bytesOf } from "./fixture-rows.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const hashOf = (v: Value): string => toHex(hashBytes(v));

/** Sheet 01 §22.2: elements of the vector 0 … n-1, its hash and memory size. */
const ROWS: readonly (readonly [number, string, number])[] = [
  [0, "fad02365a6af37661161f7a11f1454252096dee0c3bd192362642e4977e9d2b8", 0],
  [15, "a5c8eb35b7adf4a08021702bdca6d79b75717e76760f6751775208fcf29a3396", 0],
  [16, "067a62458f3be3817cd84dc974a72c9579a5349de2e4177649093b1d5372fbd0", 0],
  [17, "f630e63b3e6a96784f71bdeb2c47cf29c087b0e314e3e72ef5ccadfc2e445d5e", 0],
  [31, "c2a1509ce379591bb26b7703a7731e956da43689f530ec54dc8d64c018caf716", 0],
  [32, "1861c002c88e6e26cdcc9f9d83616620da22b1c320c7478a8478f80d49cad4f8", 0],
  [33, "bd5fa77be5d9190d23c4340eeb2beb3698022f6a457be79fedd8a9e54249cb5c", 0],
  [48, "dde05b8ba85e9b15084edff695334b9a39b7e5837e01a2343337b60be82c2f78", 0],
  [256, "b65aa7a411f89c4e28bc371734ae6098d08eb29f9539e8ff9501d83bfd186c3d", 738],
  [257, "a5c2ed2f2f50005b31337f8887420d2750266b242037a658fa86edd21801476a", 738],
  [272, "5ed6b58b01a8c592e0f996671b19fc8387735759eaabd75f61330e40c8cfef59", 738],
  [273, "318d8dbe54223f4e00f9c002e759f55e54d3c7c45bc005f0e5fe6c121982a3c3", 738],
  [512, "37824200634e5458e7abd0850fa11d237a9dd221ddab1b446d1c2833cfc46826", 1605],
];

describe("vectors of sheet 01 §22.2", () => {
  for (const [n, hash, size] of ROWS) {
    test(`0 … ${n - 1}`, () => {
      const bulk = Vector.from(range(n));
      expect(hashOf(bulk)).toBe(hash);
      expect(memorySize(bulk)).toBe(size);
      let grown = Vector.EMPTY;
      for (const i of range(n)) grown = grown.append(i);
      expect(hashOf(grown)).toBe(hash);
    });
  }

  test("[138 zero bytes]", () => {
    const blob = Blob.of(new Uint8Array(138));
    const hash = "42bac0edb7ef3225dbb3ab1c62c7cb91dfb9da7ed57d3302a35005f450baa5e5";
    expect(hashOf(Vector.of(blob))).toBe(hash);
    expect(memorySize(Vector.of(blob, blob))).toBe(410);
  });
});

/** Equal to the bulk-built vector of the same elements, in elements and in bytes. */
function expectVector(v: Vector, elements: readonly Value[]): void {
  expect(v.count).toBe(elements.length);
  expect(v.toArray()).toEqual([...elements]);
  expect(hashOf(v)).toBe(hashOf(Vector.from(elements)));
}

describe("a vector behaves as an array, and stays canonical", () => {
  const sizes = fc.oneof(fc.nat(40), fc.nat(600), fc.constantFrom(256, 272, 4096, 4112, 5000));

  test("get and both iterators give the elements in order", () => {
    fc.assert(
      fc.property(sizes, (n) => {
        const v = Vector.from(range(n));
        for (let i = 0; i < n; i++) expect(v.get(i)).toBe(i);
        expect([...v]).toEqual(range(n));
        expect([...v.reversed()]).toEqual(range(n).reverse());
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test("slice gives the elements of a range", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (n, a, b) => {
        const [start, end] = [a % (n + 1), b % (n + 1)].sort((x, y) => x - y) as [number, number];
        expectVector(Vector.from(range(n)).slice(start, end), range(n).slice(start, end));
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  test("concat gives the elements of both", () => {
    fc.assert(
      fc.property(sizes, sizes, (n, m) => {
        const joined = Vector.from(range(n)).concat(Vector.from(range(m)));
        expectVector(joined, [...range(n), ...range(m)]);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test("after any sequence of changes", () => {
    const step = fc.record({
      op: fc.constantFrom("append", "assoc", "slice", "concat", "next", "back"),
      a: fc.nat(),
      b: fc.nat(),
    });
    fc.assert(
      fc.property(sizes, fc.array(step, { maxLength: 25 }), (n, steps) => {
        let v = Vector.from(range(n));
        let model: Value[] = range(n);
        for (const { op, a, b } of steps) {
          const size = model.length;
          if (op === "append") {
            v = v.append(a);
            model = [...model, a];
          } else if (op === "assoc" && size > 0) {
            v = v.assoc(a % size, b);
            model = model.with(a % size, b);
          } else if (op === "slice") {
            const start = a % (size + 1);
            const end = start + (b % (size - start + 1));
            v = v.slice(start, end);
            model = model.slice(start, end);
          } else if (op === "concat" && size < 3000) {
            const other = v.slice(a % (size + 1), size);
            v = v.concat(other);
            model = [...model, ...model.slice(a % (size + 1))];
          } else if (op === "back") {
            v = v.backwards();
            model = model.toReversed();
          } else if (op === "next" && size > 0) {
            v = v.slice(1, size);
            model = model.slice(1);
          }
        }
        expectVector(v, model);
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  test("what does not change is the same object", () => {
    const v = Vector.from(range(300));
    expect(v.assoc(7, 7)).toBe(v);
    expect(v.slice(0, 300)).toBe(v);
    expect(v.concat(Vector.EMPTY)).toBe(v);
    expect(Vector.EMPTY.concat(v)).toBe(v);
    expect(v.slice(5, 5)).toBe(Vector.EMPTY);
    expect(Vector.from([])).toBe(Vector.EMPTY);
  });

  test("the source of a slice and of a change is untouched", () => {
    const v = Vector.from(range(100));
    const before = hashOf(v);
    v.append(1);
    v.assoc(99, 0);
    v.assoc(3, 0);
    v.slice(20, 80).append(5).assoc(0, 9);
    v.concat(v);
    expect(v.toArray()).toEqual(range(100));
    expect(hashOf(Vector.from(v.toArray()))).toBe(before);
  });

  test("positions outside are refused", () => {
    const long = Vector.from(range(40));
    for (const v of [Vector.of(1, 2), long, long.slice(1, 40)]) {
      for (const i of [-1, v.count, 0.5 + v.count, Number.NaN, 2n ** 60n]) {
        expect(() => v.get(i)).toThrow(RangeError);
        expect(() => v.assoc(i, 0)).toThrow(RangeError);
      }
      expect(() => v.slice(-1, 1)).toThrow(RangeError);
      expect(() => v.slice(2, 1)).toThrow(RangeError);
      expect(() => v.slice(0, v.count + 1)).toThrow(RangeError);
    }
  });
});

describe("slices are built when they are needed", () => {
  test("a walk of next builds nothing, and each step is a vector like others", () => {
    let v = Vector.from(range(5000));
    let sum = 0;
    while (v.count > 1) {
      sum += v.get(0) as number;
      v = v.slice(1, v.count);
    }
    expect(sum).toBe((4998 * 4999) / 2);
    expect(hashOf(v)).toBe(hashOf(Vector.of(4999)));
  });

  test("its slots are those of the built vector", () => {
    const v = Vector.from(range(100)).slice(3, 60);
    const built = Vector.from(range(60).slice(3));
    expect(v.slotCount).toBe(built.slotCount);
    expect(encoding(v.slotAt(0) as Value)).toEqual(encoding(built.slotAt(0) as Value));
    expect(encoding(v)).toEqual(encoding(built));
    expect([...v.reversed()]).toEqual(range(60).slice(3).reverse());
    expect(memorySize(v)).toBe(memorySize(built));
  });
});

/** Cells by hash key. */
function sourceOf(...cells: readonly Cell[]): CellSource {
  const byKey = new Map(cells.map((cell) => [hashKey(cell), cell]));
  return { cell: (key) => byKey.get(key) ?? null, memorySize: () => -1 };
}

describe("unresolved parts", () => {
  test("load when touched, and once", () => {
    const chunk = Vector.from(range(256));
    let loads = 0;
    const source: CellSource = {
      cell: (key) => {
        loads++;
        return key === hashKey(chunk) ? chunk : null;
      },
      memorySize: () => -1,
    };
    const v = decode(encoding(Vector.from(range(260))), CAD3_TABLE, source) as Vector;
    expect(v.get(259)).toBe(259);
    expect(loads).toBe(0);
    expect(v.get(17)).toBe(17);
    expect([...v]).toEqual(range(260));
    expect(loads).toBe(1);
  });

  test("the first elements load what lies at their end alone", () => {
    const whole = Vector.from(Array.from({ length: 5000 }, (_, i) => Blob.of(hashBytes(i))));
    const cells = new Map<string, Cell>();
    forEachCell(whole, (cell) => cells.set(hashKey(cell), cell));
    let loads = 0;
    const source: CellSource = {
      cell: (key) => {
        loads++;
        return decode(encoding(cells.get(key) as Cell), CAD3_TABLE, source) as Cell;
      },
      memorySize: () => -1,
    };
    for (const end of [0, 16, 100, 4096, 4097, 4999, 5000]) {
      const v = decode(encoding(whole), CAD3_TABLE, source) as Vector;
      loads = 0;
      const first = firstElements(v, end);
      expect(loads).toBeLessThanOrEqual(5);
      expect(hashKey(first)).toBe(hashKey(whole.slice(0, end)));
    }
    expect(() => firstElements(whole, 5001)).toThrow(RangeError);
  });

  test("slices and changes copy Refs without loading", () => {
    const blob = Blob.of(new Uint8Array(200));
    const bytes = encoding(Vector.of(blob, 1, blob));
    const v = decode(bytes, CAD3_TABLE, sourceOf(blob)) as Vector;
    const copy = v.slice(1, 3).append(2);
    expect(copy.slotAt(1)).toBeInstanceOf(Ref);
    expect(copy.get(1)).toBe(blob);
  });
});

function forEachCell(v: Vector, visit: (cell: Cell) => void): void {
  visit(v);
  for (let i = 0; i < v.slotCount; i++) {
    const part = v.slotAt(i);
    if (part instanceof Vector) forEachCell(part, visit);
  }
}

/** 16^levels elements in `levels` cells. */
function power(levels: number): Vector {
  let v = Vector.from(Array(16).fill(7));
  for (let level = 2; level <= levels; level++) {
    v = newVector(levelCount(level), Array<Slot>(16).fill(v), null, true);
  }
  return v;
}

function levelCount(level: number): number | bigint {
  const count = 16n ** BigInt(level);
  return count <= Number.MAX_SAFE_INTEGER ? Number(count) : count;
}

describe("vectors that name one child many times", () => {
  const count = 3n * 16n ** 13n;
  const third = power(13);
  const huge = newVector(count, [third, third, third], null, true);

  test("have a sound encoding of their exact count", () => {
    expect(huge.countInteger).toBe(count);
    expect(encoding(huge).length).toBeLessThan(16 * 34 + 10);
    const child = huge.get(0);
    expect(child).toBe(7);
    const source = sourceOf(huge.slotAt(0) as Cell);
    const read = decode(encoding(huge), CAD3_TABLE, source) as Vector;
    expect(read.countInteger).toBe(count);
    expect(read.get(count - 1n)).toBe(7);
  });

  test("append, get, assoc and slice at positions no number holds", () => {
    let v = huge;
    for (let i = 0; i < 40; i++) v = v.append(i);
    expect(v.countInteger).toBe(count + 40n);
    for (let i = 0; i < 40; i++) expect(v.get(count + BigInt(i))).toBe(i);
    expect(v.get(count - 1n)).toBe(7);
    expect(() => v.get(count + 40n)).toThrow(RangeError);
    const changed = v
      .assoc(count - 5n, "x".length)
      .assoc(count + 33n, 99)
      .assoc(3, 4);
    expect(changed.slice(count - 6n, count + 2n).toArray()).toEqual([7, 1, 7, 7, 7, 7, 0, 1]);
    expect(changed.get(count + 33n)).toBe(99);
    expect(changed.get(3)).toBe(4);
    expect(v.get(3)).toBe(7);
    expect(v.assoc(3, 7)).toBe(v);
    const tail = changed.slice(count - 20n, count + 40n);
    expect(hashOf(tail)).toBe(hashOf(Vector.from(tail.toArray())));
    expect(tail.count).toBe(60);
  });

  test("of 2^32 elements another chunk is not where it belongs, and is told of (T48)", () => {
    let v = power(8);
    const before = unreadableMade();
    for (let i = 0; i < 16; i++) v = v.append(i);
    expect(unreadableMade()).toBe(before + 1);
    expect(v.countInteger).toBe(2 ** 32 + 16);
    expect(v.slots.length).toBe(17);
    expect(v.get(2 ** 32)).toBe(7);
  });

  test("of more than 7 · 2^60 elements no tree is read, and one that is made is told of", () => {
    const most = 7n * 2n ** 60n;
    const message = (count: bigint, children: number): Uint8Array => {
      return encoding(newVector(count, Array<Slot>(children).fill(Vector.EMPTY), null, true));
    };
    const full = decode(message(most, 7), CAD3_TABLE) as Vector;
    expect(full.countInteger).toBe(most);
    for (const count of [most + 16n, 2n ** 63n - 16n]) {
      expect(() => decode(message(count, 8), CAD3_TABLE)).toThrow(BadFormatError);
    }
    const leaf = encoding(newVector(2n ** 63n - 1n, range(15), full, false));
    expect((decode(leaf, CAD3_TABLE) as Vector).countInteger).toBe(2n ** 63n - 1n);

    const before = unreadableMade();
    expect(appendHugeChunk(full, Vector.from(range(16))).countInteger).toBe(most + 16n);
    expect(unreadableMade()).toBe(before + 1);
  });

  test("of 2^60 elements a tree has one child", () => {
    const bytes = encoding(newVector(16n ** 15n, [power(14)], null, true));
    const read = decode(bytes, CAD3_TABLE, sourceOf(power(14))) as Vector;
    expect(read.countInteger).toBe(16n ** 15n);
    expect(read.slots.length).toBe(1);
  });

  test("taking from the front shares all but the edge", () => {
    const grown = huge.append(1).append(2);
    expect(grown.slice(0, count).countInteger).toBe(count);
    expect(hashOf(grown.slice(0, count))).toBe(hashOf(huge));
    const most = huge.slice(0, count - 3n);
    expect(most.countInteger).toBe(count - 3n);
    expect(hashOf(most.append(7).append(7).append(7))).toBe(hashOf(huge));
    expect(hashOf(huge.slice(0, 100))).toBe(hashOf(Vector.from(Array(100).fill(7))));
  });

  test("growing across 2^31 elements", () => {
    const v = power(7).append(1);
    const seven = Array<Slot>(8).fill(power(7));
    const edge = newVector(2 ** 31, seven, null, true);
    let grown = edge.slice(0, 2 ** 31 - 18);
    for (let i = 0; i < 18; i++) grown = grown.append(7);
    expect(hashOf(grown)).toBe(hashOf(edge));
    expect(v.get(16 ** 7)).toBe(1);
  });

  test("what is out of reach of 32 bits cannot be cut out", () => {
    expect(() => huge.slice(1, count)).toThrow(WorkLimitError);
    expect(() => huge.backwards()).toThrow(WorkLimitError);
    expect(huge.slice(1, 400).toArray()).toEqual(Array(399).fill(7));
    expect(() => huge.toArray()).toThrow(WorkLimitError);
    expect(() => huge.concat(huge)).toThrow(WorkLimitError);
    expect(huge.count).toBeGreaterThan(MAX_COPY_COUNT);
  });
});

describe("decoding (sheet 01 §14)", () => {
  const read = (hex: string): Vector => decode(bytesOf(hex), CAD3_TABLE) as Vector;

  test("a declared count costs nothing", () => {
    for (const hex of ["80ffffffffffffffff7f", "80ffffffffffffffff70", "808f7f"]) {
      expect(() => read(hex)).toThrow(BadFormatError);
    }
  });

  test("a count above 2^53 that fits its children is kept to the unit", () => {
    const hex = "80ffffffffffffffff71110100";
    const v = read(hex);
    expect(v.countInteger).toBe(2n ** 63n - 15n);
    expect(toHex(encoding(v))).toBe(hex);
    v.encodingCache = null;
    v.lengthCache = 0;
    expect(toHex(encoding(v))).toBe(hex);
    expect(v.get(2n ** 63n - 16n)).toBe(1);
    expect(() => v.get(0)).toThrow(BadStructureError);
    expect(() => v.append(1).append(2).get(5)).toThrow(BadStructureError);
  });

  test.each([
    ["nil prefix", "8011110100"],
    ["prefix of the wrong type", "801111011102"],
    ["prefix too short", "80111101800211011102"],
    ["nil children", "80200000"],
    ["children of the wrong type", "802011018100"],
    ["children too short", "80208001110180011102"],
  ])("%s is accepted and fails on use", (_, hex) => {
    const v = read(hex);
    expect(toHex(encoding(v))).toBe(hex);
    expect(() => v.get(5)).toThrow(BadStructureError);
    expect(() => v.toArray()).toThrow(BadStructureError);
    expect(() => v.slice(0, v.count - 1).toArray()).toThrow(BadStructureError);
    expect(() => Vector.of(1).concat(v)).toThrow(BadStructureError);
    expect(() => v.assoc(5, 1)).toThrow(BadStructureError);
  });
});
