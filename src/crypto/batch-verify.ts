// hot: see test/bench. Many Ed25519 signatures in one equation (Bernstein, Duif, Lange, Schwabe and
// Yang 2012, §5), the cofactored one of the network (sheet 01 §9): 8·(Σ z·R + Σ z·h·A - (Σ z·S)·B)
// = 0 with a coefficient z of 128 bits for each. That it holds although one of them is bad has a
// chance of 2^-128. The coefficients are hashed from all that is checked, so that whoever made the
// signatures could not know them before, and that the same batch gets the same answer everywhere.

import { Curve } from "./batch/curve.ts";
import { ADDEND_BYTES, POINT_BYTES, WORDS } from "./batch/curve-code.ts";
import { isUnreduced } from "./point-bytes.ts";
import { keyOf } from "./sha3.ts";

/** A signature over a message. */
export interface SignedBytes {
  /** 32 bytes, not of small order, y below p. */
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** 64 bytes, S below L. */
  readonly signature: Uint8Array;
}

/** Signatures in one equation. */
export const BATCH_MAX = 1_024;

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The base point (RFC 8032 §5.1): y = 4/5. */
const BASE = Buffer.from(`58${"66".repeat(31)}`, "hex");
const WORD = 8;
const HALF = 32;
const SCALAR_BITS = 253;
const COEFFICIENT_LENGTH = WORDS.COEFFICIENT * WORD;
const COEFFICIENT_BITS = 8 * COEFFICIENT_LENGTH;
const DIGEST_LENGTH = WORDS.DIGEST * WORD;
const HASHED_LENGTH = DIGEST_LENGTH + HALF;
/** What is hashed behind R and a key: the bytes of a value in child position, 140 at most. */
const SHORT_MESSAGE = 192;
const DIGIT_BITS_MAX = 8;
const DIGITS_MAX = Math.ceil((SCALAR_BITS + 1) / 4) + 1;

class BatchVerifier {
  readonly #curve: Curve;
  /** R of each signature, then keys, then the base point. */
  readonly #addends: number;
  readonly #buckets: number;
  readonly #sum: number;
  readonly #running: number;
  readonly #total: number;
  readonly #bytes: number;
  readonly #coefficient: number;
  /** Digest and S of a signature. */
  readonly #hashed: number;
  readonly #scalarSum: number;
  readonly #keySums: number;
  readonly #isFilled = new Uint8Array(2 ** (DIGIT_BITS_MAX - 1) + 1);
  readonly #digits = new Int16Array((2 * BATCH_MAX + 1) * DIGITS_MAX);

  constructor(curve: Curve) {
    this.#curve = curve;
    this.#addends = curve.allocateAddends(2 * BATCH_MAX + 1);
    this.#buckets = curve.allocatePoints(2 ** (DIGIT_BITS_MAX - 1) + 1);
    this.#sum = curve.allocatePoints(1);
    this.#running = curve.allocatePoints(1);
    this.#total = curve.allocatePoints(1);
    this.#bytes = curve.allocate(HALF);
    this.#coefficient = curve.allocate(WORDS.COEFFICIENT * WORD);
    this.#hashed = curve.allocate(HASHED_LENGTH);
    this.#scalarSum = curve.allocate(WORDS.SUM * WORD);
    this.#keySums = curve.allocate(BATCH_MAX * WORDS.SUM * WORD);
  }

