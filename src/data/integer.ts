// hot: see test/bench. CVM Integer (sheet 01 §4): a `number` exactly when it is a safe integer and
// not -0, else a `bigint`. All arithmetic on Integers is here; it tries the safe range first.

import { toHex } from "../crypto/hex.ts";
import type { Integer, Value } from "./cell.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

/** Bytes of the longest integers, in two's complement; longer ones are no values. */
export const MAX_BIG_INTEGER_LENGTH = 4096;
export const LONG_MAX = 2n ** 63n - 1n;
export const LONG_MIN = -(2n ** 63n);

const BIG_MAX = 2n ** BigInt(8 * MAX_BIG_INTEGER_LENGTH - 1) - 1n;
const BIG_MIN = -BIG_MAX - 1n;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const SAFE_MAX_BIG = BigInt(SAFE_MAX);
const TWO_32 = 0x100000000;

/** Whether v is an Integer of any size. A Double is a cell, so no `number` is one. */
export function isInteger(v: Value): v is Integer {
  return typeof v === "number" || typeof v === "bigint";
}

/** Whether v is an Integer within 64 bits. */
export function isLong(v: Value): v is Integer {
  return typeof v === "number" || (typeof v === "bigint" && v >= LONG_MIN && v <= LONG_MAX);
}

/** The Integer that equals b. */
export function integer(b: bigint): Integer {
  return b <= SAFE_MAX_BIG && b >= -SAFE_MAX_BIG ? Number(b) : b;
}

/** The Integer that equals b, null when it takes over 4096 bytes. */
function bounded(b: bigint): Integer | null {
  if (b <= SAFE_MAX_BIG && b >= -SAFE_MAX_BIG) return Number(b);
  return b <= BIG_MAX && b >= BIG_MIN ? b : null;
}

/** a + b; null when it takes over 4096 bytes. */
export function add(a: Integer, b: Integer): Integer | null {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= SAFE_MAX && sum >= -SAFE_MAX) return sum;
  }
  return bounded(BigInt(a) + BigInt(b));
}

/** a - b; null when it takes over 4096 bytes. */
export function subtract(a: Integer, b: Integer): Integer | null {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (difference <= SAFE_MAX && difference >= -SAFE_MAX) return difference;
  }
  return bounded(BigInt(a) - BigInt(b));
}

/** a * b; null when it takes over 4096 bytes. */
export function multiply(a: Integer, b: Integer): Integer | null {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    // Adding 0 turns -0 into 0.
    if (product <= SAFE_MAX && product >= -SAFE_MAX) return product + 0;
  }
  return bounded(BigInt(a) * BigInt(b));
}

/** -a, never -0; null for the least Integer, whose opposite takes over 4096 bytes. */
export function negate(a: Integer): Integer | null {
  return typeof a === "number" ? 0 - a : bounded(-a);
}

/**
 * a + b of counts, positions, amounts and times: far below the limit of 4096 bytes, so never null.
 */
export function plus(a: Integer, b: Integer): Integer {
  return add(a, b) as Integer;
}

/** a - b of such numbers. */
export function minus(a: Integer, b: Integer): Integer {
  return subtract(a, b) as Integer;
}

/** The lesser of two; Math.min does not take a bigint. */
export function lesser(a: Integer, b: Integer): Integer {
  return a < b ? a : b;
}

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export function compareIntegers(a: Integer, b: Integer): number {
  // A number and a bigint compare by their exact values.
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Bytes of the minimal two's complement form; 0 takes 1. */
export function integerLength(i: Integer): number {
  if (typeof i === "number") return safeLength(i);
  if (i >= LONG_MIN && i <= LONG_MAX) {
    return i >= -(2n ** 55n) && i < 2n ** 55n ? 7 : 8;
  }
  const digits = (i < 0n ? ~i : i).toString(16);
  // A leading digit of 8 or more in an even number of digits needs a byte for the sign.
  return (digits.length >> 1) + (digits.length % 2 === 1 || digits.charCodeAt(0) >= 0x38 ? 1 : 0);
}

/** 2^(64 k) by k, made when first asked for. */
const WORD_BOUNDS: bigint[] = [];

function wordBound(words: number): bigint {
  WORD_BOUNDS[words] ??= 1n << BigInt(64 * words);
  return WORD_BOUNDS[words];
}

/**
 * Whether i is above the Longs and its minimal bytes begin with 0x00. Takes half a microsecond at
 * most, where integerLength takes ten.
 */
export function beginsWithZeroByte(i: bigint): boolean {
  if (i <= LONG_MAX) return false;
  let least = 1;
  let most = MAX_BIG_INTEGER_LENGTH / 8;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (i < wordBound(middle)) most = middle;
    else least = middle + 1;
  }
  const digits = (i >> BigInt(64 * (least - 1))).toString(16);
  return digits.length % 2 === 0 && digits.charCodeAt(0) >= 0x38;
}

