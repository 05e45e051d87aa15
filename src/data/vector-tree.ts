// hot: see test/bench. What vector.ts does with built vectors of up to 2^31-1 elements. A child is
// checked for the count that its place requires before it is shared or read lazily; hand-made
// vectors that fail this (sheet 01 §14) are left to vector-damaged.ts.

import { resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { BadStructureError, VectorFaultError } from "./errors.ts";
import { checkNesting } from "./nesting.ts";
import { noteUnreadable } from "./unreadable.ts";
import { Vector } from "./vector.ts";
import { elementOf } from "./vector-damaged.ts";
import { appendHugeChunk, assocHuge } from "./vector-huge.ts";
import { CHUNK_SIZE, childShift, MAX_SMALL_COUNT } from "./vector-shape.ts";

/** The value in a child position if it is a vector of `expected` elements; built. */
function checked(value: Value, expected: number): Vector {
  if (value instanceof Vector && value.count === expected) return value.built();
  throw new BadStructureError(`a part of a vector is not a vector of ${expected} elements`);
}

/**
 * Child `index` of a tree whose full children hold 2^shift elements.
 * @throws BadStructureError when it is no vector of the length that its place requires
 */
export function childAt(v: Vector, index: number, shift: number): Vector {
  const isLast = index === v.slots.length - 1;
  const expected = isLast ? v.count - index * 2 ** shift : 1 << shift;
  const slot = v.slots[index];
  if (slot instanceof Vector && slot.count === expected && slot.slots.length > 0) return slot;
  return checked(resolveAt(v.slots, index), expected);
}

/** Prefix of a leaf of more than 16 elements. @throws BadStructureError as childAt */
export function prefixOf(v: Vector): Vector {
  const { prefix } = v;
  const expected = v.count - v.slots.length;
  if (prefix instanceof Vector && prefix.count === expected && prefix.slots.length > 0) {
    return prefix;
  }
  return checked(resolveSlot(v, 0), expected);
}

/**
 * A part of a vector as the reference takes it: any vector, whatever its count; built. `isFirst` as
 * in VectorFault.
 * @throws VectorFaultError when it is no vector
 */
export function partIn(value: Value, isFirst: boolean): Vector {
  if (value instanceof Vector) return value.built();
  throw new VectorFaultError({ part: value, isFirst });
}

/**
 * Slots of the leaf that holds element i (at i mod 16).
 * @throws BadStructureError when the vector is not sound on the way there
 */
export function leafSlots(root: Vector, index: number): Slot[] {
  const leaf = leafAt(root, index);
  if (leaf === null) throw new BadStructureError("a part of a vector has another length");
  return leaf.slots;
}

/** The leaf that holds element i (at i mod 16); null when the vector is not sound on the way. */
export function leafAt(root: Vector, index: number): Vector | null {
  let v = root;
  let i = index;
  for (;;) {
    let part: Value;
    let expected: number;
    if (v.isTree) {
      const shift = childShift(v.count);
      const digit = i >>> shift;
      const last = v.slots.length - 1;
      if (digit > last) return null;
      expected = digit === last ? v.count - digit * 2 ** shift : 1 << shift;
      part = resolveAt(v.slots, digit);
      i &= (1 << shift) - 1;
    } else {
      expected = v.count - v.slots.length;
      if (i >= expected) return v;
      part = resolveSlot(v, 0);
    }
    if (!(part instanceof Vector) || part.count !== expected) return null;
    v = part.slots.length > 0 ? part : part.built();
  }
}

/** Element i; 0 ≤ i < count. @throws VectorFaultError when nothing is there */
export function getIn(v: Vector, i: number): Value {
  const leaf = leafAt(v, i);
  return leaf === null ? elementOf(v, i) : resolveAt(leaf.slots, i & (CHUNK_SIZE - 1));
}

/**
 * The vector with element i replaced; itself when nothing changes.
 * @throws VectorFaultError when a part has no such element
 */
export function assocIn(v: Vector, i: number, value: Value, depth = 0): Vector {
  checkNesting(depth);
  if (!(i < v.count)) throw new VectorFaultError(null);
  if (v.count > MAX_SMALL_COUNT) return assocHuge(v, i, value, depth);
  const slots = v.slots.slice();
  if (v.isTree) {
    const shift = childShift(v.count);
    const digit = i >>> shift;
    if (digit >= slots.length) throw new VectorFaultError(null);
    const child = partIn(resolveAt(slots, digit), false);
    const changed = assocIn(child, i & ((1 << shift) - 1), value, depth + 1);
    if (changed === child) return v;
    slots[digit] = changed;
    return new Vector(v.count, slots, null, true);
  }
  const at = i - (v.count - slots.length);
  if (at >= 0) {
    if (slots[at] === value) return v;
    slots[at] = value;
    return new Vector(v.count, slots, v.prefix, false);
  }
  const prefix = partIn(resolveSlot(v, 0), false);
  const changed = assocIn(prefix, i, value, depth + 1);
  return changed === prefix ? v : new Vector(v.count, slots, changed, false);
}

/**
 * Appends a full leaf to a vector of 0, 16, 32 … elements. As in the reference, nothing but the
 * counts of the parts is looked at.
 * @throws VectorFaultError when a part has no place for it
 */
export function appendChunk(v: Vector, chunk: Vector, depth = 0): Vector {
  checkNesting(depth);
  if (chunk.count !== CHUNK_SIZE) throw new VectorFaultError(null);
  if (!v.isTree) {
    if (v.count === 0) return chunk;
    if (v.count !== CHUNK_SIZE) throw new VectorFaultError(null);
    return new Vector(2 * CHUNK_SIZE, [v, chunk], null, true);
  }
  if (v.count > MAX_SMALL_COUNT - CHUNK_SIZE) return appendHugeChunk(v, chunk, depth);
  const count = v.count + CHUNK_SIZE;
  const shift = childShift(v.count);
  if (v.count === 2 ** (shift + 4)) return new Vector(count, [v, chunk], null, true);
  const slots = v.slots.slice();
  const at = slots.length - 1;
  const last = partIn(resolveAt(slots, at), false);
  if (last.count === 2 ** shift) slots.push(chunk);
  else slots[at] = appendChunk(last, chunk, depth + 1);
  if (slots.length !== ((count - 1) >>> childShift(count)) + 1) noteUnreadable();
  return new Vector(count, slots, null, true);
}

/** The first n elements, n > 0, of a vector that is sound up to there. */
export function takeIn(v: Vector, n: number): Vector {
  const tailCount = n % CHUNK_SIZE;
  if (tailCount === 0) return takeChunks(v, n);
  const slots = leafSlots(v, n - 1).slice(0, tailCount);
  return new Vector(n, slots, n < CHUNK_SIZE ? null : takeChunks(v, n - tailCount), false);
}

/** The first n elements, n a positive multiple of 16; shares all full children. */
function takeChunks(v: Vector, n: number): Vector {
  if (n === v.count) return v;
  if (!v.isTree) return takeChunks(prefixOf(v), n);
  const shift = childShift(v.count);
  const last = (n - 1) >>> shift;
  const child = takeChunks(childAt(v, last, shift), n - last * 2 ** shift);
  if (last === 0) return child;
  const slots = v.slots.slice(0, last);
  slots.push(child);
  return new Vector(n, slots, null, true);
}

/** The vector of these elements, built level by level. */
export function vectorOf(elements: readonly Slot[]): Vector {
  const n = elements.length;
  if (n === 0) return Vector.EMPTY;
  if (n <= CHUNK_SIZE) return new Vector(n, elements.slice(), null, false);
  const kept = n - (n % CHUNK_SIZE);
  let level: Vector[] = [];
  for (let i = 0; i < kept; i += CHUNK_SIZE) {
    level.push(new Vector(CHUNK_SIZE, elements.slice(i, i + CHUNK_SIZE), null, false));
  }
  while (level.length > 1) level = parentsOf(level);
  const body = level[0] as Vector;
  return kept === n ? body : new Vector(n, elements.slice(kept), body, false);
}

function parentsOf(level: readonly Vector[]): Vector[] {
  const parents: Vector[] = [];
  for (let i = 0; i < level.length; i += CHUNK_SIZE) {
    const children = level.slice(i, i + CHUNK_SIZE);
    if (children.length === 1) {
      parents.push(children[0] as Vector);
      continue;
    }
    let count = 0;
    for (const child of children) count += child.count;
    parents.push(new Vector(count, children, null, true));
  }
  return parents;
}

/** Adds the slots of the elements start … end-1 to `target`. */
export function copyIn(v: Vector, start: number, end: number, target: Slot[]): void {
  let i = start;
  while (i < end) {
    const slots = leafAt(v, i)?.slots;
    if (slots === undefined) {
      target.push(elementOf(v, i++));
      continue;
    }
    let at = i & (CHUNK_SIZE - 1);
    for (; at < slots.length && i < end; i++) target.push(slots[at++] as Slot);
  }
}
