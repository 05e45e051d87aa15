// The shape of a vector of n elements (sheet 01 §6), which its encoding does not state.

import type { Integer } from "./cell.ts";

/** Elements of a full leaf, and children of a full tree. */
export const CHUNK_SIZE = 16;
/** Up to this count positions are 32-bit integers; above it vector-huge.ts takes over. */
export const MAX_SMALL_COUNT = 2 ** 31 - 1;

/** log2 of the elements in each full child of a tree of n elements: 4, 8, 12 …; 32 ≤ n < 2^31. */
export function childShift(n: number): number {
  return (31 - Math.clz32(n - 1)) & ~3;
}

/** The children of the largest trees, of 2^60 elements and more, hold 2^60. */
const LAST_SHIFT = 60n;

/** `childShift` for any n ≥ 32. */
export function hugeChildShift(n: bigint): bigint {
  if (n >= 1n << LAST_SHIFT) return LAST_SHIFT;
  let shift = 4n;
  while (n > 1n << (shift + 4n)) shift += 4n;
  return shift;
}

/** Most elements of a tree that is read: for more the reference's count of children overflows. */
const MAX_TREE_COUNT = 7n << LAST_SHIFT;

/**
 * Whether a vector of n elements is a tree, and how many slots its cell has besides a prefix: -1
 * for a tree of more than 7 · 2^60, which nobody reads from bytes.
 */
export function shapeOf(n: Integer): { readonly isTree: boolean; readonly slotCount: number } {
  if (n <= CHUNK_SIZE) return { isTree: false, slotCount: Number(n) };
  const big = BigInt(n);
  const tail = Number(big % 16n);
  if (tail > 0) return { isTree: false, slotCount: tail };
  if (big > MAX_TREE_COUNT) return { isTree: true, slotCount: -1 };
  const shift = hugeChildShift(big);
  return { isTree: true, slotCount: Number((big - 1n) >> shift) + 1 };
}
