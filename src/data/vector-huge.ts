// Vectors of 2^31 elements and more. No list of that many values was ever written out, but a tree
// may name one child sixteen times, and then fifteen cells are a sound vector of 2^60 elements;
// the CVM asks for its elements and appends to it for a few juice. Plain, and with bigint.

import { type Integer, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { MAX_COUNT, recordCount } from "./exact-count.ts";
import { integer } from "./integer.ts";
import { Vector } from "./vector.ts";
import { CHUNK_SIZE, hugeChildShift, MAX_SMALL_COUNT } from "./vector-shape.ts";
import { appendChunk, leafSlots, takeIn } from "./vector-tree.ts";

/** One cell of any count as it is; the count must fit the slots. */
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

/** Slots of the leaf that holds element i, at position i mod 16. */
export function hugeLeafSlots(root: Vector, index: Integer): Slot[] {
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

/** Element i. @throws RangeError unless 0 ≤ i < count */
export function getHuge(v: Vector, i: Integer): Value {
  checkPosition(v, i);
  return resolveAt(hugeLeafSlots(v, i), Number(BigInt(i) % 16n));
}

function checkPosition(v: Vector, i: Integer): void {
  if (i >= 0 && i < v.countInteger) return;
  throw new RangeError(`no element ${i} in a vector of ${v.countInteger}`);
}

/** Replaces element i. @throws RangeError unless 0 ≤ i < count */
export function assocHuge(v: Vector, i: Integer, value: Value): Vector {
  checkPosition(v, i);
  if (v.count <= MAX_SMALL_COUNT) return v.assoc(i, value);
  const slots = v.slots.slice();
  if (v.isTree) {
    const shift = hugeChildShift(sizeOf(v));
    const digit = Number(BigInt(i) >> shift);
    const child = childAt(v, digit, shift);
    const changed = assocHuge(child, integer(BigInt(i) & ((1n << shift) - 1n)), value);
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
  const prefix = prefixOf(v);
  const changed = assocHuge(prefix, i, value);
  return changed === prefix ? v : newVector(v.countInteger, slots, changed, false);
}

/** @throws RangeError above 2^63-1 elements */
export function appendHuge(v: Vector, value: Value): Vector {
  const count = sizeOf(v) + 1n;
  if (count > MAX_COUNT) throw new RangeError("a vector holds at most 2^63-1 elements");
  if (v.isTree) return newVector(integer(count), [value], v, false);
  const slots = v.slots.slice();
  slots.push(value);
  if (slots.length < CHUNK_SIZE) return newVector(integer(count), slots, v.prefix, false);
  return appendHugeChunk(prefixOf(v), new Vector(CHUNK_SIZE, slots, null, false));
}

function appendHugeChunk(v: Vector, chunk: Vector): Vector {
  if (v.count <= MAX_SMALL_COUNT - CHUNK_SIZE) return appendChunk(v, chunk);
  const size = sizeOf(v);
  const count = integer(size + 16n);
  const shift = hugeChildShift(size);
  if (size === 1n << (shift + 4n)) return newVector(count, [v, chunk], null, true);
  const slots = v.slots.slice();
  if (size % (1n << shift) === 0n) {
    slots.push(chunk);
  } else {
    const last = slots.length - 1;
    slots[last] = appendHugeChunk(childAt(v, last, shift), chunk);
  }
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

/** Adds the slots of the elements start … end-1 to `target`. */
export function copyHuge(v: Vector, start: Integer, end: Integer, target: Slot[]): void {
  let i = BigInt(start);
  const stop = BigInt(end);
  while (i < stop) {
    const slots = hugeLeafSlots(v, integer(i));
    let at = Number(i % 16n);
    for (; at < slots.length && i < stop; i++) target.push(slots[at++] as Slot);
  }
}