  #addend(index: number): number {
    return this.#addends + index * ADDEND_BYTES;
  }

  /** Makes an addend of a point's 32 bytes; false when they are none. */
  #decode(index: number, bytes: Uint8Array): boolean {
    this.#curve.bytes.set(bytes, this.#bytes);
    return this.#curve.functions.decode(this.#addend(index), this.#bytes) === 1;
  }

  verify(batch: readonly SignedBytes[]): boolean {
    const n = batch.length;
    // Of each the digest that its equation has, and its S: what the coefficients are hashed from.
    const hashed = Buffer.alloc(n * HASHED_LENGTH);
    const keys = new Map<string, number>();
    const keyOfEach: number[] = [];
    for (const [i, { publicKey, message, signature }] of batch.entries()) {
      const r = signature.subarray(0, HALF);
      if (isUnreduced(r) || !this.#decode(i, r)) return false;
      const at = i * HASHED_LENGTH;
      digestOf(r, publicKey, message, hashed.subarray(at, at + DIGEST_LENGTH));
      hashed.set(signature.subarray(HALF), at + DIGEST_LENGTH);
      const name = keyOf(publicKey);
      let key = keys.get(name);
      if (key === undefined) {
        key = keys.size;
        if (!this.#decode(n + key, publicKey)) return false;
        keys.set(name, key);
      }
      keyOfEach.push(key);
    }
    this.#sumUp(hashed, keyOfEach, keys.size);
    return this.#isZero(n, n + keys.size + 1);
  }

  /**
   * Makes the digits of all scalars: of the coefficients, and of the sums by key and for the base
   * point.
   */
  #sumUp(hashed: Buffer, keyOfEach: readonly number[], keyCount: number): void {
    const { bytes, functions } = this.#curve;
    const n = keyOfEach.length;
    const sumLength = WORDS.SUM * WORD;
    bytes.fill(0, this.#scalarSum, this.#scalarSum + sumLength);
    bytes.fill(0, this.#keySums, this.#keySums + keyCount * sumLength);
    const seed = Buffer.alloc(DIGEST_LENGTH + 4);
    sha512(hashed, seed.subarray(0, DIGEST_LENGTH));
    const coefficients = Buffer.alloc(DIGEST_LENGTH);
    for (const [i, key] of keyOfEach.entries()) {
      const part = (i * COEFFICIENT_LENGTH) % DIGEST_LENGTH;
      if (part === 0) {
        seed.writeUInt32LE(i, DIGEST_LENGTH);
        sha512(seed, coefficients);
      }
      bytes.set(coefficients.subarray(part, part + COEFFICIENT_LENGTH), this.#coefficient);
      this.#cut(i, coefficients, part, COEFFICIENT_LENGTH, n);
      const at = i * HASHED_LENGTH;
      bytes.set(hashed.subarray(at, at + HASHED_LENGTH), this.#hashed);
      functions.addDigest(this.#keySums + key * sumLength, this.#coefficient, this.#hashed);
      functions.addScalar(this.#scalarSum, this.#coefficient, this.#hashed + DIGEST_LENGTH);
    }
    for (let key = 0; key < keyCount; key++) {
      const sum = this.#curve.integer(this.#keySums + key * sumLength, WORDS.SUM);
      this.#cutInteger(n + key, sum % ORDER, n);
    }
    const scalar = this.#curve.integer(this.#scalarSum, WORDS.SUM) % ORDER;
    this.#decode(n + keyCount, BASE);
    this.#cutInteger(n + keyCount, ORDER - scalar, n);
  }

  #cutInteger(index: number, value: bigint, n: number): void {
    const hex = value.toString(16).padStart(2 * HALF, "0");
    this.#cut(index, Buffer.from(hex, "hex").reverse(), 0, HALF, n);
  }

  /** Cuts a number of so many bytes into digits from -2^(bits-1) to 2^(bits-1), lowest first. */
  #cut(index: number, bytes: Uint8Array, from: number, length: number, n: number): void {
    const bits = digitBits(n);
    const half = 1 << (bits - 1);
    const count = digitCount(8 * length, bits);
    const first = index * DIGITS_MAX;
    let buffer = 0;
    let buffered = 0;
    let next = from;
    const end = from + length;
    let carry = 0;
    for (let k = 0; k < count; k++) {
      if (buffered < bits && next < end) {
        buffer |= (bytes[next++] as number) << buffered;
        buffered += 8;
      }
      let digit = (buffer & ((1 << bits) - 1)) + carry;
      buffer >>>= bits;
      buffered -= bits;
      carry = 0;
      if (digit > half) {
        digit -= 1 << bits;
        carry = 1;
      }
      this.#digits[first + k] = digit;
    }
  }

  /**
   * Whether eight times the sum of all addends by their scalars is 0; the first n have short ones.
   */
  #isZero(n: number, total: number): boolean {
    const curve = this.#curve;
    const { functions } = curve;
    const bits = digitBits(n);
    const short = digitCount(COEFFICIENT_BITS, bits);
    curve.clearPoint(this.#sum);
    for (let k = digitCount(8 * HALF, bits) - 1; k >= 0; k--) {
      for (let i = 0; i < bits; i++) functions.double(this.#sum);
      this.#addColumn(k, k < short ? 0 : n, total);
    }
    for (let i = 0; i < 3; i++) functions.double(this.#sum);
    return functions.isNeutral(this.#sum) === 1;
  }

  /** Adds the addends from one to another by one of their digits to the sum (Pippenger). */
  #addColumn(k: number, from: number, to: number): void {
    const { functions } = this.#curve;
    const isFilled = this.#isFilled.fill(0);
    let highest = 0;
    for (let i = from; i < to; i++) {
      const digit = this.#digits[i * DIGITS_MAX + k] as number;
      if (digit === 0) continue;
      const number = Math.abs(digit);
      const bucket = this.#buckets + number * POINT_BYTES;
      if (isFilled[number] === 0) {
        isFilled[number] = 1;
        this.#curve.clearPoint(bucket);
        if (number > highest) highest = number;
      }
      if (digit > 0) functions.addAddend(bucket, this.#addend(i));
      else functions.subAddend(bucket, this.#addend(i));
    }
    if (highest === 0) return;
    this.#curve.clearPoint(this.#running);
    this.#curve.clearPoint(this.#total);
    for (let number = highest; number > 0; number--) {
      if (isFilled[number] === 1) {
        functions.addPoint(this.#running, this.#buckets + number * POINT_BYTES);
      }
      functions.addPoint(this.#total, this.#running);
    }
    functions.addPoint(this.#sum, this.#total);
  }
}

/** Bits of a digit that make the fewest additions, for so many signatures. */
function digitBits(n: number): number {
  if (n >= 512) return 8;
  if (n >= 192) return 7;
  if (n >= 64) return 6;
  return n >= 24 ? 5 : 4;
}

function digitCount(bits: number, digit: number): number {
  return Math.floor(bits / digit) + 1;
}

const joined = Buffer.alloc(2 * HALF + SHORT_MESSAGE);

function digestOf(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array, out: Uint8Array) {
  const length = 2 * HALF + message.length;
  const bytes = length <= joined.length ? joined : Buffer.alloc(length);
  bytes.set(r, 0);
  bytes.set(publicKey, HALF);
  bytes.set(message, 2 * HALF);
  sha512(bytes.subarray(0, length), out);
}

function sha512(bytes: Uint8Array, out: Uint8Array): void {
  Bun.CryptoHasher.hash("sha512", bytes, out);
}

let verifier: BatchVerifier | null | undefined;

function verifierOf(): BatchVerifier | null {
  if (verifier === undefined) {
    const curve = Curve.instance;
    verifier = curve === null ? null : new BatchVerifier(curve);
  }
  return verifier;
}

/** Whether all of them are good; false also when one of them is not, or this runtime can't tell. */
export function solveTogether(batch: readonly SignedBytes[]): boolean {
  if (batch.length > BATCH_MAX) throw new RangeError(`${batch.length} signatures at once`);
  return verifierOf()?.verify(batch) ?? false;
}
