// hot: see test/bench. What vector.ts does to built vectors of up to 2^31-1 elements. Each child
// is checked for the count that its place requires before it is used, so that a damaged tree
// (sheet 01 §14) can neither mislead nor go deeper than a sound one.

import { resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { Vector } from "./vector.ts";
import { CHUNK_SIZE, childShift } from "./vector-shape.ts";

/** The value in a child position if it is a vector of `expected` elements; built. */
function checked(value: Value, expected: number): Vector {
  if (value instanceof Vector && value.count === expected) return value.built();
  throw new BadStructureError(`a part of a vector is not a vector of ${expected} elements`);
}

/** Child of a tree whose full children hold 2^shift elements. */
export function childAt(v: Vector, index: number, shift: number): Vector {
  const isLast = index === v.slots.length - 1;
  const expected = isLast ? v.count - index * 2 ** shift : 1 << shift;
  const slot = v.slots[index];
  if (slot instanceof Vector && slot.count === expected && slot.slots.length > 0) return slot;
  return checked(resolveAt(v.slots, index), expected);
}

/** All elements before those of a leaf with more than 16. */
export function prefixOf(v: Vector): Vector {
  const { prefix } = v;
  const expected = v.count - v.slots.length;
  if (prefix instanceof Vector && prefix.count === expected && prefix.slots.length > 0)
    return prefix;
  return checked(resolveSlot(v, 0), expected);
}

/** Slots of the leaf that holds element i, at position i mod 16. */
export function leafSlots(root: Vector, index: number): Slot[] {
  return leafAt(root, index).slots;
}

/** The leaf that holds element i, at position i mod 16. */
export function leafAt(root: Vector, index: number): Vector {
  let v = root;
  let i = index;
  for (;;) {
    if (v.isTree) {
      const shift = childShift(v.count);
      v = childAt(v, i >>> shift, shift);
      i &= (1 << shift) - 1;
    } else if (i >= v.count - v.slots.length) {
      return v;
    } else {
      v = prefixOf(v);
    }
  }
}

/** Element i, 0 ≤ i < count. */
export function getIn(v: Vector, i: number): Value {
  return resolveAt(leafSlots(v, i), i & (CHUNK_SIZE - 1));
}

/** Replaces element i, 0 ≤ i < count. */
export function assocIn(v: Vector, i: number, value: Value): Vector {
  const slots = v.slots.slice();
  if (v.isTree) {
    const shift = childShift(v.count);
    const digit = i >>> shift;
    const child = childAt(v, digit, shift);
    const changed = assocIn(child, i & ((1 << shift) - 1), value);
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
  const prefix = prefixOf(v);
  const changed = assocIn(prefix, i, value);
  return changed === prefix ? v : new Vector(v.count, slots, changed, false);
}

/** Adds a full leaf to a vector of a multiple of 16, at least 16, elements. */
export function appendChunk(v: Vector, chunk: Vector): Vector {
  const count = v.count + CHUNK_SIZE;
  if (v.count === CHUNK_SIZE) return new Vector(count, [v, chunk], null, true);
  const shift = childShift(v.count);
  if (v.count === 2 ** (shift + 4)) return new Vector(count, [v, chunk], null, true);
  const slots = v.slots.slice();
  if (v.count % 2 ** shift === 0) {
    slots.push(chunk);
  } else {
    const last = slots.length - 1;
    slots[last] = appendChunk(childAt(v, last, shift), chunk);
  }
  return new Vector(count, slots, null, true);
}

/** The first n elements, n > 0. */
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
    const slots = leafSlots(v, i);
    let at = i & (CHUNK_SIZE - 1);
    for (; at < slots.length && i < end; i++) target.push(slots[at++] as Slot);
  }
}
