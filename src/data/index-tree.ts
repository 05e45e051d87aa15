// hot: see test/bench. Search and change of an Index (sheet 01 §8) by the bytes of a key, given as
// index-key.ts makes them. All changes of a canonical Index give a canonical one.

import { resolveAt, type Slot, type Value } from "./cell.ts";
import { equals } from "./equals.ts";
import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { commonDigits, digitAt, popcount } from "./hash-digits.ts";
import { indexKeyOf, isMatchingAll, KEY_BYTES } from "./index-key.ts";
import { INDEX_DIGITS, Index } from "./index-map.ts";

/**
 * Units of work (free-work.ts) of a step to a cell that branches no further on. Only damaged trees
 * and those that T35 made have such; chains of them can be as long as a message.
 */
const STEP_ASIDE_WORK = 100;

/** Child from a slot: an Index with entries. */
export function childAt(node: Index, slot: number): Index {
  const known = node.slots[slot];
  const child = known instanceof Index ? known : resolveAt(node.slots, slot);
  if (!(child instanceof Index) || child.count === 0) {
    throw new BadStructureError("a child of an Index is not an Index with entries");
  }
  if (child.count > 1 && child.depth <= node.depth) doWork(STEP_ASIDE_WORK);
  return child;
}

/** Slot of the child for a digit, or where it would be. */
function slotOf(node: Index, digit: number): number {
  return (node.hasEntry ? 2 : 0) + popcount(node.mask & ((1 << digit) - 1));
}

/** Bytes of the key of a cell's own entry. */
function ownKey(node: Index): string {
  if (node.ownKey !== null) return node.ownKey;
  const key = indexKeyOf(resolveAt(node.slots, 0));
  if (key === null) throw new BadStructureError("a key of an Index does not stand for bytes");
  node.ownKey = key;
  return key;
}

function single(key: Slot, value: Slot): Index {
  return new Index(1, true, [key, value], INDEX_DIGITS, 0);
}

/** A cell of two entries or more; a count beyond 2^53-1 is the work of a damaged part. */
function branch(
  count: number,
  hasEntry: boolean,
  slots: Slot[],
  depth: number,
  mask: number,
): Index {
  if (count > Number.MAX_SAFE_INTEGER) throw new BadStructureError(`an Index of ${count} entries`);
  return new Index(count, hasEntry, slots, depth, mask);
}

/** Whether the only entry of a cell has this key, or one that is as good (T35, index-key.ts). */
function hasOnly(node: Index, key: string, matchesAll: boolean): boolean {
  const own = ownKey(node);
  return own === key || (matchesAll && own.length === KEY_BYTES);
}

/** The cell whose own entry has this key, or null. */
export function findEntry(root: Index, key: string, matchesAll = false): Index | null {
  const digits = 2 * key.length;
  let node = root;
  while (node.count > 1) {
    if (digits <= node.depth) {
      if (digits < node.depth || !node.hasEntry) return null;
      return ownKey(node) === key ? node : null;
    }
    const digit = digitAt(key, node.depth);
    if ((node.mask & (1 << digit)) === 0) return null;
    node = childAt(node, slotOf(node, digit));
  }
  return node.count === 1 && hasOnly(node, key, matchesAll) ? node : null;
}

/** The key whose digits up to its depth a cell stands for: its own, or that of its first child. */
export function prefixOf(root: Index): string {
  let node = root;
  while (!node.hasEntry) node = childAt(node, 0);
  return ownKey(node);
}

/**
 * Sets the entry of a key; the same object when that changes nothing. Each cell on the way is
 * compared anew, since T35 puts keys where the digits before are others.
 */
