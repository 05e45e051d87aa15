import { expect, test } from "bun:test";
import fc from "fast-check";
import { doubleText } from "../../src/lang/double-text.ts";

const PROPERTY = { seed: 85, numRuns: 2000 };

test.each([
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-2.5, "-2.5"],
  [0.001, "0.001"],
  [0.0009999999999999998, "9.999999999999998E-4"],
  [9.999e-4, "9.999E-4"],
  [9999999, "9999999.0"],
  [9999999.999999998, "9999999.999999998"],
  [1e7, "1.0E7"],
  [12345678, "1.2345678E7"],
  [-1e-5, "-1.0E-5"],
  [1e21, "1.0E21"],
  [1e22, "1.0E22"],
  [1e23, "1.0E23"],
  [2e23, "2.0E23"],
  [123456789012345680, "1.2345678901234568E17"],
  [1.7976931348623157e308, "1.7976931348623157E308"],
  [2.2250738585072014e-308, "2.2250738585072014E-308"],
  [5e-324, "4.9E-324"],
  [1e-323, "9.9E-324"],
  [1.5e-323, "1.5E-323"],
  [2e-323, "2.0E-323"],
  [8e-323, "7.9E-323"],
  [Number.NaN, "##NaN"],
  [Number.POSITIVE_INFINITY, "##Inf"],
  [Number.NEGATIVE_INFINITY, "##-Inf"],
])("%d is %s", (n, text) => {
  expect(doubleText(n)).toBe(text);
});

test("reads back as the same number, in Java's form", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      const text = doubleText(n);
      expect(Number(text)).toBe(n);
      expect(text).toMatch(/^-?(\d+\.\d+|\d\.\d+E-?\d+)$/);
      const size = Math.abs(n);
      expect(text.includes("E")).toBe(size !== 0 && (size < 1e-3 || size >= 1e7));
    }),
    PROPERTY,
  );
});
