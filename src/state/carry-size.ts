// hot: see test/bench. Sizes of a cell that differs from a known one in a single child. Measuring
// it afresh would visit every other child: a cache miss each when they are in memory, a lookup in
// the store when they are not.

import { Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD, type Slot } from "../data/cell.ts";
import { BRANCH_LENGTH, encodedLength } from "../data/encode.ts";
import { memorySize } from "../data/memory-size.ts";

/** Memory size of a cell of this length apart from that of its children. */
export function ownMemory(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? length + MEMORY_OVERHEAD : 0;
}

/** Whether length and memory size of a cell are known, and exact. */
export function hasSizes(cell: Cell): boolean {
  const { memoryCache } = cell;
  return cell.lengthCache > 0 && memoryCache >= 0 && memoryCache <= Number.MAX_SAFE_INTEGER;
}

/** Finds out length and memory size of a cell. */
export function measure(cell: Cell): void {
  if (cell.lengthCache === 0) encodedLength(cell);
  if (cell.memoryCache < 0) memorySize(cell);
}

/** Length and memory size of a child before it was replaced, which may have changed it. */
export interface OldSizes {
  readonly length: number;
  readonly memory: number;
}

/** Of a child that is not loaded, or not measured: of no use. */
export const NO_SIZES: OldSizes = { length: 0, memory: -1 };

export function sizesOf(slot: Slot): OldSizes {
  if (!(slot instanceof Cell)) return NO_SIZES;
  // A store knows the sizes of the cells it loads, but not of those embedded in them.
  if (slot.lengthCache > 0 && slot.lengthCache <= MAX_EMBEDDED_LENGTH) measure(slot);
  if (!hasSizes(slot)) return NO_SIZES;
  return { length: slot.lengthCache, memory: slot.memoryCache };
}

/**
 * Gives `after` its length and memory size, from those of `before`: the same cell but for one
 * child, which had the sizes `old` and is `next`. They are unknown when one of those is, or above
 * 2^53-1: such sizes saturate, and are added up anew.
 */
export function carrySizes(before: Cell, after: Cell, old: OldSizes, next: Cell): void {
  if (old.length === 0 || !hasSizes(before) || !hasSizes(next)) {
    after.lengthCache = 0;
    after.memoryCache = -1;
    return;
  }
  const { lengthCache, memoryCache } = before;
  const length = lengthCache - lengthInParent(old.length) + lengthInParent(next.lengthCache);
  const children = memoryCache - ownMemory(lengthCache) - old.memory + next.memoryCache;
  after.lengthCache = length;
  after.memoryCache = children + ownMemory(length);
}

function lengthInParent(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? BRANCH_LENGTH : length;
}