export function putEntry(node: Index, bytes: string, key: Value, value: Value): Index {
  if (node.count === 0) return single(key, value);
  const digits = 2 * bytes.length;
  const prefix = prefixOf(node);
  const depth = node.count === 1 ? 2 * prefix.length : node.depth;
  const compared = Math.min(digits, depth);
  const common = isMatchingAll(key) ? compared : Math.min(compared, commonDigits(bytes, prefix));
  if (common < depth) return fork(node, bytes, prefix, common, single(key, value));
  if (digits === depth) return withEntry(node, key, value);
  const digit = digitAt(bytes, depth);
  const bit = 1 << digit;
  const at = slotOf(node, digit);
  if (node.count === 1) {
    return branch(2, true, [...node.slots, single(key, value)], depth, bit);
  }
  if ((node.mask & bit) === 0) {
    const slots = node.slots.toSpliced(at, 0, single(key, value));
    return branch(node.count + 1, node.hasEntry, slots, depth, node.mask | bit);
  }
  const child = childAt(node, at);
  const changed = putEntry(child, bytes, key, value);
  if (changed === child) return node;
  const slots = node.slots.slice();
  slots[at] = changed;
  const count = node.count + changed.count - child.count;
  return branch(count, node.hasEntry, slots, depth, node.mask);
}

/** A cell that branches at digit `common`, before `node` does; the new key may end there. */
function fork(node: Index, bytes: string, prefix: string, common: number, added: Index): Index {
  const count = node.count + 1;
  if (2 * prefix.length === common)
    throw new BadStructureError("a key ends before its Index branches");
  const other = digitAt(prefix, common);
  if (2 * bytes.length === common) {
    return branch(count, true, [...added.slots, node], common, 1 << other);
  }
  const digit = digitAt(bytes, common);
  const slots = digit < other ? [added, node] : [node, added];
  return branch(count, false, slots, common, (1 << digit) | (1 << other));
}

/** Sets the cell's own entry. A key with the same bytes is replaced, its type may be another. */
function withEntry(node: Index, key: Value, value: Value): Index {
  const { slots } = node;
  if (!node.hasEntry) {
    return branch(node.count + 1, true, [key, value, ...slots], node.depth, node.mask);
  }
  if (slots[1] === value && equals(resolveAt(slots, 0), key)) return node;
  const changed = slots.slice();
  changed[0] = key;
  changed[1] = value;
  return branch(node.count, true, changed, node.depth, node.mask);
}

/** Takes out the entry of a key; the same object when there is none. */
export function removeEntry(node: Index, key: string, matchesAll = false): Index {
  if (node.count === 0) return node;
  if (node.count === 1) return hasOnly(node, key, matchesAll) ? Index.EMPTY : node;
  const digits = 2 * key.length;
  if (digits <= node.depth) {
    const isHere = digits === node.depth && node.hasEntry && ownKey(node) === key;
    return isHere ? settled(node, node.count - 1, false, node.slots.slice(2), node.mask) : node;
  }
  const digit = digitAt(key, node.depth);
  const bit = 1 << digit;
  if ((node.mask & bit) === 0) return node;
  const at = slotOf(node, digit);
  const child = childAt(node, at);
  const changed = removeEntry(child, key, matchesAll);
  return changed === child ? node : withChild(node, at, bit, child, changed);
}

/** The cell with another child in a slot; an empty one is taken out. */
function withChild(node: Index, at: number, bit: number, child: Index, changed: Index): Index {
  const slots = node.slots.slice();
  const count = node.count + changed.count - child.count;
  if (changed.count > 0) {
    slots[at] = changed;
    return settled(node, count, node.hasEntry, slots, node.mask);
  }
  slots.splice(at, 1);
  return settled(node, count, node.hasEntry, slots, node.mask & ~bit);
}

const DIGITS = 16;

/**
 * The Index without the entries of which `keeps` is false of the value, as the reference leaves
 * them out (T36): digit by digit, and when one child is all that is left of a cell, it goes on in
 * that child with the next digit. What the child has under this digit or a lower one stays.
 */
