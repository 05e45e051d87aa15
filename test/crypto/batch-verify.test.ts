import { describe, expect, test } from "bun:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { Curve } from "../../src/crypto/batch/curve.ts";
import { ADDEND_BYTES } from "../../src/crypto/batch/curve-code.ts";
import { BATCH_MAX, type SignedBytes, solveTogether } from "../../src/crypto/batch-verify.ts";
import { KeyPair, verify, verifyTogether } from "../../src/crypto/ed25519.ts";
import { bytesOf, fixtureRows } from "../data/fixture-rows.ts";
import { cofactoredSignature } from "./cofactored-signature.ts";

const { Point } = ed25519;
const PRIME = Point.Fp.ORDER;
const PROPERTY = { seed: 85, numRuns: 100 };

const seeds = Array.from({ length: 40 }, (_, i) => new Uint8Array(32).fill(i + 1));
const keyPairs = seeds.map(KeyPair.fromSeed);

function signedBytes(number: number, keyCount: number): SignedBytes {
  const keyPair = keyPairs[number % keyCount] as KeyPair;
  const message = Buffer.from(`message ${number}`);
  return { publicKey: keyPair.publicKey, message, signature: keyPair.sign(message) };
}

function batchOf(count: number, keyCount: number): SignedBytes[] {
  return Array.from({ length: count }, (_, i) => signedBytes(i, keyCount));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const other = Uint8Array.from(bytes);
  other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
  return other;
}

describe("signatures in one equation", () => {
  const sizes = [0, 1, 2, 7, 24, 64, 192, 512, BATCH_MAX];

  test.each(sizes)("%d good ones of one key, and of 40, hold", (count) => {
    expect(verifyTogether(batchOf(count, 1))).toBe(true);
    expect(verifyTogether(batchOf(count, 40))).toBe(true);
  });

  test("more than fit are refused", () => {
    expect(() => verifyTogether(batchOf(BATCH_MAX + 1, 1))).toThrow(RangeError);
  });

  test("one bad bit anywhere is seen", () => {
    const parts = ["publicKey", "message", "signature"] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.nat(),
        fc.constantFrom(...parts),
        fc.nat(),
        (count, at, part, bit) => {
          const batch = batchOf(count, 5);
          const index = at % count;
          const good = batch[index] as SignedBytes;
          const bytes = flipped(good[part], bit % (8 * good[part].length));
          batch[index] = { ...good, [part]: bytes };
          expect(verifyTogether(batch)).toBe(false);
        },
      ),
      PROPERTY,
    );
  });

  test("two bad ones do not make up for each other", () => {
    const batch = batchOf(16, 1);
    const [first, second] = batch as [SignedBytes, SignedBytes];
    const s = (signature: Uint8Array) => signature.subarray(32);
    const swapped = (own: SignedBytes, other: SignedBytes) => ({
      ...own,
      signature: Buffer.concat([own.signature.subarray(0, 32), s(other.signature)]),
    });
    batch[0] = swapped(first, second);
    batch[1] = swapped(second, first);
    expect(verifyTogether(batch)).toBe(false);
  });

  test("it is the network's equation, with the cofactor", () => {
    const [seed] = seeds as [Uint8Array];
    const message = Buffer.from("cofactored");
    const signature = cofactoredSignature(seed, message);
    const cofactored = { publicKey: (keyPairs[0] as KeyPair).publicKey, message, signature };
    expect(verify(cofactored.publicKey, message, signature)).toBe(true);
    expect(verifyTogether([...batchOf(9, 3), cofactored])).toBe(true);
  });

  test("what is accepted among others is accepted alone, by all kinds of signatures", () => {
    const rows = fixtureRows<{
      readonly key: string;
      readonly message: string;
      readonly signature: string;
      readonly valid: boolean;
    }>("signatures");
    const others = batchOf(8, 2);
    const differing = rows.filter(({ key, message, signature, valid }) => {
      const row = {
        publicKey: bytesOf(key),
        message: bytesOf(message),
        signature: bytesOf(signature),
      };
      return verifyTogether([...others, row]) !== valid;
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(differing).toEqual([]);
  });

  test("bytes of R that are no point, or not in their shortest form, are refused", () => {
    const good = signedBytes(0, 1);
    const one = `01${"00".repeat(31)}`;
    // y = 1 with x = 0 said to be negative, y = p + 1, and a y without x.
    for (const r of [`01${"00".repeat(30)}80`, `ee${"ff".repeat(30)}7f`, `02${"00".repeat(31)}`]) {
      const signature = Buffer.concat([Buffer.from(r, "hex"), good.signature.subarray(32)]);
      expect(solveTogether([{ ...good, signature }])).toBe(false);
    }
    expect(Point.fromHex(one).is0()).toBe(true);
  });
});