function safeLength(n: number): number {
  if (n >= -0x80 && n < 0x80) return 1;
  if (n >= -0x8000 && n < 0x8000) return 2;
  if (n >= -0x800000 && n < 0x800000) return 3;
  if (n >= -0x80000000 && n < 0x80000000) return 4;
  const high = Math.floor(n / TWO_32);
  if (high >= -0x80 && high < 0x80) return 5;
  return high >= -0x8000 && high < 0x8000 ? 6 : 7;
}

/** Minimal two's complement, big-endian; 0 gives one zero byte. */
export function integerBytes(i: Integer): Uint8Array {
  if (typeof i === "bigint") return bigBytes(i);
  const bytes = new Uint8Array(safeLength(i));
  putSafe(bytes, 0, bytes.length, i);
  return bytes;
}

function putSafe(target: Uint8Array, start: number, length: number, n: number): void {
  // The 32-bit operators take n modulo 2^32, which is the lower half of its two's complement.
  let low = n | 0;
  let p = start + length - 1;
  for (const lowStart = Math.max(start, p - 3); p >= lowStart; p--) {
    target[p] = low;
    low >>= 8;
  }
  if (length <= 4) return;
  let high = Math.floor(n / TWO_32);
  for (; p >= start; p--) {
    target[p] = high;
    high >>= 8;
  }
}

function bigBytes(b: bigint): Uint8Array {
  const negative = b < 0n;
  let digits = (negative ? ~b : b).toString(16);
  if (digits.length % 2 === 1) digits = `0${digits}`;
  if (digits.charCodeAt(0) >= 0x38) digits = `00${digits}`;
  const bytes = Uint8Array.fromHex(digits);
  if (negative) {
    for (let k = 0; k < bytes.length; k++) bytes[k] = ~(bytes[k] as number);
  }
  return bytes;
}

/** The Integer with this two's complement form, minimal or not; no bytes give 0. */
export function integerFromBytes(bytes: Uint8Array): Integer {
  return integerAt(bytes, 0, bytes.length);
}

/** As integerFromBytes, of `length` bytes from `start`. */
export function integerAt(bytes: Uint8Array, start: number, length: number): Integer {
  if (length === 0) return 0;
  if (length <= 6) {
    let n = ((bytes[start] as number) << 24) >> 24;
    for (let k = 1; k < length; k++) n = n * 256 + (bytes[start + k] as number);
    return n;
  }
  const b = BigInt(`0x${toHex(bytes.subarray(start, start + length))}`);
  const negative = (bytes[start] as number) >= 0x80;
  return integer(negative ? b - (1n << BigInt(8 * length)) : b);
}

/** Bytes of the encoding. */
export function integerEncodedLength(i: Integer): number {
  if (i === 0) return 1;
  const length = integerLength(i);
  if (length <= 8) return 1 + length;
  return 1 + (length < 0x80 ? 1 : 2) + length;
}

/** Writes the encoding: `10`+k and k bytes, or `19`, a VLQ length and the bytes. */
export function writeInteger(w: Writer, i: Integer): void {
  if (typeof i === "number") {
    if (i === 0) {
      w.byte(TAG.INTEGER_BASE);
      return;
    }
    const length = safeLength(i);
    w.ensure(1 + length);
    w.bytes[w.pos] = TAG.INTEGER_BASE + length;
    putSafe(w.bytes, w.pos + 1, length, i);
    w.pos += 1 + length;
    return;
  }
  const bytes = bigBytes(i);
  if (bytes.length <= 8) {
    w.byte(TAG.INTEGER_BASE + bytes.length);
  } else {
    w.byte(TAG.BIG_INTEGER);
    w.vlq(bytes.length);
  }
  w.write(bytes);
}
