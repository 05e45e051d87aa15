// Entries read in the order of their keys, whatever part of them is read.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { KeyOrder } from "../../src/store/key-order.ts";

const LATIN_1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });
const KEYS = fc.uniqueArray(
  LATIN_1.filter((key) => key !== ""),
  { maxLength: 300 },
);

test("the order is that of the first four characters, and each entry has its place", () => {
  fc.assert(
    fc.property(KEYS, (keys) => {
      const order = new KeyOrder(new Map(keys.map((key, i) => [key, i])));
      expect(order.length).toBe(keys.length);
      const read = keys.map((_, i) => order.keyAt(i));
      expect([...read].sort()).toEqual([...keys].sort());
      for (const [i, key] of read.entries()) expect(order.valueAt(i)).toBe(keys.indexOf(key));
      const prefixes = read.map((key) => key.slice(0, 4).padEnd(4, "\0"));
      expect(prefixes).toEqual([...prefixes].sort());
    }),
  );
});

test("with so many entries that little room is left for the characters, fewer bits of them count", () => {
  const keys = Array.from({ length: 256 }, (_, i) => String.fromCharCode((i * 167) & 255, i, 7, 9));
  const order = new KeyOrder(new Map(keys.map((key, i) => [key, i])), 20);
  const read = keys.map((_, i) => order.keyAt(i));
  const firstOnes = read.map((key) => key.charCodeAt(0));
  expect(firstOnes).toEqual([...firstOnes].sort((a, b) => a - b));
  for (const [i, key] of read.entries()) expect(order.valueAt(i)).toBe(keys.indexOf(key));
});
