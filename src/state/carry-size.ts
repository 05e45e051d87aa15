// hot: see test/bench. Sizes of a cell that differs from a known one in a single child. Measuring
// it afresh would visit every other child: a cache miss each when they are in memory, a lookup in
// the store when they are not.

import { Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD, type Slot } from "../data/cell.ts";
import { slotLength } from "../data/encode.ts";
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

/**
 * Gives `after` its length and memory size, from those of `before`: the same cell but for one
 * child, which was `old` and is `next`. Does nothing when `before` has none, or `old` is not loaded.
 */
export function carrySizes(before: Cell, after: Cell, old: Slot, next: Slot): void {
  if (!hasSizes(before) || !(old instanceof Cell && next instanceof Cell)) return;
  const length = before.lengthCache - slotLength(old) + slotLength(next);
  const children = before.memoryCache - ownMemory(before.lengthCache) - memorySize(old);
  after.lengthCache = length;
  after.memoryCache = children + memorySize(next) + ownMemory(length);
}
