import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { KeyPair, verify, verifyExactly, verifyStrictly } from "../../src/crypto/ed25519.ts";
import { toHex } from "../../src/crypto/hex.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { cofactoredSignature, R_OF_ORDER_8 } from "./cofactored-signature.ts";

interface SignatureRow {
  readonly kind: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

const PROPERTY = { seed: 85, numRuns: 60 };
const ORDER = ed25519.Point.Fn.ORDER;

/** Key pair K of sheet 01 §22. */
const SEED = "000000121030506ee10cc1c695ecbdea216aac6ab46feff0a19a8f0f0ddf81ef";
const PUBLIC_KEY = "f30e2d4239de4831adb4e2c98b135a3efa582382fbb3a9c990379f3ecf4e0386";
const SIGNED_1 =
  "d02b44ac11974f883deb1294a635f801586e6a66cbc885463d070d207f77f5b21233483bd63f2df98b8bc221d2679b38c1bfc8633a0e832dc3b89498a181880e";

function littleEndian(n: bigint): Uint8Array {
  return bytesOf(n.toString(16).padStart(64, "0")).reverse();
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}

/** h of the verification equation, and the secret scalar of a seed. */
function challenge(r: Uint8Array, key: Uint8Array, message: Uint8Array): bigint {
  return number(createHash("sha512").update(r).update(key).update(message).digest()) % ORDER;
}

describe("verify", () => {
  const rows = fixtureRows<SignatureRow>("signatures");

  test("has rows of every kind", () => {
    expect(new Set(rows.map((row) => row.kind)).size).toBe(13);
  });

  test.each(rows.map((row, i) => [i, row.kind, row] as const))("row %d: %s", (_i, _kind, row) => {
    const accepted = verify(bytesOf(row.key), bytesOf(row.message), bytesOf(row.signature));
    expect(accepted).toBe(row.valid);
  });

  test("accepts R of small order: S·B = h·A", () => {
    const seed = bytesOf(SEED);
    const { scalar, pointBytes: key } = ed25519.utils.getExtendedPublicKey(seed);
    const message = new Uint8Array([1, 2, 3]);
    for (const r of [
      "0100000000000000000000000000000000000000000000000000000000000000",
      "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ]) {
      const s = (challenge(bytesOf(r), key, message) * scalar) % ORDER;
      expect(verify(key, message, Buffer.concat([bytesOf(r), littleEndian(s)]))).toBe(true);
    }
  });

  test("its halves: the strict one accepts nothing else, the exact one all", () => {
    for (const { key, message, signature, valid } of rows) {
      const parts = [bytesOf(key), bytesOf(message), bytesOf(signature)] as const;
      expect(verifyExactly(...parts)).toBe(valid);
      if (verifyStrictly(...parts)) expect(valid).toBe(true);
    }
    const seed = bytesOf(SEED);
    const message = new Uint8Array([1, 2, 3]);
    const parts = [bytesOf(PUBLIC_KEY), message, cofactoredSignature(seed, message)] as const;
    expect([verifyStrictly(...parts), verifyExactly(...parts), verify(...parts)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("the exact half agrees with the library's, before it has a table for a key and with it", () => {
    const { Point } = ed25519;
    const { scalar, point } = ed25519.utils.getExtendedPublicKey(bytesOf(SEED));
    const torsion = Point.fromBytes(bytesOf(R_OF_ORDER_8));
    let accepted = 0;
    for (const dirt of [Point.ZERO, torsion, torsion.double()]) {
      const key = point.add(dirt).toBytes();
      for (let i = 0; i < 40; i++) {
        const message = new Uint8Array([i]);
        const nonce = BigInt(1_000_003 * (i + 1));
        const r = Point.BASE.multiply(nonce)
          .add(i % 4 === 1 ? torsion : Point.ZERO)
          .toBytes();
        // One of three is off by one.
        const s = (nonce + challenge(r, key, message) * scalar + BigInt(i % 3 === 0)) % ORDER;
        const signature = Buffer.concat([r, littleEndian(s)]);
        const isValid = ed25519.verify(signature, message, key, { zip215: false });
        expect(verifyExactly(key, message, signature)).toBe(isValid);
        expect(isValid).toBe(i % 3 !== 0);
        if (isValid) accepted++;
      }
    }
    expect(accepted).toBe(78);
  });

  test("refuses R that is not reduced, although it decodes to a point", () => {
    // y = p + 1 is the neutral element written another way
    const r = bytesOf("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    const { scalar, pointBytes: key } = ed25519.utils.getExtendedPublicKey(bytesOf(SEED));
    const message = new Uint8Array(3);
    const s = (challenge(r, key, message) * scalar) % ORDER;
    expect(verify(key, message, Buffer.concat([r, littleEndian(s)]))).toBe(false);
  });

  test("refuses input of the wrong length without an error", () => {
    const pair = KeyPair.fromSeed(bytesOf(SEED));
    const message = new Uint8Array(5);
    const signature = pair.sign(message);
    expect(verify(pair.publicKey.subarray(1), message, signature)).toBe(false);
    expect(verify(pair.publicKey, message, signature.subarray(1))).toBe(false);
    expect(verify(new Uint8Array(0), message, new Uint8Array(0))).toBe(false);
    expect(verify(pair.publicKey, message, Buffer.concat([signature, message]))).toBe(false);
  });

  test("agrees with itself on what it signed, and refuses one bit of difference", () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 300 }), fc.nat(511), (seed, message, bit) => {
        const pair = KeyPair.fromSeed(seed);
        const signature = pair.sign(message);
        expect(verify(pair.publicKey, message, signature)).toBe(true);
        signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(verify(pair.publicKey, message, signature)).toBe(false);
      }),
      PROPERTY,
    );
  });

  test("never throws on garbage", () => {
    const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n });
    fc.assert(
      fc.property(bytes(32), bytes(8), bytes(64), (key, message, signature) => {
        expect(verify(key, message, signature)).toBe(false);
      }),
      PROPERTY,
    );
  });
});

describe("KeyPair", () => {
  const pair = KeyPair.fromSeed(bytesOf(SEED));

  test("signs as the reference does", () => {
    expect(toHex(pair.publicKey)).toBe(PUBLIC_KEY);
    expect(toHex(pair.sign(bytesOf("1101")))).toBe(SIGNED_1);
  });

  test("shows nothing but the public key", () => {
    const shown = [String(pair), inspect(pair), Bun.inspect(pair), JSON.stringify({ pair })];
    shown.push(inspect({ nested: [pair] }, { depth: 9, showHidden: true }));
    for (const text of shown) {
      expect(text).toContain(PUBLIC_KEY);
      expect(text).not.toContain(SEED.slice(0, 16));
    }
    expect(Object.keys(pair)).toEqual(["publicKey"]);
  });

  test("needs a seed of 32 bytes", () => {
    expect(() => KeyPair.fromSeed(new Uint8Array(31))).toThrow(RangeError);
  });
});
