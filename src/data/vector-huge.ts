// Vectors of 2^31 elements and more. Nobody writes out that many values, but a tree may name one
// child sixteen times: fifteen cells are a sound vector of 2^60 elements, and the CVM reads its
// elements and appends to it for a few juice. Plain code with bigints.

import { type Integer, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { BadStructureError, VectorFaultError } from "./errors.ts";
import { MAX_COUNT, recordCount } from "./exact-count.ts";
import { integer } from "./integer.ts";
import { checkNesting } from "./nesting.ts";
import { noteUnreadable } from "./unreadable.ts";
import { Vector } from "./vector.ts";
import { elementOf } from "./vector-damaged.ts";
import { CHUNK_SIZE, hugeChildShift, MAX_SMALL_COUNT, shapeOf } from "./vector-shape.ts";
import { isSound } from "./vector-sound.ts";
import { appendChunk, assocIn, leafSlots, partIn, takeIn } from "./vector-tree.ts";

/** `new Vector` for any count; the count must fit the slots. */
export function newVector(count: Integer, slots: Slot[], prefix: Slot, isTree: boolean): Vector {
  const v = new Vector(Number(count), slots, prefix, isTree);
  recordCount(v, count);
  return v;
}

function sizeOf(v: Vector): bigint {
  return BigInt(v.countInteger);
}

function checked(value: Value, expected: bigint): Vector {
  if (value instanceof Vector && sizeOf(value) === expected) return value.built();
  throw new BadStructureError(`a part of a vector is not a vector of ${expected} elements`);
}

function childAt(v: Vector, index: number, shift: bigint): Vector {
  const isLast = index === v.slots.length - 1;
  const expected = isLast ? sizeOf(v) - (BigInt(index) << shift) : 1n << shift;
  return checked(resolveAt(v.slots, index), expected);
}

function prefixOf(v: Vector): Vector {
  return checked(resolveSlot(v, 0), sizeOf(v) - BigInt(v.slots.length));
}

/** Slots of the leaf that holds element i (at i mod 16) of a sound vector. */
function hugeLeafSlots(root: Vector, index: Integer): Slot[] {
  let v = root;
  let i = BigInt(index);
  while (v.count > MAX_SMALL_COUNT) {
    if (v.isTree) {
      const shift = hugeChildShift(sizeOf(v));
      v = childAt(v, Number(i >> shift), shift);
      i &= (1n << shift) - 1n;
    } else if (i >= sizeOf(v) - BigInt(v.slots.length)) {
      return v.slots;
    } else {
      v = prefixOf(v);
    }
  }
  return leafSlots(v, Number(i));
}

/** As hugeLeafSlots; null when the vector is not sound. */
export function hugeLeafAt(v: Vector, i: Integer): Slot[] | null {
  return isSound(v) ? hugeLeafSlots(v, i) : null;
}

/** Element i. @throws RangeError unless 0 ≤ i < count */
export function getHuge(v: Vector, i: Integer): Value {
  checkPosition(v, i);
  return elementOf(v, i);
}

function checkPosition(v: Vector, i: Integer): void {
  if (i >= 0 && i < v.countInteger) return;
  throw new RangeError(`no element ${i} in a vector of ${v.countInteger}`);
}

/** Replaces element i. @throws RangeError unless 0 ≤ i < count */
export function assocHuge(v: Vector, i: Integer, value: Value, depth = 0): Vector {
  checkPosition(v, i);
  checkNesting(depth);
  if (v.count <= MAX_SMALL_COUNT) return assocIn(v.built(), i as number, value, depth);
  const slots = v.slots.slice();
  if (v.isTree) {
    const shift = hugeChildShift(sizeOf(v));
    const digit = Number(BigInt(i) >> shift);
    const child = partAt(v, digit);
    const changed = assocPart(child, integer(BigInt(i) & ((1n << shift) - 1n)), value, depth);
    if (changed === child) return v;
    slots[digit] = changed;
    return newVector(v.countInteger, slots, null, true);
  }
  const at = BigInt(i) - (sizeOf(v) - BigInt(slots.length));
  if (at >= 0n) {
    if (slots[Number(at)] === value) return v;
    slots[Number(at)] = value;
    return newVector(v.countInteger, slots, v.prefix, false);
  }
  const prefix = partIn(resolveSlot(v, 0), false);
  const changed = assocPart(prefix, i, value, depth);
  return changed === prefix ? v : newVector(v.countInteger, slots, changed, false);
}

/** Child `index` of a tree, of whatever count. @throws VectorFaultError when there is none */
function partAt(v: Vector, index: number): Vector {
  if (index >= v.slots.length) throw new VectorFaultError(null);
  return partIn(resolveAt(v.slots, index), false);
}

function assocPart(part: Vector, i: Integer, value: Value, depth: number): Vector {
  if (!(i < part.countInteger)) throw new VectorFaultError(null);
  return assocHuge(part, i, value, depth + 1);
}

/**
 * The vector with one more element.
 * @throws VectorFaultError when there would be 2^63: a vector of 2^63-1 has 15 elements in its leaf
 */
export function appendHuge(v: Vector, value: Value): Vector {
  const count = sizeOf(v) + 1n;
  if (v.isTree) return newVector(integer(count), [value], v, false);
  const slots = v.slots.slice();
  slots.push(value);
  if (slots.length < CHUNK_SIZE) return newVector(integer(count), slots, v.prefix, false);
  const chunk = new Vector(CHUNK_SIZE, slots, null, false);
  return appendChunk(partIn(resolveSlot(v, 0), false), chunk);
}

/**
 * `appendChunk` (vector-tree.ts) for a tree of any count. The reference does not see that a tree of
 * 2^32, 2^36 … elements is full, and gives it a 17th child: a cell that nothing can decode (T48).
 * @throws VectorFaultError when the count would pass 2^63-1
 */
export function appendHugeChunk(v: Vector, chunk: Vector, depth = 0): Vector {
  const size = sizeOf(v);
  if (size + 16n > MAX_COUNT) throw new VectorFaultError(null);
  const count = integer(size + 16n);
  const shift = hugeChildShift(size);
  const slots = v.slots.slice();
  const at = slots.length - 1;
  const last = partIn(resolveAt(slots, at), false);
  if (sizeOf(last) === 1n << shift) slots.push(chunk);
  else slots[at] = appendChunk(last, chunk, depth + 1);
  if (slots.length !== shapeOf(count).slotCount) noteUnreadable();
  return newVector(count, slots, null, true);
}

/** The first n elements, n > 0. */
export function takeHuge(v: Vector, n: Integer): Vector {
  const tailCount = Number(BigInt(n) % 16n);
  if (tailCount === 0) return takeHugeChunks(v, BigInt(n));
  const slots = hugeLeafSlots(v, integer(BigInt(n) - 1n)).slice(0, tailCount);
  const kept = BigInt(n) - BigInt(tailCount);
  return newVector(n, slots, kept === 0n ? null : takeHugeChunks(v, kept), false);
}

function takeHugeChunks(v: Vector, n: bigint): Vector {
  if (n === sizeOf(v)) return v;
  if (v.count <= MAX_SMALL_COUNT) return takeIn(v, Number(n));
  if (!v.isTree) return takeHugeChunks(prefixOf(v), n);
  const shift = hugeChildShift(sizeOf(v));
  const last = Number((n - 1n) >> shift);
  const child = takeHugeChunks(childAt(v, last, shift), n - (BigInt(last) << shift));
  if (last === 0) return child;
  const slots = v.slots.slice(0, last);
  slots.push(child);
  return newVector(integer(n), slots, null, true);
}
