// Amounts as they are typed and shown.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { coinsText, grouped, parseAmount } from "../../../src/cli/terminal/amounts.ts";
import { MAX_SUPPLY } from "../../../src/state/constants.ts";

test("amounts are coins unless they say copper", () => {
  expect(parseAmount("1000")).toBe(1_000_000_000_000);
  expect(parseAmount(" 0.5 CVM")).toBe(500_000_000);
  expect(parseAmount("0.000000001")).toBe(1);
  expect(parseAmount("1_000cvm")).toBe(1_000_000_000_000);
  expect(parseAmount("12copper")).toBe(12);
  expect(parseAmount("1000000000")).toBe(MAX_SUPPLY);
});

test("what is no amount is refused with what was expected", () => {
  const wrong = ["", "-1", "1,5", "1.0000000001", "1e3", "0x10", "1.5copper", "."];
  for (const text of wrong) expect(() => parseAmount(text)).toThrow("expected CVM coins");
  for (const text of ["1000000001", "1_000_000_000_000 cvm", "1000000000000000001copper"])
    expect(() => parseAmount(text)).toThrow(
      "at most all coins there are, 1,000,000,000 CVM, found",
    );
});

test("what is shown can be typed again", () => {
  const amount = fc.bigInt({ min: 0n, max: MAX_SUPPLY });
  fc.assert(
    fc.property(amount, (copper) => {
      const shown = coinsText(Number.isSafeInteger(Number(copper)) ? Number(copper) : copper);
      expect(BigInt(parseAmount(shown.replaceAll(",", "")))).toBe(copper);
    }),
  );
  expect(coinsText(-1_500_000_000)).toBe("-1.5 CVM");
  expect(coinsText(1_234_567_000_000_000)).toBe("1,234,567 CVM");
  expect(grouped(1234567n)).toBe("1,234,567");
});
