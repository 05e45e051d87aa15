// A vector with its first elements replaced by nil: what is left of a peer's history when only the
// newest part is kept. Positions stay as they were. The parts that are all nil are shared, so that
// there are only as many new cells as the vector is deep.

import { resolveAt, resolveSlot, type Slot } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { Vector } from "./vector.ts";
import { CHUNK_SIZE, childShift, MAX_SMALL_COUNT } from "./vector-shape.ts";

/** The vector of 2^shift nils, a power of 16. */
function nils(shift: number): Vector {
  if (shift === 4) return new Vector(CHUNK_SIZE, new Array(CHUNK_SIZE).fill(null), null, false);
  const child = nils(shift - 4);
  return new Vector(2 ** shift, new Array(CHUNK_SIZE).fill(child), null, true);
}

/**
 * The vector with its first `count` elements replaced by nil; elements are neither loaded nor
 * looked at.
 * @throws RangeError unless 0 ≤ count ≤ the number of elements, or with 2^31 elements or more
 */
export function blankFirst(vector: Vector, count: number): Vector {
  if (vector.count > MAX_SMALL_COUNT || count < 0 || count > vector.count) {
    throw new RangeError(`can't replace the first ${count} of ${vector.count} elements`);
  }
  return count === 0 ? vector : blanked(vector.built(), count);
}

function blanked(v: Vector, count: number): Vector {
  const slots: Slot[] = v.slots.slice();
  if (v.isTree) {
    const shift = childShift(v.count);
    const full = Math.min(count >>> shift, slots.length);
    if (full > 0) slots.fill(nils(shift), 0, full);
    const last = slots.length - 1;
    if (full > last) slots[last] = lastNils(v.count - last * 2 ** shift, shift);
    const rest = count - full * 2 ** shift;
    if (full <= last && rest > 0) {
      slots[full] = blanked(asVector(resolveAt(v.slots, full)), rest);
    }
    return new Vector(v.count, slots, null, true);
  }
  const before = v.count - slots.length;
  if (count > before) slots.fill(null, 0, count - before);
  if (before === 0) return new Vector(v.count, slots, null, false);
  const prefix = blanked(asVector(resolveSlot(v, 0)), Math.min(count, before));
  return new Vector(v.count, slots, prefix, false);
}

/** The last child of a tree, all nil; it may be shorter than the others. */
function lastNils(count: number, shift: number): Vector {
  if (count === 2 ** shift) return nils(shift);
  return Vector.from(new Array(count).fill(null));
}

function asVector(value: unknown): Vector {
  if (value instanceof Vector) return value.built();
  throw new BadStructureError("a part of a vector is no vector");
}
