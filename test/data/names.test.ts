// Leaf cells: names, addresses, characters, doubles, strings.

import { describe, expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Address } from "../../src/data/address.ts";
import { CVMChar } from "../../src/data/char.ts";
import { CVMDouble } from "../../src/data/double.ts";
import { encoding } from "../../src/data/encode.ts";
import { ByteFlag } from "../../src/data/generic-cells.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { NameTable } from "../../src/data/name-table.ts";
import { CVMString } from "../../src/data/string.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";

describe("names", () => {
  test("have 1 to 128 bytes", () => {
    for (const kind of [Keyword, CVMSymbol]) {
      expect(kind.fromName("")).toBeNull();
      expect(kind.fromName("x".repeat(129))).toBeNull();
      expect(kind.of("x".repeat(128)).measure()).toBe(130);
      expect(() => kind.of("")).toThrow(RangeError);
    }
  });

  test("are shared, also of odd bytes", () => {
    expect(Keyword.of("foo")).toBe(Keyword.of("foo"));
    expect(toHex(encoding(CVMSymbol.of("\xff\x00")))).toBe("3202ff00");
  });

  test("in use stay shared while others come and go", () => {
    let made = 0;
    const table = new NameTable((name) => ({ name, number: made++ }));
    const kept = table.get("kept");
    for (let i = 0; i < 100_000; i++) {
      table.get(`name ${i}`);
      if (i % 1000 === 0) expect(table.get("kept")).toBe(kept);
    }
    const first = table.get("name 0");
    expect(first.number).toBeGreaterThan(100_000);
  });
});

test("addresses go from 0 to 2^63-1, and low ones are shared", () => {
  expect(Address.of(1023)).toBe(Address.of(1023));
  expect(toHex(encoding(Address.of(2n ** 63n - 1n)))).toBe("eaffffffffffffffff7f");
  expect(Address.fromInteger(-1)).toBeNull();
  expect(Address.fromInteger(2n ** 63n)).toBeNull();
  expect(() => Address.of(-1)).toThrow(RangeError);
});

test("characters take as many bytes as they need, and code points beyond are refused", () => {
  expect(toHex(encoding(CVMChar.of(0)))).toBe("3c00");
  expect(toHex(encoding(CVMChar.of(0xff)))).toBe("3cff");
  expect(toHex(encoding(CVMChar.of(0x100)))).toBe("3d0100");
  expect(toHex(encoding(CVMChar.of(0x10ffff)))).toBe("3e10ffff");
  for (const bad of [-1, 0x110000, 1.5, Number.NaN])
    expect(() => CVMChar.of(bad)).toThrow(RangeError);
});

test("doubles keep their bits", () => {
  for (const bits of [
    0n,
    1n << 63n,
    1n,
    0x7ff8000000000001n,
    0xfff8000000000000n,
    0x7ff0000000000000n,
  ]) {
    const double = CVMDouble.fromBits(bits);
    expect(toHex(encoding(double))).toBe(`1d${bits.toString(16).padStart(16, "0")}`);
  }
  expect(CVMDouble.of(Number.NaN)).toBe(CVMDouble.NAN);
  expect(CVMDouble.NAN.isOddNaN).toBe(false);
  expect(CVMDouble.fromBits(0xfff8000000000000n).isOddNaN).toBe(true);
});

test("there is one byte flag for each of b2 … bf, and none for other tags", () => {
  expect(ByteFlag.of(0xb2)).toBe(ByteFlag.of(0xb2));
  for (const bad of [0xb0, 0xb1, 0xc0, 0]) expect(() => ByteFlag.of(bad)).toThrow(RangeError);
});

test("strings are UTF-8, and bytes that are not show as U+FFFD", () => {
  expect(toHex(encoding(CVMString.of("é€😀")))).toBe("3009c3a9e282acf09f9880");
  expect(CVMString.of("é€😀").toString()).toBe("é€😀");
  expect(CVMString.fromBytes(new Uint8Array([0x61, 0xff])).toString()).toBe("a\ufffd");
  expect(CVMString.EMPTY.count).toBe(0);
});
