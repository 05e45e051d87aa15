import { expect, test } from "bun:test";
import fc from "fast-check";
import { Ref, type Value } from "../../src/data/cell.ts";
import { commonPrefixLength } from "../../src/data/common-prefix.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";

const SEED = 4;

function naive(a: readonly Value[], b: readonly Value[]): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

/** A vector without a cell in common with any other one. */
function copy(v: Vector): Vector {
  return decodeMultiCell(encodeMultiCell(v), CAD3_TABLE) as Vector;
}

const counts = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 250, max: 300 }),
  fc.constantFrom(15, 16, 17, 31, 32, 33, 255, 256, 257, 271, 272, 273, 288, 512, 4096, 4097, 4112),
);

test("agrees with comparing element by element", () => {
  fc.assert(
    fc.property(counts, counts, fc.nat(5000), fc.boolean(), (m, n, change, isCopied) => {
      const left = Array.from({ length: m }, (_, i) => i);
      const right = Array.from({ length: n }, (_, i) => (i === change ? -1 : i));
      const a = Vector.from(left);
      const b = isCopied ? copy(Vector.from(right)) : Vector.from(right);
      const expected = naive(left, right);
      expect(commonPrefixLength(a, b)).toBe(expected);
      expect(commonPrefixLength(b, a)).toBe(expected);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test("works on slices, whose cells are not built, and on grown vectors", () => {
  const all = Vector.from(Array.from({ length: 400 }, (_, i) => CVMString.of(`element ${i}`)));
  const slice = all.slice(20, 400);
  expect(commonPrefixLength(slice, all.slice(20, 300))).toBe(280);
  let grown = Vector.from([...all.slice(0, 30)]);
  for (let i = 30; i < 100; i++) grown = grown.append(i === 77 ? null : all.get(i));
  expect(commonPrefixLength(grown, all)).toBe(77);
});

test("loads no element: their hashes are enough", () => {
  const elements = Array.from({ length: 21 }, (_, i) => new Ref(`${i}`.padStart(32, "#"), null));
  const prefix = new Vector(16, elements.slice(0, 16), null, false);
  const a = new Vector(21, elements.slice(16), prefix, false);
  const b = new Vector(19, elements.slice(16, 19), prefix, false);
  expect(commonPrefixLength(a, b)).toBe(19);
  expect(commonPrefixLength(b, prefix)).toBe(16);
});