describe("the curve in WebAssembly", () => {
  const curve = Curve.instance as Curve;
  const functions = curve.functions as unknown as Record<string, (...at: number[]) => number>;
  const place = curve.allocate(40 * 3);
  const bytesAt = curve.allocate(32);
  const addend = curve.allocate(ADDEND_BYTES);

  function put(at: number, limbs: readonly bigint[]): void {
    const words = new BigUint64Array(curve.functions.memory.buffer, at, 5);
    limbs.forEach((limb, i) => {
      words[i] = limb;
    });
  }
  function valueAt(at: number): bigint {
    const words = new BigUint64Array(curve.functions.memory.buffer, at, 5);
    return [...words].reduce((sum, limb, i) => sum + (limb << BigInt(51 * i)), 0n);
  }

  const edge = [0n, 1n, 18n, 19n, 2n ** 51n - 20n, 2n ** 51n - 1n, 2n ** 51n, 2n ** 54n - 1n];
  const limb = fc.oneof(fc.constantFrom(...edge), fc.bigInt(0n, 2n ** 54n - 1n));
  const element = fc.array(limb, { minLength: 5, maxLength: 5 });
  const of = (limbs: readonly bigint[]) =>
    limbs.reduce((sum, word, i) => sum + (word << BigInt(51 * i)), 0n) % PRIME;

  test("products and squares are those modulo p, with limbs of up to 54 bits", () => {
    fc.assert(
      fc.property(element, element, (a, b) => {
        put(place + 40, a);
        put(place + 80, b);
        functions.mul?.(place, place + 40, place + 80);
        expect(valueAt(place) % PRIME).toBe((of(a) * of(b)) % PRIME);
        functions.square?.(place, place + 40);
        expect(valueAt(place) % PRIME).toBe((of(a) * of(a)) % PRIME);
        functions.squareTimes?.(place, place + 40, 3);
        expect(valueAt(place) % PRIME).toBe(Point.Fp.pow(of(a), 8n));
        for (const word of new BigUint64Array(curve.functions.memory.buffer, place, 5)) {
          expect(word < 2n ** 51n + 2n ** 13n).toBe(true);
        }
      }),
      { ...PROPERTY, numRuns: 2_000 },
    );
  });

  test("the least representative is found", () => {
    const near = Array.from({ length: 60 }, (_, i) => PRIME + BigInt(i) - 20n);
    const cut = (value: bigint) =>
      Array.from({ length: 5 }, (_, i) =>
        i < 4 ? (value >> BigInt(51 * i)) & (2n ** 51n - 1n) : value >> 204n,
      );
    for (const value of [...near, 2n ** 255n - 1n, 0n]) {
      put(place, cut(value));
      functions.freeze?.(place, place);
      expect(valueAt(place)).toBe(value % PRIME);
    }
    fc.assert(
      fc.property(element, (a) => {
        put(place, a);
        functions.freeze?.(place, place);
        expect(valueAt(place)).toBe(of(a));
      }),
      { ...PROPERTY, numRuns: 2_000 },
    );
  });

  test("bytes are the points that they are elsewhere", () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, (candidate) => {
        // Whoever calls has looked at y.
        candidate[31] = (candidate[31] as number) & 0xbf;
        const expected = pointOf(candidate);
        curve.bytes.set(candidate, bytesAt);
        expect(curve.functions.decode(addend, bytesAt)).toBe(expected === null ? 0 : 1);
        if (expected === null) return;
        const { x, y } = expected.toAffine();
        const difference = (y - x + PRIME) % PRIME;
        expect(valueAt(addend) % PRIME).toBe((y + x) % PRIME);
        expect(valueAt(addend + 40) % PRIME).toBe(difference);
      }),
      { ...PROPERTY, numRuns: 300 },
    );
  });
});

function pointOf(bytes: Uint8Array) {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return null;
  }
}
