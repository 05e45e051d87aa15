import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import type { CellSource, Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes } from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { fieldByKey } from "../../src/data/record.ts";
import { SignedData } from "../../src/data/signed.ts";
import { bytesOf } from "./fixture-rows.ts";

const KEY_PAIR = KeyPair.fromSeed(
  bytesOf("000000121030506ee10cc1c695ecbdea216aac6ab46feff0a19a8f0f0ddf81ef"),
);

const NO_CELLS: CellSource = { cell: () => null, memorySize: () => -1 };

/** Sheet 01 §22.2: value, signature, hash of the signed cell. */
const ROWS: readonly [string, Value, string, string][] = [
  [
    "1",
    1,
    "d02b44ac11974f883deb1294a635f801586e6a66cbc885463d070d207f77f5b21233483bd63f2df98b8bc221d2679b38c1bfc8633a0e832dc3b89498a181880e",
    "6a61f3077f2b9e845d15f468ab95776a53eae7c79cd3c8df6bbd1e42f1850322",
  ],
  [
    "138 zero bytes",
    Blob.of(new Uint8Array(138)),
    "c843343b770f3a570be53ead8f621b85aa4708c751312233181a443c9c29222620ed7a87921e401db77cb8b70dd5cf63f78f40575901a73c5efa65c1f89f0e02",
    "8cf6201e9939ca73f0589524030f138354a81ca77d7a4645db5c45d2653ec093",
  ],
];

for (const [name, value, signature, hash] of ROWS) {
  test(`signed ${name}`, () => {
    const signed = SignedData.sign(KEY_PAIR, value);
    expect(toHex(signed.signature)).toBe(signature);
    expect(toHex(hashBytes(signed))).toBe(hash);
    expect(signed.isSigned()).toBe(true);
    const again = SignedData.of(KEY_PAIR.publicKey, bytesOf(signature), value);
    expect(again.verified).toBeNull();
    expect(again.isSigned()).toBe(true);
    expect(again.verified).toBe(true);
  });
}

describe("what is signed", () => {
  test("is the value when it is embedded, else a branch, loaded or not", () => {
    expect(toHex(SignedData.sign(KEY_PAIR, 1).signedBytes())).toBe("1101");
    const signed = SignedData.sign(KEY_PAIR, ROWS[1]?.[1] ?? null);
    expect(signed.signedBytes()).toHaveLength(33);
    const lazy = decode(encoding(signed).slice(), CAD3_TABLE, NO_CELLS) as SignedData;
    expect(lazy.isSigned()).toBe(true);
  });

  test("are the end of the encoding, known or not, with a key or without", () => {
    const value = fc.uint8Array({ maxLength: 400 }).map((bytes) => Blob.of(bytes));
    fc.assert(
      fc.property(value, fc.boolean(), (blob, hasKey) => {
        const { publicKey, signature } = SignedData.sign(KEY_PAIR, blob);
        const signed = SignedData.of(hasKey ? publicKey : null, signature, blob);
        const before = signed.signedBytes();
        const bytes = encoding(signed);
        expect(signed.signedBytes()).toEqual(before);
        const again = decode(bytes.slice(), CAD3_TABLE, NO_CELLS) as SignedData;
        expect(again.signedBytes()).toEqual(before);
        expect(toHex(bytes)).toEndWith(toHex(before));
      }),
    );
  });

  test("another value, key or signature fails", () => {
    const { signature } = SignedData.sign(KEY_PAIR, 1);
    const otherKey = KeyPair.fromSeed(new Uint8Array(32).fill(1)).publicKey;
    expect(SignedData.of(KEY_PAIR.publicKey, signature, 2).isSigned()).toBe(false);
    expect(SignedData.of(otherKey, signature, 1).isSigned()).toBe(false);
    expect(SignedData.of(KEY_PAIR.publicKey, new Uint8Array(64), 1).isSigned()).toBe(false);
  });
});

test("fields by keyword", () => {
  const signed = SignedData.sign(KEY_PAIR, 1);
  const field = (name: string) => fieldByKey(signed, Keyword.of(name)) ?? null;
  expect(equals(field("public-key"), Blob.of(KEY_PAIR.publicKey))).toBe(true);
  expect(equals(field("signature"), Blob.of(signed.signature))).toBe(true);
  expect(field("value")).toBe(1);
  expect(fieldByKey(signed, Keyword.of("other"))).toBeUndefined();
  expect(fieldByKey(signed, 1)).toBeUndefined();
});
