// Vectors with a first part of nils are the same cells as those built from the elements.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashKey } from "../../src/data/encode.ts";
import { Vector } from "../../src/data/vector.ts";
import { blankFirst } from "../../src/data/vector-blank.ts";

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

test("the first elements become nil, the others stay", () => {
  const counts = fc
    .integer({ min: 0, max: 5_000 })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 0, max: count })));
  fc.assert(
    fc.property(counts, ([count, blank]) => {
      const values = numbers(count);
      const expected = Vector.from(values.map((value, i) => (i < blank ? null : value)));
      expect(hashKey(blankFirst(Vector.from(values), blank))).toBe(hashKey(expected));
    }),
    { numRuns: 300 },
  );
});

test("at every edge of a tree's children", () => {
  for (const count of [16, 17, 32, 256, 257, 272, 512, 4096, 4097, 4112]) {
    const values = numbers(count);
    for (const blank of [0, 1, 15, 16, 17, 255, 256, 257, 4095, 4096, count]) {
      if (blank > count) continue;
      const expected = Vector.from(values.map((value, i) => (i < blank ? null : value)));
      expect(hashKey(blankFirst(Vector.from(values), blank))).toBe(hashKey(expected));
    }
  }
});

test("more than there is, or less than nothing, is refused", () => {
  expect(() => blankFirst(Vector.of(1), 2)).toThrow(RangeError);
  expect(() => blankFirst(Vector.of(1), -1)).toThrow(RangeError);
});
