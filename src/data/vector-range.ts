// hot: see test/bench. The cells of ranges of a vector, forwards and backwards (VectorView in
// vector.ts), built one level at a time when they are first needed.
//
// A range that begins elsewhere than its vector's cells has cells of its own, all of them. But what
// is cut out of the same two cells at the same place is the same cell, so cuts are kept for as long
// as the code runs: ranges that begin at different places, or are of vectors that differ in a few
// elements, share what they have in common, and so do the parts of a vector that names one child
// sixteen times.

import type { Slot } from "./cell.ts";
import { doWork, RunMemo } from "./free-work.ts";
import { Vector, VectorView } from "./vector.ts";
import { CHUNK_SIZE, childShift } from "./vector-shape.ts";
import { childAt, prefixOf } from "./vector-tree.ts";

/** Units of work (free-work.ts) of building one cell. */
export const CELL_WORK = 1000;

/** A full cell cut out of two neighbours; `right` is null when it is just the left one backwards. */
interface Cut {
  readonly right: Vector | null;
  readonly cell: Vector;
}

/** Cuts by their left cell, then by where they begin in it and their direction. */
const cuts = new RunMemo<Vector, Map<number, Cut>>();

/**
 * The elements start … start+count-1 of a built vector of at most 2^31-1, from the last to the
 * first when `isReversed`.
 */
export function rangeOf(base: Vector, start: number, count: number, isReversed: boolean): Vector {
  // Only a full cell, of a power of 16, is the same wherever it stands.
  if (count < CHUNK_SIZE || count !== 2 ** childShift(count + 1)) {
    return newRange(base, start, count, isReversed);
  }
  const left = fullCell(base, start, count);
  if (left === null) return newRange(base, start, count, isReversed);
  const offset = start % count;
  if (offset === 0) return isReversed ? cut(base, start, left, null, true) : left;
  const right = fullCell(base, start + count - 1, count);
  if (right === null) return newRange(base, start, count, isReversed);
  return cut(base, start, left, right, isReversed);
}

/** The full cell that begins in `left` at element `start` of `base`, and ends in `right`. */
function cut(
  base: Vector,
  start: number,
  left: Vector,
  right: Vector | null,
  isReversed: boolean,
): Vector {
  let known = cuts.get(left);
  if (known === undefined) {
    known = new Map();
    cuts.set(left, known);
  }
  const offset = start % left.count;
  const key = isReversed ? -1 - offset : offset;
  const found = known.get(key);
  if (found !== undefined && found.right === right) return found.cell;
  const cell = newRange(base, start, left.count, isReversed);
  known.set(key, { right, cell });
  return cell;
}

/** The cell of `count` elements, a power of 16, that holds element i; null when there is none. */
function fullCell(base: Vector, index: number, count: number): Vector | null {
  let v = base;
  let i = index;
  while (v.count > count) {
    if (v.isTree) {
      const shift = childShift(v.count);
      v = childAt(v, i >>> shift, shift);
      i &= 2 ** shift - 1;
    } else {
      if (i >= v.count - v.slots.length) return null;
      v = prefixOf(v);
    }
  }
  return v.count === count ? v : null;
}

function newRange(base: Vector, start: number, count: number, isReversed: boolean): Vector {
  if (count > CHUNK_SIZE) return new VectorView(base, start, count, isReversed);
  doWork(CELL_WORK);
  return new Vector(count, slotsOf(base, start, count, isReversed), null, false);
}

/** The slots of the elements of a range. */
export function slotsOf(base: Vector, start: number, count: number, isReversed: boolean): Slot[] {
  const slots: Slot[] = [];
  base.copySlots(start, start + count, slots);
  return isReversed ? slots.reverse() : slots;
}
