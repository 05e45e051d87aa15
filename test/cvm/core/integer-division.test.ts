import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { LONG_MAX, LONG_MIN } from "../../../src/data/integer.ts";
import { testCalls } from "./call-rows.ts";
import { testContext } from "./core-call.ts";

describe("Longs", () => {
  testCalls([
    ["(div -7 2)", "-4", 20],
    ["(div 7 -2)", "-3", 20],
    ["(div -7 -2)", "2", 20],
    ["(div -9223372036854775808 3)", "3074457345618258602", 20],
    ["(div -9223372036854775808 -1)", "9223372036854775806", 20],
    ["(div -9223372036854775807 9223372036854775807)", "0", 20],
    ["(div 0 -9007199254740993)", "0", 20],
    ["(quot -7 2)", "-3", 20],
    ["(quot -9223372036854775808 -1)", "-9223372036854775808", 20],
    ["(rem -7 2)", "-1", 20],
    ["(rem -9223372036854775808 3)", "-2", 20],
    ["(rem -4 2)", "0", 20],
    ["(mod -7 2)", "1", 20],
    ["(mod -7 -2)", "1", 20],
    ["(mod -4 2)", "0", 20],
    ["(quot 9007199254740991 3)", "3002399751580330", 20],
  ]);
});

describe("big integers", () => {
  testCalls([
    ["(mod -18446744073709551617 5)", "3", 20],
    ["(mod 7 18446744073709551616)", "7", 20],
    ["(mod -7 18446744073709551616)", "18446744073709551609", 20],
    ["(div -18446744073709551617 2)", "-9223372036854775808", 20],
    ["(quot 18446744073709551617 18446744073709551616)", "1", 20],
    ["(rem -18446744073709551617 2)", "-1", 20],
  ]);
});

describe("T10: a Long by a big integer is nil", () => {
  testCalls([
    ["(div 7 18446744073709551616)", "nil", 20],
    ["(quot 7 18446744073709551616)", "nil", 20],
    ["(rem 7 18446744073709551616)", "nil", 20],
  ]);
});

describe("T38: mod by the least Integer", () => {
  const LEAST = -(2n ** 32_767n);
  const mod = (a: Integer, b: Integer) =>
    testContext().invoke(CORE_BY_NAME.get("mod") as Value, [a, b]);

  test("throws for a Long", () => {
    for (const a of [0, 7, -7, LONG_MAX, LONG_MIN]) {
      expect(() => mod(a, LEAST)).toThrow(HostError);
    }
  });

  test("gives what it should for a big integer, and by the one beside it", () => {
    expect(mod(LONG_MAX + 1n, LEAST)).toBe(LONG_MAX + 1n);
    expect(mod(LONG_MIN - 1n, LEAST)).toBe(LONG_MIN - 1n - LEAST);
    expect(mod(-7, LEAST + 1n)).toBe(-8n - LEAST);
    expect(mod(7, -LEAST - 1n)).toBe(7);
  });
});

describe("errors", () => {
  testCalls([
    ["(mod 1 0)", ":ARGUMENT", 0],
    ["(div 18446744073709551616 0)", ":ARGUMENT", 0],
    ["(quot 1.0 2)", ":CAST", 0],
    ["(rem 1)", ":ARITY", 0],
  ]);
});

describe("bits", () => {
  testCalls([
    ["(bit-and 12 10)", "8", 20],
    ["(bit-or 12 10)", "14", 20],
    ["(bit-xor 12 10)", "6", 20],
    ["(bit-and -1 9223372036854775807)", "9223372036854775807", 20],
    ["(bit-not 0)", "-1", 20],
    ["(bit-not 9007199254740991)", "-9007199254740992", 20],
    ["(bit-not -9223372036854775808)", "9223372036854775807", 20],
    ["(bit-and 1 9223372036854775808)", ":CAST", 0],
    ["(bit-or 1.0 1)", ":CAST", 0],
  ]);
});
