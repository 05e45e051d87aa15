// Sums of 64-bit integers that wrap as in the reference: balances, stakes, fees, pool. Arithmetic
// of CVM Integers, which never wraps, is in data/integer.ts.

import type { Integer } from "../data/cell.ts";
import { integer } from "../data/integer.ts";

/** Wraps to a signed 64-bit value. */
export function wrapLong(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** The sum modulo 2^64, from -2^63 to 2^63 - 1. */
export function addLongs(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return integer(wrapLong(BigInt(a) + BigInt(b)));
}

/** The difference modulo 2^64, from -2^63 to 2^63 - 1. */
export function subtractLongs(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return integer(wrapLong(BigInt(a) - BigInt(b)));
}
