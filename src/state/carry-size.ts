// hot: see test/bench. Length and memory size of a cell that differs from a known one in few
// children. Measuring it afresh would visit all other children: a cache miss each if they are in
// memory, else a lookup in the store.

import { type Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD } from "../data/cell.ts";
import { BRANCH_LENGTH, encodedLength } from "../data/encode.ts";
import { memorySize } from "../data/memory-size.ts";
import { mayBeUnreadable } from "../data/unreadable.ts";
import { hasTraceable, isUnsettled } from "../data/unsettled.ts";

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** What a cell of this length adds to its memory size by itself, without its children. */
export function ownMemory(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? length + MEMORY_OVERHEAD : 0;
}

/**
 * Whether sizes may be measured before they are needed: not while cells may change or be built too
 * early (data/unsettled.ts), or have no encoding. As long as code only uses those that is no fault
 * (T48).
 */
export function mayMeasure(): boolean {
  return !isUnsettled() && !hasTraceable() && !mayBeUnreadable();
}

/** Measures length and memory size of a cell, if it may be. */
export function measure(cell: Cell): void {
  if (!mayMeasure()) return;
  if (cell.lengthCache === 0) encodedLength(cell);
  if (cell.memoryCache < 0) memorySize(cell);
}

/**
 * Measures an embedded cell: of those a store does not know the memory size, as it does of others.
 */
export function measureEmbedded(cell: Cell): void {
  if (cell.memoryCache < 0 && cell.lengthCache > 0 && cell.lengthCache <= MAX_EMBEDDED_LENGTH) {
    memorySize(cell);
  }
}

/**
 * The change of the sizes of a cell when some of its children are replaced. It is unknown when one
 * of the sizes involved is (0 or -1), or is above 2^53-1: such sizes saturate, and are added up
 * anew.
 */
export class SizeChange {
  #length = 0;
  #memory = 0;
  #isExact = true;

  /** Adds that a child of this length and memory size is replaced by `next`. */
  add(oldLength: number, oldMemory: number, next: Cell): void {
    const { lengthCache, memoryCache } = next;
    if (oldLength === 0 || lengthCache === 0 || !isExact(oldMemory) || !isExact(memoryCache)) {
      this.#isExact = false;
      return;
    }
    this.#length += lengthInParent(lengthCache) - lengthInParent(oldLength);
    this.#memory += memoryCache - oldMemory;
  }

  /** Sets the sizes of `after`: `before` with the children replaced that were added here. */
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

/** Sets the sizes of `after`, which is `before` with one child replaced by `next`. */
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

/** Whether a memory size is known, and exact as a number. */
export function isExact(memory: number): boolean {
  return memory >= 0 && memory <= SAFE_MAX;
}

/** Bytes that a child of this length takes in its parent. */
export function lengthInParent(length: number): number {
  return length > MAX_EMBEDDED_LENGTH ? BRANCH_LENGTH : length;
}
