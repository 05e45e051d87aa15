// hot: see test/bench. The cells of ranges of a vector, forwards and backwards (VectorView in
// vector.ts), built one level at a time when they are first needed.
//
// A range that does not begin where a cell of its vector begins shares no cell with it. But the
// same cut out of the same two neighbouring cells gives the same cell, so cuts are remembered while
// the code runs. Thus ranges that begin at different places, ranges of vectors that differ in a few
// elements, and the parts of a vector that names one child sixteen times share what they have in
// common.

import type { Slot } from "./cell.ts";
import { RunMemo } from "./run-memory.ts";
import { Vector, VectorView } from "./vector.ts";
import { CHUNK_SIZE, childShift } from "./vector-shape.ts";
import { childAt, prefixOf } from "./vector-tree.ts";

/**
 * A full cell cut out of two neighbours of its size; `right` is null when it is the left one, from
 * last to first.
 */
interface Cut {
  readonly right: Vector | null;
  readonly cell: Vector;
}

/** Cuts by their left cell; then by the offset o in it, -1 - o for those from last to first. */
const cuts = new RunMemo<Vector, Map<number, Cut>>();

/**
 * The elements start … start+count-1 of a built vector of at most 2^31-1 elements; from last to
 * first when `isReversed`.
 */
export function rangeOf(base: Vector, start: number, count: number, isReversed: boolean): Vector {
  // Only a cell of 16^k elements can be a cell of other ranges too, and so be shared.
  const isFull = count >= CHUNK_SIZE && count === 2 ** childShift(count + 1);
  if (isFull) return fullRanges(base, start, count, 1, isReversed)[0] as Vector;
  return newRange(base, start, count, isReversed);
}

/** `n` adjacent ranges of `size` elements each, a power of 16, the first at `start`. */
export function fullRanges(
  base: Vector,
  start: number,
  size: number,
  n: number,
  isReversed: boolean,
): Vector[] {
  const offset = start % size;
  const cells: (Vector | null)[] = [];
  collectCells(base, size, start - offset, start + n * size, cells);
  const ranges: Vector[] = [];
  for (let i = 0; i < n; i++) {
    const left = cells[i] ?? null;
    const right = offset === 0 ? null : (cells[i + 1] ?? null);
    const from = start + i * size;
    if (left === null || (offset > 0 && right === null)) {
      ranges.push(newRange(base, from, size, isReversed));
    } else if (offset === 0 && !isReversed) {
      ranges.push(left);
    } else {
      ranges.push(cut(base, from, left, right, isReversed));
    }
  }
  return ranges;
}

/**
 * Adds the cells of `size` elements (a power of 16) that hold the elements from … to-1, where
 * `from` is a multiple of `size`; null for a cell at the end that is not full.
 */
function collectCells(
  v: Vector,
  size: number,
  from: number,
  to: number,
  cells: (Vector | null)[],
): void {
  if (v.count <= size) {
    cells.push(v.count === size ? v : null);
  } else if (v.isTree) {
    const shift = childShift(v.count);
    const childSize = 2 ** shift;
    for (let i = from >>> shift; i < v.slots.length && i * childSize < to; i++) {
      const begin = i * childSize;
      const child = childAt(v, i, shift);
      collectCells(child, size, Math.max(from - begin, 0), to - begin, cells);
    }
  } else if (from < v.count - v.slots.length) {
    collectCells(prefixOf(v), size, from, to, cells);
  }
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

function newRange(base: Vector, start: number, count: number, isReversed: boolean): Vector {
  if (count > CHUNK_SIZE) return new VectorView(base, start, count, isReversed);
  return new Vector(count, slotsOf(base, start, count, isReversed), null, false);
}

/** The slots of the elements of a range. */
export function slotsOf(base: Vector, start: number, count: number, isReversed: boolean): Slot[] {
  const slots: Slot[] = [];
  base.copySlots(start, start + count, slots);
  return isReversed ? slots.reverse() : slots;
}
