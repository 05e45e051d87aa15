// Keys by their first digits.

import { expect, test } from "bun:test";
import { isKeyPart, KeyPartError, wholeKey } from "../../../src/peer/operator/key-part.ts";

const key = (begin: string) => begin.padEnd(64, "0");
const place = (...keys: string[]) => ({ keys, whose: "a peer", advice: "look" });

test("a part has 8 to 63 hex digits", () => {
  for (const part of ["01234567", "0xABCDEF01", key("1").slice(1)]) {
    expect(isKeyPart(part)).toBe(true);
  }
  for (const other of ["0123456", "0x0123456", key(""), "0123456g", "01234567:18888"]) {
    expect(isKeyPart(other)).toBe(false);
  }
});

test("one key is meant, however often it is there", () => {
  const [a, b] = [key("aaaaaaaa1"), key("aaaaaaaa2")];
  expect(wholeKey("0xAAAAAAAA1", place(b, a, a))).toBe(a);
  expect(() => wholeKey("bbbbbbbb", place(a))).toThrow(
    new KeyPartError("no key of a peer begins with bbbbbbbb: look"),
  );
  expect(() => wholeKey("aaaaaaaa", place(b, a))).toThrow(
    new KeyPartError(`2 keys begin with aaaaaaaa, give more digits: ${a}, ${b}`),
  );
  const many = ["1", "2", "3", "4", "5", "6"].map((end) => key(`aaaaaaaa${end}`));
  expect(() => wholeKey("aaaaaaaa", place(...many))).toThrow(/^6 keys .* and 2 more$/);
});
