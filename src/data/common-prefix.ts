// hot: see test/bench. How many elements two vectors have in common at their start. Vectors of
// blocks share their history, so this compares hashes of whole subtrees and goes down only where
// they differ: its cost grows with the logarithm of their length.

import { resolveAt, type Slot } from "./cell.ts";
import { hashKey, slotHashKey } from "./encode.ts";
import { BadStructureError } from "./errors.ts";
import { Vector } from "./vector.ts";
import { CHUNK_SIZE, childShift, MAX_SMALL_COUNT } from "./vector-shape.ts";
import { leafSlots, prefixOf } from "./vector-tree.ts";

/** Length of the common prefix of two vectors, elements being equal when their hashes are. */
export function commonPrefixLength(a: Vector, b: Vector): number {
  if (a === b) return a.count;
  if (a.count === b.count && hashKey(a) === hashKey(b)) return a.count;
  const left = a.built();
  const right = b.built();
  const start = sharedStart(left, right);
  if (start > 0) return start + slotsPrefix(left.slots, right.slots);
  const leftTree = packedPart(left);
  const rightTree = packedPart(right);
  if (leftTree === null || rightTree === null) return elementPrefix(left, right, 0);
  const packed = Math.min(leftTree.count, rightTree.count);
  const common = packedPrefix(leftTree, rightTree);
  return common < packed ? common : elementPrefix(left, right, packed);
}

/** Length of the prefix that two leaves share, without loading it; 0 when they don't. */
function sharedStart(a: Vector, b: Vector): number {
  if (a.isTree || b.isTree || a.count <= CHUNK_SIZE || b.count <= CHUNK_SIZE) return 0;
  const start = a.count - a.slots.length;
  return b.count - b.slots.length === start && isSameSlot(a.prefix, b.prefix) ? start : 0;
}

function slotsPrefix(a: readonly Slot[], b: readonly Slot[]): number {
  const end = Math.min(a.length, b.length);
  let i = 0;
  while (i < end && isSameSlot(a[i] as Slot, b[i] as Slot)) i++;
  return i;
}

/** The part of a vector that lies in whole chunks, null when it has none. */
function packedPart(v: Vector): Vector | null {
  if (v.isTree || v.count === CHUNK_SIZE) return v;
  return v.count > CHUNK_SIZE ? prefixOf(v) : null;
}

/** Common prefix of two vectors whose counts are multiples of 16. */
function packedPrefix(a: Vector, b: Vector): number {
  let left = a;
  let right = b;
  // The smaller one lies within the first child of a larger one.
  while (childSize(left) > childSize(right)) left = childOf(left, 0);
  while (childSize(right) > childSize(left)) right = childOf(right, 0);
  if (left === right) return left.count;
  const size = childSize(left);
  const children = Math.min(left.slots.length, right.slots.length);
  for (let i = 0; i < children; i++) {
    if (isSameSlot(left.slots[i] as Slot, right.slots[i] as Slot)) continue;
    return size === 1 ? i : i * size + packedPrefix(childOf(left, i), childOf(right, i));
  }
  return Math.min(left.count, right.count);
}

/** Elements that each child of a tree holds when full; 1 for a chunk. */
function childSize(v: Vector): number {
  return v.isTree ? 2 ** childShift(v.count) : 1;
}

function childOf(v: Vector, index: number): Vector {
  const child = resolveAt(v.slots, index);
  const size = childSize(v);
  const expected = Math.min(size, v.count - index * size);
  if (child instanceof Vector && child.count === expected) return child;
  throw new BadStructureError(`a part of a vector is not a vector of ${expected} elements`);
}

/** Length of the common prefix, of which the first `from` elements are known to be equal. */
function elementPrefix(a: Vector, b: Vector, from: number): number {
  const end = Math.min(a.count, b.count);
  let i = from;
  while (i < end && isSameSlot(elementSlot(a, i), elementSlot(b, i))) i++;
  return i;
}

function isSameSlot(a: Slot, b: Slot): boolean {
  return a === b || slotHashKey(a) === slotHashKey(b);
}

/** Slot of element i. It is not loaded: only its hash is wanted. */
function elementSlot(v: Vector, i: number): Slot {
  if (v.count > MAX_SMALL_COUNT) return v.get(i);
  return leafSlots(v, i)[i % CHUNK_SIZE] as Slot;
}
