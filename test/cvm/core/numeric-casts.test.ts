import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { testCalls } from "./call-rows.ts";
import { outcomeText, testContext } from "./core-call.ts";

describe("long", () => {
  testCalls([
    ["(long -1.9)", "-1", 20],
    ["(long 9.3e18)", ":ARGUMENT", 0],
    ["(long 9223372036854775808.0)", "9223372036854775807", 20],
    ["(long -9223372036854775808.0)", "-9223372036854775808", 20],
    ["(long ##NaN)", ":ARGUMENT", 0],
    ["(long 9223372036854775808)", ":ARGUMENT", 0],
    ["(long \\a)", "97", 20],
    ["(long #7)", "7", 20],
    ["(long 0x)", "0", 20],
    ["(long 0xff)", "-1", 20],
    ["(long 0x01ffffffffffffffff)", "-1", 20],
    ["(long nil)", ":CAST", 0],
    ["(long true)", ":CAST", 0],
    ['(long "1")', ":CAST", 0],
  ]);
});

describe("int", () => {
  testCalls([
    ["(int 1e30)", "1000000000000000000000000000000", 20],
    ["(int -1.5e19)", "-15000000000000000000", 20],
    ["(int 1.5)", "1", 20],
    ["(int -0.0)", "0", 20],
    ["(int ##Inf)", ":ARGUMENT", 0],
    ["(int 18446744073709551616)", "18446744073709551616", 20],
    ["(int 0xff)", "-1", 20],
    ["(int 0x008000000000000000)", "9223372036854775808", 20],
    ["(int 0x0100000000000000ff)", "18446744073709551871", 20],
    ["(int #12)", "12", 20],
    ["(int :a)", ":CAST", 0],
  ]);
});

describe("int of a blob of more than 8 bytes with redundant leading bytes is that of its last byte", () => {
  testCalls([
    ["(int 0x0000000000000000000001ff)", "-1", 20],
    ["(int 0x00000000000000ff01)", "1", 20],
    ["(int 0xffffffffffffffffff80)", "-128", 20],
    ["(int 0xff7fffffffffffffff)", "-9223372036854775809", 20],
  ]);

  test("also above the limit of 4,096 bytes, which only counts for what is no longer than needed", () => {
    const int = (...start: number[]) => {
      const bytes = new Uint8Array(5000).fill(0x12);
      bytes.set(start);
      const ctx = testContext();
      return outcomeText(ctx, ctx.invoke(CORE_BY_NAME.get("int") as Value, [Blob.of(bytes)]));
    };
    expect(int(0x00, 0x12)).toBe("18");
    expect(int(0xff, 0x80)).toBe("18");
    expect([int(0x00, 0x80), int(0xff, 0x12), int(0x12)]).toEqual([":CAST", ":CAST", ":CAST"]);
  });
});

describe("double, char, byte", () => {
  testCalls([
    ["(double 1)", "1.0", 20],
    ["(double 9007199254740993)", "9.007199254740992E15", 20],
    ["(double #[1d7ff8000000000001])", "##NaN", 20],
    ["(double \\a)", ":CAST", 0],
    ["(char 97)", "\\a", 20],
    ["(char 1114112)", ":ARGUMENT", 0],
    ["(char -1)", ":ARGUMENT", 0],
    ["(char 0x61)", "\\a", 20],
    ["(char 0xe282ac)", "\\€", 20],
    ["(char 0x6161)", ":ARGUMENT", 0],
    ["(char 0x)", ":ARGUMENT", 0],
    ["(char 0xc1a1)", ":ARGUMENT", 0],
    ['(char "a")', ":CAST", 0],
    ["(byte -1)", "255", 20],
    ["(byte 18446744073709551871)", "255", 20],
    ["(byte 0x1234)", "52", 20],
    ["(byte 0x)", "0", 20],
    ["(byte 1.0)", ":CAST", 0],
    ["(byte #1)", ":CAST", 0],
  ]);
});

describe("boolean and not", () => {
  testCalls([
    ["(boolean nil)", "false", 20],
    ["(boolean 0)", "true", 20],
    ["(not false)", "true", 20],
    ["(not [])", "false", 20],
    ["(not)", ":ARITY", 0],
  ]);
});
