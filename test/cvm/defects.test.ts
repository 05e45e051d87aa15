// The smaller defects of the reference that users see (sheet 01 §21.3): what is reproduced, and
// what never reaches a cell. Those of sets (§21.1, §21.2) stand with the sets.

import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { encoding } from "../../src/data/encode.ts";
import { fromJson, toJson } from "../../src/lang/json.ts";
import { ParseError, read } from "../../src/lang/reader.ts";
import { run } from "./small-state.ts";

describe("sheet 01 §21.3", () => {
  test("int of a long blob with a superfluous first byte is its last byte", () => {
    expect(run("(int 0x0000000000000000000001ff)")).toBe("-1");
    expect(run("(int 0x00000000000000ff01)")).toBe("1");
    expect(run("(int 0x0100000000000000ff)")).toBe("18446744073709551871");
    expect(run("(int 0xff)")).toBe("-1");
  });

  test("integers of more than 20 digits are canonical, whatever zeros they begin with", () => {
    expect(toHex(encoding(read("000000000000000000000000001")))).toBe("1101");
    expect(toHex(encoding(read("-00000000000000000000000000005")))).toBe("11fb");
  });

  test("long numbers that are none are refused as text, and not with an exception", () => {
    expect(() => read("1234567890123456789x")).toThrow(ParseError);
    expect(toJson(fromJson("12345678901234567890123"))).toBe("12345678901234567890123");
    expect(toJson(fromJson("1234567890123456789.5"))).toBe("1.2345678901234568E18");
  });

  test("a control character prints as itself, which does not read back", () => {
    expect(run("(print (char 0))")).toBe('"\\\\\u0000"');
  });
});
