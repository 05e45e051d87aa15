// hot: see test/bench. The cells of ranges of a vector, forwards and backwards (VectorView in
// vector.ts), built one level at a time when they are first needed.
//
// A range that begins elsewhere than its vector's cells has cells of its own, all of them. But what
// is cut out of the same two cells at the same place is the same cell, so cuts are kept for as long
// as the code runs: ranges that begin at different places, or are of vectors that differ in a few
// elements, share what they have in common, and so do the parts of a vector that names one child
// sixteen times.

import type { Slot } from "./cell.ts";
import { RunMemo } from "./run-memory.ts";
import { Vector, VectorView } from "./vector.ts";
import { CHUNK_SIZE, childShift } from "./vector-shape.ts";
import { childAt, prefixOf } from "./vector-tree.ts";

/**
 * A full cell cut out of two neighbours; `right` is null when it is just the left one backwards.
 */
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
  const isFull = count >= CHUNK_SIZE && count === 2 ** childShift(count + 1);
  if (isFull) return fullRanges(base, start, count, 1, isReversed)[0] as Vector;
  return newRange(base, start, count, isReversed);
}

/** `n` ranges of `size` elements, a power of 16, one behind the other. */
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
 * The cells of `size` elements, a power of 16, that elements from … to-1 are in, of which the first
 * begins a cell; null where there is no full one, which is at the end.
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
