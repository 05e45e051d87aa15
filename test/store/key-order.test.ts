// Entries read in the order of their keys, whatever part of them is read.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { KeyOrder } from "../../src/store/key-order.ts";

const LATIN_1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });
const KEYS = fc.uniqueArray(
  LATIN_1.filter((key) => key !== ""),
  { maxLength: 300 },
);

test("the order is that of the keys, from any place on", () => {
  fc.assert(
    fc.property(KEYS, fc.nat(300), (keys, from) => {
      const order = new KeyOrder(new Map(keys.map((key, i) => [key, i])));
      const expected = [...keys].sort((a, b) => (a < b ? -1 : 1));
      expect(order.length).toBe(keys.length);
      expect(order.at(from)?.[0]).toBe(expected[from]);
      expect(expected.map((_, i) => order.at(i)?.[0])).toEqual(expected);
      expect(order.at(0)?.[1]).toBe(
        keys.length === 0 ? undefined : keys.indexOf(expected[0] as string),
      );
      expect(order.at(keys.length)).toBe(undefined);
    }),
  );
});
