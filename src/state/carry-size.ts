// hot: see test/bench. Sizes of a cell that differs from a known one in a single child. Measuring
// it afresh would visit every other child: a cache miss each when they are in memory, a lookup in
// the store when they are not.

import { type Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD } from "../data/cell.ts";
import { BRANCH_LENGTH, encodedLength } from "../data/encode.ts";
import { memorySize } from "../data/memory-size.ts";

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** Memory size of a cell of this length apart from that of its children. */
export function ownMemory(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? length + MEMORY_OVERHEAD : 0;
}

/** Finds out length and memory size of a cell. */
export function measure(cell: Cell): void {
  if (cell.lengthCache === 0) encodedLength(cell);
  if (cell.memoryCache < 0) memorySize(cell);
}

/** A store knows the sizes of the cells it loads, but not of those embedded in them. */
export function measureEmbedded(cell: Cell): void {
  if (cell.memoryCache < 0 && cell.lengthCache > 0 && cell.lengthCache <= MAX_EMBEDDED_LENGTH) {
    memorySize(cell);
  }
}

/**
 * Gives `after` its length and memory size, from those of `before`: the same cell but for one
 * child, which is `next` and had the length and memory size given. They are unknown when one of
 * those is (0, -1), or above 2^53-1: such sizes saturate, and are added up anew.
 */
export function carrySizes(
  before: Cell,
  after: Cell,
  oldLength: number,
  oldMemory: number,
  next: Cell,
): void {
  const { lengthCache, memoryCache } = before;
  const nextMemory = next.memoryCache;
  const isKnown = memoryCache >= 0 && oldMemory >= 0 && nextMemory >= 0;
  const isExact = memoryCache <= SAFE_MAX && oldMemory <= SAFE_MAX && nextMemory <= SAFE_MAX;
  if (!isKnown || !isExact || lengthCache === 0 || oldLength === 0 || next.lengthCache === 0) {
    after.lengthCache = 0;
    after.memoryCache = -1;
    return;
  }
  const length = lengthCache - lengthInParent(oldLength) + lengthInParent(next.lengthCache);
  const children = memoryCache - ownMemory(lengthCache) - oldMemory + nextMemory;
  after.lengthCache = length;
  after.memoryCache = children + ownMemory(length);
}

function lengthInParent(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? BRANCH_LENGTH : length;
}
