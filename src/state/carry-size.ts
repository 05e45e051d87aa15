// hot: see test/bench. Sizes of a cell that differs from a known one in a single child. Measuring
// it afresh would visit every other child: a cache miss each when they are in memory, a lookup in
// the store when they are not.

import { type Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD } from "../data/cell.ts";
import { BRANCH_LENGTH, encodedLength } from "../data/encode.ts";
import { memorySize } from "../data/memory-size.ts";
import { isUnsettled } from "../data/unsettled.ts";

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** Memory size of a cell of this length apart from that of its children. */
export function ownMemory(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? length + MEMORY_OVERHEAD : 0;
}

/** Finds out length and memory size of a cell, unless it may change: then they stay unknown. */
export function measure(cell: Cell): void {
  if (isUnsettled()) return;
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
 * Sizes of a cell that has other children than a known one in some places. They are unknown when
 * one of those it depends on is (0, -1), or above 2^53-1: such sizes saturate, and are added up
 * anew.
 */
export class SizeChange {
  #length = 0;
  #memory = 0;
  #isExact = true;

  /** A child of the length and memory size given is replaced by `next`. */
  add(oldLength: number, oldMemory: number, next: Cell): void {
    const { lengthCache, memoryCache } = next;
    if (oldLength === 0 || lengthCache === 0 || !isExact(oldMemory) || !isExact(memoryCache)) {
      this.#isExact = false;
      return;
    }
    this.#length += lengthInParent(lengthCache) - lengthInParent(oldLength);
    this.#memory += memoryCache - oldMemory;
  }

  /**
   * Gives `after` its sizes, from those of `before`: the same cell but for the children added here.
   */
  carry(before: Cell, after: Cell): void {
    const { lengthCache, memoryCache } = before;
    if (!this.#isExact || lengthCache === 0 || !isExact(memoryCache)) {
      after.lengthCache = 0;
      after.memoryCache = -1;
      return;
    }
    const length = lengthCache + this.#length;
    const children = memoryCache - ownMemory(lengthCache) + this.#memory;
    after.lengthCache = length;
    after.memoryCache = children + ownMemory(length);
  }
}

/** `SizeChange` of one child. */
export function carrySizes(
  before: Cell,
  after: Cell,
  oldLength: number,
  oldMemory: number,
  next: Cell,
): void {
  const change = new SizeChange();
  change.add(oldLength, oldMemory, next);
  change.carry(before, after);
}

/** Whether a memory size is known, and no larger than numbers are exact. */
export function isExact(memory: number): boolean {
  return memory >= 0 && memory <= SAFE_MAX;
}

/** Bytes of a child of this length in its parent. */
export function lengthInParent(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? BRANCH_LENGTH : length;
}
