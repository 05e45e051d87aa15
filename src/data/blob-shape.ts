// How the bytes of a long blob or string are spread over a tree (sheet 01 §5): chunks of 4096
// bytes, up to 16 children, every child full but the last.

import type { Integer } from "./cell.ts";

/** Bytes in a full chunk, and the most that a flat blob or string holds. */
export const CHUNK_LENGTH = 4096;
const FAN_OUT = 16;

/** Bytes in each child but the last of a tree of n > 4096 bytes: a power of two. */
export function childSize(n: Integer): number {
  let size = CHUNK_LENGTH;
  // Powers of two are exact as numbers, and a bigint compares with a number by exact values.
  while (size * FAN_OUT < n) size *= FAN_OUT;
  return size;
}

/** Children of a tree of n > 4096 bytes, 2 … 16. */
export function childCount(n: Integer): number {
  const size = childSize(n);
  if (typeof n === "number") return Math.ceil(n / size);
  return Number((n - 1n) / BigInt(size)) + 1;
}
