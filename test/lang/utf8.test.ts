import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import {
  codePointBytes,
  laxCodePointAt,
  repairUtf8,
  utf8Bytes,
  utf8Length,
  utf8Text,
} from "../../src/lang/utf8.ts";
import { bytesOf } from "../data/fixture-rows.ts";

const PROPERTY = { seed: 85, numRuns: 500 };
const BAD = "\ufffd";

describe("utf8Text", () => {
  test.each([
    ["", ""],
    ["61e282ac", "a€"],
    ["efbbbf61", "\ufeffa"],
    ["f09f9880", "😀"],
    ["e28241", `${BAD}A`],
    ["f4908080", BAD.repeat(4)],
    ["e08080", BAD.repeat(3)],
    ["eda080", BAD],
    ["eda041", `${BAD}A`],
    ["c0af", BAD.repeat(2)],
    ["61ff6263e282", `a${BAD}bc${BAD}`],
    ["f09f98", BAD],
  ])("%s", (hex, text) => {
    expect(utf8Text(bytesOf(hex))).toBe(text);
    expect(toHex(repairUtf8(bytesOf(hex)))).toBe(Buffer.from(text).toString("hex"));
  });

  test("differs from TextDecoder only where a surrogate is encoded", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe2, 0xf0, 0xf4, 0xff)),
        (bytes) => {
          const all = new Uint8Array(bytes);
          expect(utf8Text(all)).toBe(new TextDecoder().decode(all));
        },
      ),
      PROPERTY,
    );
  });
});

test("a lone surrogate is written as ?", () => {
  expect(toHex(utf8Bytes("a\ud800b\udc00😀"))).toBe("613f623ff09f9880");
});

describe("code points", () => {
  test.each([
    ["00", 0],
    ["7f", 0x7f],
    ["c280", 0x80],
    ["e0a080", 0x800],
    ["eda080", 0xd800],
    ["f0908080", 0x10000],
    ["f48fbfbf", 0x10ffff],
  ])("%s", (hex, codePoint) => {
    expect(toHex(codePointBytes(codePoint))).toBe(hex);
    expect(utf8Length(codePoint)).toBe(hex.length / 2);
    expect(laxCodePointAt(bytesOf(hex), 0)).toBe(codePoint);
  });

  test.each([
    ["c181", 0x41],
    ["e08081", 1],
    ["f0808081", 1],
    ["80", -1],
    ["f4908080", -1],
    ["f8808080", -1],
    ["c2", -1],
    ["c241", -1],
    ["", -1],
  ])("lax reading of %s", (hex, codePoint) => {
    expect(laxCodePointAt(bytesOf(hex), 0)).toBe(codePoint);
  });
});
