// hot: see test/bench. Whether a vector is sound: its parts are vectors of the lengths that its
// count implies. A decoded one need not be (sheet 01 §14, T45). What is found sound is marked, so
// that nothing is looked through twice.

import { type Integer, resolveAt, resolveSlot, type Value } from "./cell.ts";
import { integer } from "./integer.ts";
import { Vector } from "./vector.ts";
import {
  CHUNK_SIZE,
  childShift,
  hugeChildShift,
  MAX_SMALL_COUNT,
  shapeOf,
} from "./vector-shape.ts";

/** Whether all of a vector is sound; loads the parts that have not been looked through. */
export function isSound(v: Vector): boolean {
  if (v.isSound || v.count <= CHUNK_SIZE) return true;
  if (v.count > MAX_SMALL_COUNT) v.isSound = isSoundHuge(v);
  else if (v.isTree) v.isSound = areChildrenSound(v);
  else v.isSound = isPart(resolveSlot(v, 0), v.count - v.slots.length);
  return v.isSound;
}

function isPart(value: Value, expected: Integer): boolean {
  return value instanceof Vector && value.countInteger === expected && isSound(value);
}

function areChildrenSound(v: Vector): boolean {
  const { slots } = v;
  const last = slots.length - 1;
  const size = 2 ** childShift(v.count);
  if (last !== Math.ceil(v.count / size) - 1) return false;
  for (let i = 0; i <= last; i++) {
    if (!isPart(resolveAt(slots, i), i === last ? v.count - last * size : size)) return false;
  }
  return true;
}

/** `isSound` with bigints, for counts from 2^31 on. */
function isSoundHuge(v: Vector): boolean {
  const count = BigInt(v.countInteger);
  const { slots } = v;
  if (shapeOf(v.countInteger).slotCount !== slots.length) return false;
  if (!v.isTree) return isPart(resolveSlot(v, 0), integer(count - BigInt(slots.length)));
  const shift = hugeChildShift(count);
  const last = slots.length - 1;
  const rest = count - (BigInt(last) << shift);
  for (let i = 0; i <= last; i++) {
    if (!isPart(resolveAt(slots, i), integer(i === last ? rest : 1n << shift))) return false;
  }
  return true;
}

/**
 * Whether the cells on the way to the elements start … end-1 are sound; 0 ≤ start < end ≤ count.
 */
export function isSoundIn(v: Vector, start: number, end: number): boolean {
  if (v.isSound || v.count <= CHUNK_SIZE) return true;
  if ((start === 0 && end === v.count) || v.count > MAX_SMALL_COUNT) return isSound(v);
  if (!v.isTree) {
    const own = v.count - v.slots.length;
    if (start >= own) return true;
    const prefix = resolveSlot(v, 0);
    return isSoundPart(prefix, own, start, Math.min(end, own));
  }
  const shift = childShift(v.count);
  const size = 2 ** shift;
  const last = v.slots.length - 1;
  for (let i = start >>> shift; i * size < end; i++) {
    if (i > last) return false;
    const begin = i * size;
    const expected = i === last ? v.count - begin : size;
    const from = Math.max(start - begin, 0);
    const to = Math.min(end - begin, expected);
    if (!isSoundPart(resolveAt(v.slots, i), expected, from, to)) return false;
  }
  return true;
}

function isSoundPart(value: Value, expected: number, start: number, end: number): boolean {
  return value instanceof Vector && value.count === expected && isSoundIn(value, start, end);
}
