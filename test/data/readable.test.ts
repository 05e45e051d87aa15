import { expect, test } from "bun:test";
import { Readability } from "../../src/data/readable.ts";
import { noteUnreadable } from "../../src/data/unreadable.ts";
import { Vector, type VectorView } from "../../src/data/vector.ts";

const NUMBERS = Vector.from(Array.from({ length: 60 }, (_, i) => i));

test("parts of Vectors that are not built yet can be read again", () => {
  const readability = new Readability();
  noteUnreadable();
  for (const part of [NUMBERS.slice(1, 50), NUMBERS.slice(1, 49)]) {
    expect((part as VectorView).isUnbuilt).toBe(true);
    expect(readability.isReadable(part)).toBe(true);
    expect(readability.isReadable(Vector.of(part))).toBe(true);
  }
});

test("a Vector with fewer children than its count asks for can't", () => {
  const readability = new Readability();
  noteUnreadable();
  const { slots } = Vector.from([1, 2, 3]);
  expect(readability.isReadable(new Vector(4, slots, null, false))).toBe(false);
});
