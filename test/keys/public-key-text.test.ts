// Checksum hex of public keys (sheet 05 §4.1).

import { expect, test } from "bun:test";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { checksumHex, PublicKeyTextError, parsePublicKey } from "../../src/keys/public-key-text.ts";

const SEED_1 = fromHex("00".repeat(31).concat("01")) as Uint8Array;
const CHECKSUM = "4Cb5aBF6Ad79fBf5ABbcCafCC269d85cD2651ed4B885B5869F241aedF0A5BA29";

test("the sheet's vector", () => {
  expect(checksumHex(KeyPair.fromSeed(SEED_1).publicKey)).toBe(CHECKSUM);
});

test.each([
  CHECKSUM,
  `0x${CHECKSUM}`,
  CHECKSUM.toLowerCase(),
  CHECKSUM.toUpperCase(),
  ` ${CHECKSUM}\n`,
])("read: %s", (text) => {
  expect(toHex(parsePublicKey(text))).toBe(CHECKSUM.toLowerCase());
});

test.each([
  ["", "64 hex digits"],
  [CHECKSUM.slice(2), "64 hex digits"],
  [`${CHECKSUM}00`, "64 hex digits"],
  [CHECKSUM.replace("4Cb5", "4cb5"), "checksum"],
  [CHECKSUM.replace("4Cb5", "4Cb6"), "checksum"],
])("refused: %s", (text, reason) => {
  expect(() => parsePublicKey(text)).toThrow(PublicKeyTextError);
  expect(() => parsePublicKey(text)).toThrow(reason);
});
