// The form after `^`.

import { expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { encoding } from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { print } from "../../src/lang/printer.ts";
import { ParseError, read } from "../../src/lang/reader.ts";

test("a map keeps the metadata of its keys apart", () => {
  const map = read("{^:a k 1 k 2}");
  expect(map instanceof CVMMap && map.count).toBe(2);
  expect(map instanceof CVMMap && map.get(Keyword.of("k"))).toBe(undefined);
});

test("an Index as metadata is a map", () => {
  expect(print(read("^#Index {0x01 2} foo"))).toBe("^{0x01 2} foo");
  expect(equals(read("^{:a 1} ^#Index {0x01 2} b"), read("^{:a 1 0x01 2} b"))).toBe(true);
  expect(equals(read("^#[d50211011102] b"), read("^{0 1 1 2} b"))).toBe(true);
});

test("records and annotated forms anywhere in metadata are plain", () => {
  const same: [string, string][] = [
    ["^[#[d104ea0c1101ea0d1105]] y", "^[{0 #12 1 1 2 #13 3 5}] y"],
    ["^{:a (f #[d50211011102] ^:b c)} y", "^{:a (f {0 1 1 2} c)} y"],
    ["^#{#Index {0x12 ^:a b}} y", "^#{{0x12 b}} y"],
  ];
  for (const [text, plain] of same) expect(equals(read(text), read(plain))).toBe(true);
  // A literal can hold one in the other, of which the outer is taken off.
  expect(print(read("^[#[888811010000]] y"))).toBe("^{:tag [^{} 1]} y");
});

test("of keys that metadata makes the same, that behind in the order of hashes counts", () => {
  const kept = ["^{^:a x 1 x 2} y", "^{x 2 ^:a x 1} y"].map((text) => print(read(text)));
  expect(kept[0]).toBe(kept[1] as string);
  const members = Array.from({ length: 2 ** 21 }, () => 1);
  const long = `^[${members.join(" ")}] y`;
  expect(() => read(long)).toThrow(ParseError);
});

test("of a hand-made Index or map as metadata all that is there counts (T42, T44)", () => {
  const index = (count: string) => `^#[84${count}0001000684013101013301618401310102330162] y`;
  for (const count of ["02", "03", "05"]) {
    expect(equals(read(index(count)), read("^{0x01 :a 0x02 :b} y"))).toBe(true);
  }
  const pairs = Array.from({ length: 17 }, (_, i) => `${i} ${i}`).join(" ");
  const tree = toHex(encoding(read(`{${pairs}}`)));
  expect(tree.startsWith("8211")).toBe(true);
  for (const count of ["10", "11", "1e"]) {
    expect(equals(read(`^#[82${count}${tree.slice(4)}] y`), read(`^{${pairs}} y`))).toBe(true);
  }
});
