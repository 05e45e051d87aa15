import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMDouble } from "../../../src/data/double.ts";
import { testCalls } from "./call-rows.ts";
import { outcomeText, testContext } from "./core-call.ts";

/** The largest Integer, of 4096 bytes. */
const BIG_MAX = 2n ** 32767n - 1n;

describe("+ - * /", () => {
  testCalls([
    ["(+)", "0", 20],
    ["(*)", "1", 20],
    ["(+ -0.0)", "-0.0", 28],
    ["(+ 1 2)", "3", 36],
    ["(+ 1 2 3.5)", "6.5", 44],
    ["(+ 9007199254740991 1)", "9007199254740992", 36],
    ["(+ 9223372036854775807 1)", "9223372036854775808", 36],
    ["(+ 9223372036854775808 -1)", "9223372036854775807", 38],
    ["(+ 1 9223372036854775808 1)", "9223372036854775810", 46],
    ["(* 0 -1)", "0", 36],
    ["(* 4294967296 4294967296)", "18446744073709551616", 36],
    ["(* 9223372036854775807 1e300)", "##Inf", 36],
    ["(- 0)", "0", 28],
    ["(- 0.0)", "-0.0", 28],
    ["(- 10 1 2)", "7", 44],
    ["(-)", ":ARITY", 0],
    ["(+ 1 nil)", ":CAST", 0],
    ["(+ 1.0 :a)", ":CAST", 0],
    ["(/ 1 0)", "##Inf", 20],
    ["(/ 0 0)", "##NaN", 20],
    ["(/ 4)", "0.25", 20],
    ["(/ 8 2 2)", "2.0", 20],
    ["(/)", ":ARITY", 0],
  ]);
});

describe("one number", () => {
  testCalls([
    ["(inc 9007199254740991)", "9007199254740992", 20],
    ["(dec -9223372036854775808)", "-9223372036854775809", 20],
    ["(inc 1.0)", ":CAST", 0],
    ["(abs -9223372036854775808)", "9223372036854775808", 20],
    ["(abs -0.0)", "0.0", 20],
    ["(abs -7)", "7", 20],
    ["(signum -5)", "-1", 20],
    ["(signum 18446744073709551616)", "1", 20],
    ["(signum -9223372036854775809)", "-1", 20],
    ["(signum -0.0)", "-0.0", 20],
    ["(signum ##NaN)", "##NaN", 20],
    ["(signum :a)", ":CAST", 0],
    ["(floor -1.5)", "-2.0", 20],
    ["(ceil -0.5)", "-0.0", 20],
    ["(sqrt -1)", "##NaN", 20],
    ["(sqrt 9)", "3.0", 20],
    ["(exp 1)", "2.7182818284590455", 20],
    ["(exp nil)", ":CAST", 0],
    ["(pow 2 10)", "1024.0", 20],
    ["(pow 2 :a)", ":CAST", 0],
  ]);
});

test("T9: / computes with each argument before it looks at the next", () => {
  const signumAfter = (...args: Value[]) => {
    const ctx = testContext();
    ctx.invoke(CORE_BY_NAME.get("/") as Value, args);
    return ctx.invoke(CORE_BY_NAME.get("signum") as Value, [2n ** 63n]);
  };
  expect(signumAfter(2n ** 63n)).toBe(1);
  expect(signumAfter(2n ** 63n, null)).toBe(1);
  expect(signumAfter(null, 2n ** 63n)).toBe(0);
});

describe("the limit of 4096 bytes", () => {
  function apply(name: string, ...args: Value[]): string {
    const ctx = testContext();
    return outcomeText(ctx, ctx.invoke(CORE_BY_NAME.get(name) as Value, args));
  }

  test("+ and * beyond it are an :ARGUMENT, wherever they go beyond", () => {
    expect(apply("+", BIG_MAX, 1)).toBe(":ARGUMENT");
    expect(apply("+", BIG_MAX, 1, -1)).toBe(":ARGUMENT");
    expect(apply("*", BIG_MAX, 2)).toBe(":ARGUMENT");
    expect(apply("-", -BIG_MAX - 1n)).toBe(":ARGUMENT");
    expect(apply("-", -BIG_MAX - 1n, 1)).toBe(":ARGUMENT");
    expect(apply("abs", -BIG_MAX - 1n)).toBe(":ARGUMENT");
  });

  test("T3: - throws when an earlier step goes beyond it", () => {
    expect(() => apply("-", -BIG_MAX - 1n, 1, -1)).toThrow(HostError);
    expect(() => apply("-", -BIG_MAX - 1n, 1, CVMDouble.of(1.5))).toThrow(HostError);
  });

  test("T10: inc and dec beyond it are nil", () => {
    expect(apply("inc", BIG_MAX)).toBe("nil");
    expect(apply("dec", -BIG_MAX - 1n)).toBe("nil");
  });

  test("juice counts the bytes of the longest operand so far", () => {
    const ctx = testContext();
    ctx.invoke(CORE_BY_NAME.get("+") as Value, [1, 2n ** 100n, 1]);
    expect(ctx.juice).toBe(8 + 13 + 13 + 20);
  });
});
