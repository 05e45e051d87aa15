import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BadStructureError } from "../../src/data/errors.ts";
import { commonDigits, digitAt, HASH_DIGITS, popcount } from "../../src/data/hash-digits.ts";

const hex = fc.string({
  unit: fc.constantFrom(..."0123456789abcdef"),
  minLength: 64,
  maxLength: 64,
});
const keyOfHex = (text: string): string => Buffer.from(text, "hex").toString("latin1");

describe("hex digits of a hash key", () => {
  test("are those of its hex text", () => {
    fc.assert(
      fc.property(hex, (text) => {
        for (let i = 0; i < HASH_DIGITS; i++) {
          expect(digitAt(keyOfHex(text), i).toString(16)).toBe(text[i] as string);
        }
      }),
      { seed: 1, numRuns: 20 },
    );
  });

  test("in common are counted from the start", () => {
    fc.assert(
      fc.property(hex, hex, fc.nat(64), (a, b, n) => {
        const other = a.slice(0, n) + b.slice(n);
        let common = 0;
        while (common < 64 && a[common] === other[common]) common++;
        expect(commonDigits(keyOfHex(a), keyOfHex(other))).toBe(common);
      }),
      { seed: 2, numRuns: 200 },
    );
    expect(commonDigits("\x12", "\x12\x34")).toBe(2);
    expect(commonDigits("", "a")).toBe(0);
  });

  test("outside 0 … 63 are refused", () => {
    for (const position of [-1, 64, 127, -128]) {
      expect(() => digitAt(keyOfHex("00".repeat(32)), position)).toThrow(BadStructureError);
    }
  });

  test("popcount counts the bits of every mask", () => {
    for (let mask = 0; mask < 0x10000; mask++) {
      let bits = 0;
      for (let rest = mask; rest > 0; rest &= rest - 1) bits++;
      if (popcount(mask) !== bits) throw new Error(`mask ${mask}`);
    }
  });
});
