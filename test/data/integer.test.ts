import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encodedLength, encoding } from "../../src/data/encode.ts";
import {
  add,
  beginsWithZeroByte,
  compareIntegers,
  integer,
  integerBytes,
  integerFromBytes,
  integerLength,
  isLong,
  LONG_MAX,
  LONG_MIN,
  multiply,
  negate,
  subtract,
} from "../../src/data/integer.ts";

const SEED = { seed: 85, numRuns: 500 };
const BIG_MAX = 2n ** 32767n - 1n;

/** Integers near powers of two, where lengths and representations change. */
const edges = fc
  .tuple(fc.integer({ min: 0, max: 140 }), fc.integer({ min: -3, max: 3 }), fc.boolean())
  .map(([power, offset, negative]) => (negative ? -1n : 1n) * 2n ** BigInt(power) + BigInt(offset));
const bigints = fc.oneof(edges, fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }));

/** Minimal two's complement the slow way. */
function slowHex(b: bigint): string {
  let bits = 8n;
  while (b < -(2n ** (bits - 1n)) || b >= 2n ** (bits - 1n)) bits += 8n;
  return BigInt.asUintN(Number(bits), b)
    .toString(16)
    .padStart(Number(bits / 4n), "0");
}

describe("representation", () => {
  test("number exactly when safe", () => {
    expect(integer(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
    expect(integer(2n ** 53n)).toBe(2n ** 53n);
    expect(integer(-(2n ** 53n) + 1n)).toBe(Number.MIN_SAFE_INTEGER);
    expect(integer(-(2n ** 53n))).toBe(-(2n ** 53n));
  });

  test("bytes are minimal two's complement, and read back", () => {
    fc.assert(
      fc.property(bigints, (b) => {
        const bytes = integerBytes(integer(b));
        expect(toHex(bytes)).toBe(slowHex(b));
        expect(integerFromBytes(bytes)).toBe(integer(b));
      }),
      SEED,
    );
  });

  test("bytes and lengths at every power of two", () => {
    for (let power = 0n; power <= 140n; power++) {
      for (const b of [2n ** power - 1n, 2n ** power, -(2n ** power), -(2n ** power) - 1n]) {
        const i = integer(b);
        expect(toHex(integerBytes(i))).toBe(slowHex(b));
        expect(integerLength(i)).toBe(slowHex(b).length / 2);
        expect(encodedLength(i)).toBe(encoding(i).length);
      }
    }
  });

  test("beginsWithZeroByte is about the first of the minimal bytes of what is above the Longs", () => {
    const long = fc
      .tuple(fc.bigInt({ min: 1n, max: 2n ** 80n }), fc.integer({ min: 0, max: 4000 }))
      .map(([b, bytes]) => b << BigInt(8 * bytes));
    fc.assert(
      fc.property(fc.oneof(bigints, long), (b) => {
        expect(beginsWithZeroByte(b)).toBe(b > LONG_MAX && integerBytes(b)[0] === 0);
      }),
      SEED,
    );
  });

  test("encoding reads back and has the measured length", () => {
    fc.assert(
      fc.property(bigints, (b) => {
        const i = integer(b);
        const bytes = encoding(i);
        expect(encodedLength(i)).toBe(bytes.length);
        expect(decode(bytes, CAD3_TABLE)).toBe(i);
      }),
      SEED,
    );
  });

  test("bytes that are not minimal are sign-extended", () => {
    expect(integerFromBytes(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]))).toBe(511);
    expect(integerFromBytes(new Uint8Array(20).fill(0xff))).toBe(-1);
    expect(integerFromBytes(new Uint8Array([0xff, 0x80]))).toBe(-128);
    expect(integerFromBytes(new Uint8Array(0))).toBe(0);
  });
});

describe("arithmetic", () => {
  test("agrees with bigint", () => {
    fc.assert(
      fc.property(bigints, bigints, (a, b) => {
        const [x, y] = [integer(a), integer(b)];
        expect(add(x, y)).toBe(integer(a + b));
        expect(subtract(x, y)).toBe(integer(a - b));
        expect(multiply(x, y)).toBe(integer(a * b));
        expect(negate(x)).toBe(integer(-a));
        expect(compareIntegers(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
      SEED,
    );
  });

  test("zero is never negative", () => {
    for (const zero of [multiply(0, -1), multiply(-5, 0), negate(0), subtract(0, 0)]) {
      expect(Object.is(zero, 0)).toBe(true);
    }
  });

  test("results of more than 4096 bytes do not exist", () => {
    expect(add(BIG_MAX, 0)).toBe(BIG_MAX);
    expect(add(BIG_MAX, 1)).toBeNull();
    expect(subtract(-BIG_MAX, 1)).toBe(-BIG_MAX - 1n);
    expect(subtract(-BIG_MAX, 2)).toBeNull();
    expect(negate(-BIG_MAX - 1n)).toBeNull();
    expect(multiply(BIG_MAX, -1)).toBe(-BIG_MAX);
    expect(multiply(BIG_MAX, 2)).toBeNull();
  });

  test("isLong is true of 64 bits and no more", () => {
    expect([LONG_MAX, LONG_MIN, 0, -1].every(isLong)).toBe(true);
    expect([LONG_MAX + 1n, LONG_MIN - 1n, null, true].some(isLong)).toBe(false);
  });
});
