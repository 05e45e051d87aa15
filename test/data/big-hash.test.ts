// Integers around the length from which they are cells of their own.

import { expect, test } from "bun:test";
import { sha3Key } from "../../src/crypto/sha3.ts";
import { isLargeInteger, knownHash, rememberHash } from "../../src/data/big-hash.ts";
import { MAX_EMBEDDED_LENGTH } from "../../src/data/cell.ts";
import { encodedLength, encoding, slotLength } from "../../src/data/encode.ts";
import { Vector } from "../../src/data/vector.ts";

const BRANCH_LENGTH = 33;

test("an Integer is large exactly when its encoding is not embedded", () => {
  for (let bits = 1080; bits <= 1104; bits++) {
    for (const delta of [-1n, 0n, 1n]) {
      for (const sign of [1n, -1n]) {
        const b = sign * (1n << BigInt(bits)) + delta;
        expect(isLargeInteger(b)).toBe(encodedLength(b) > MAX_EMBEDDED_LENGTH);
        expect(encoding(b).length).toBe(encodedLength(b));
        expect(slotLength(b)).toBe(Math.min(encodedLength(b), isLargeInteger(b) ? 33 : 140));
      }
    }
  }
});

test("hashes are remembered of 16 to 32 MB of Integers, the youngest", () => {
  const integers = Array.from({ length: 3 }, (_, i) => (1n << 9000n) + BigInt(i));
  const [oldest, older, youngest] = integers as [bigint, bigint, bigint];
  for (const b of integers) rememberHash(b, `hash of ${b}`, 10 << 20);
  expect(knownHash(youngest)).toBe(`hash of ${youngest}`);
  expect(knownHash(older)).toBe(`hash of ${older}`);
  expect(knownHash(oldest)).toBeUndefined();
});

test("the hash that a tree holds is that of the encoding, the first time and from memory", () => {
  for (let i = 0; i < 3000; i++) {
    const b = (1n << 32_000n) + BigInt(i % 1500);
    const bytes = encoding(Vector.of(b));
    expect(bytes.length).toBe(2 + BRANCH_LENGTH);
    expect(Buffer.from(bytes.subarray(3)).toString("latin1")).toBe(sha3Key(encoding(b)));
  }
});
