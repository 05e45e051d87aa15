// hot: see test/bench. Hex digits of hash keys (32-character Latin-1 strings): the path of an
// element through a map or set (sheet 01 §7). Digit 0 is the high half of the first byte.

import { BadStructureError } from "./errors.ts";

/** Hex digits of a hash. */
export const HASH_DIGITS = 64;

/**
 * Digit at a position 0 … 63. @throws BadStructureError elsewhere: no sound tree has such a shift
 */
export function digitAt(hash: string, position: number): number {
  if (position >>> 6 !== 0) throw new BadStructureError(`a hash has no digit ${position}`);
  const byte = hash.charCodeAt(position >> 1);
  return (position & 1) === 0 ? byte >> 4 : byte & 15;
}

/** Number of leading hex digits in which two byte strings (characters 0–255) agree. */
export function commonDigits(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a.charCodeAt(i) ^ b.charCodeAt(i);
    if (difference !== 0) return 2 * i + (difference < 16 ? 1 : 0);
  }
  return 2 * length;
}

/** `a < b` for hash keys: they differ early, and `<` on strings is a call of 25 ns. */
export function isBelow(a: string, b: string): boolean {
  for (let i = 0; i < a.length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Number of children of a 16-bit mask. */
export function popcount(mask: number): number {
  let n = mask - ((mask >> 1) & 0x5555);
  n = (n & 0x3333) + ((n >> 2) & 0x3333);
  n = (n + (n >> 4)) & 0x0f0f;
  return (n + (n >> 8)) & 31;
}
