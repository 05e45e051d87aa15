// Counts above 2^53-1. A vector can really have that many elements, because a tree may name the
// same child many times; maps, sets and Indexes only claim it. The `count` of such a cell is
// rounded, and the exact one is kept here, so that other cells need no room for it.

import type { Cell, Integer } from "./cell.ts";

/** Largest count of a cell: 63 bits. */
export const MAX_COUNT = 2n ** 63n - 1n;

const exactCounts = new WeakMap<Cell, bigint>();

/** To be called for each cell just built whose count may be above 2^53-1. */
export function recordCount(cell: Cell, count: Integer): void {
  if (typeof count === "bigint") exactCounts.set(cell, count);
}

/** The exact count of a cell, as it is encoded. */
export function exactCount(cell: Cell & { readonly count: number }): Integer {
  if (cell.count <= Number.MAX_SAFE_INTEGER) return cell.count;
  return exactCounts.get(cell) ?? BigInt(cell.count);
}