export function filterEntries(node: Index, keeps: (value: Value) => boolean): Index {
  let result = node;
  for (let digit = 0; digit < DIGITS && result.mask >= 1 << digit; digit++) {
    const bit = 1 << digit;
    if ((result.mask & bit) === 0) continue;
    const at = slotOf(result, digit);
    const child = childAt(result, at);
    const changed = filterEntries(child, keeps);
    if (changed !== child) result = withChild(result, at, bit, child, changed);
  }
  if (!result.hasEntry || keeps(resolveAt(result.slots, 1))) return result;
  return settled(result, result.count - 1, false, result.slots.slice(2), result.mask);
}

/** What a cell becomes when these slots are left of it. */
function settled(
  node: Index,
  count: number,
  hasEntry: boolean,
  slots: Slot[],
  mask: number,
): Index {
  if (mask === 0) return hasEntry ? single(slots[0] as Slot, slots[1] as Slot) : Index.EMPTY;
  if (hasEntry || slots.length > 1) return branch(count, hasEntry, slots, node.depth, mask);
  const child = resolveAt(slots, 0);
  if (child instanceof Index) return child;
  throw new BadStructureError("a child of an Index is not an Index");
}

/**
 * Visits the slots of all entries, key first, in order. The count of each cell must be that of its
 * parts together, or a small Index that names one child many times could go on for ever.
 */
export function forEachEntry(node: Index, visit: (slots: Slot[]) => void): void {
  if (node.hasEntry) visit(node.slots);
  if (node.count < 2) return;
  checkCount(node);
  for (let i = node.hasEntry ? 2 : 0; i < node.slots.length; i++) {
    forEachEntry(childAt(node, i), visit);
  }
}

/** The slots of all entries in order, one at a time; as `forEachEntry`. */
export function* entrySlots(node: Index): Generator<Slot[]> {
  if (node.hasEntry) yield node.slots;
  if (node.count < 2) return;
  checkCount(node);
  for (let i = node.hasEntry ? 2 : 0; i < node.slots.length; i++) {
    yield* entrySlots(childAt(node, i));
  }
}

function checkCount(node: Index): void {
  const first = node.hasEntry ? 2 : 0;
  let count = node.hasEntry ? 1 : 0;
  for (let i = first; i < node.slots.length; i++) count += childAt(node, i).count;
  if (count === node.count) return;
  throw new BadStructureError(`an Index of ${node.count} entries has ${count}`);
}

/** The cell whose own entry is number i. @throws RangeError unless 0 ≤ i < count */
export function placeOf(root: Index, index: number): Index {
  if (!(index >= 0 && index < root.count)) {
    throw new RangeError(`no entry ${index} of ${root.countInteger}`);
  }
  let node = root;
  let i = index;
  while (node.count > 1 && !(node.hasEntry && i === 0)) {
    let at = 0;
    if (node.hasEntry) {
      i--;
      at = 2;
    }
    let child = childAt(node, at);
    while (i >= child.count) {
      i -= child.count;
      if (++at === node.slots.length) throw new BadStructureError("an Index has too few entries");
      child = childAt(node, at);
    }
    node = child;
  }
  return node;
}

/** The entries start … end-1 in order, 0 ≤ start ≤ end ≤ count. */
export function sliceOf(node: Index, start: number, end: number): Index {
  if (start >= end) return Index.EMPTY;
  if (start <= 0 && end >= node.count) return node;
  checkCount(node);
  const hasEntry = node.hasEntry && start === 0;
  const slots: Slot[] = hasEntry ? node.slots.slice(0, 2) : [];
  let count = hasEntry ? 1 : 0;
  let position = node.hasEntry ? 1 : 0;
  let mask = 0;
  let digits = node.mask;
  for (let i = node.hasEntry ? 2 : 0; i < node.slots.length; i++) {
    const bit = digits & -digits;
    digits ^= bit;
    const child = childAt(node, i);
    const part = sliceOf(
      child,
      Math.max(start - position, 0),
      Math.min(end - position, child.count),
    );
    position += child.count;
    if (part.count === 0) continue;
    slots.push(part);
    count += part.count;
    mask |= bit;
  }
  return settled(node, count, hasEntry, slots, mask);
}
