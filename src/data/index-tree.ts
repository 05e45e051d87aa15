// hot: see test/bench. Search and change of an Index (sheet 01 §8) by the bytes of a key, as
// index-key.ts makes them. A change of a canonical Index gives a canonical one. A hand-made Index
// is treated as the reference treats it, since Blocks depend on that: a child that is nil or an
// empty Index holds nothing, and counts, depths and digits are believed. So a change can give a
// cell that nothing can decode (T48), and removing an entry can even give nil.

import { resolveAt, type Slot, type Value } from "./cell.ts";
import { hashKey, slotHashKey } from "./encode.ts";
import { equals } from "./equals.ts";
import { BadStructureError, IndexFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { commonDigits, digitAt, popcount } from "./hash-digits.ts";
import { checkKeyByte, indexKeyOf, isMatchingAll, KEY_BYTES, readOn } from "./index-key.ts";
import { INDEX_DIGITS, Index } from "./index-map.ts";
import { checkNesting } from "./nesting.ts";

/**
 * Units of work (free-work.ts) of a step down to a cell that does not branch at a later digit than
 * its parent. Only hand-made Indexes and those of T35 have such cells, and in chains as long as a
 * message.
 */
const STEP_ASIDE_WORK = 100;

/** The child in a slot, null for nil. @throws IndexFaultError when it is no Index */
export function childAt(node: Index, slot: number): Index | null {
  const known = node.slots[slot];
  const child = known instanceof Index ? known : resolveAt(node.slots, slot);
  if (!(child instanceof Index)) {
    if (child === null) return null;
    throw new IndexFaultError(null, child);
  }
  if (child.depth <= node.depth) doWork(STEP_ASIDE_WORK);
  return child;
}

/** As childAt, for a child that has to be there. @throws IndexFaultError for nil too */
export function childIn(node: Index, slot: number): Index {
  const child = childAt(node, slot);
  if (child === null) throw new IndexFaultError(null);
  return child;
}

/** Whether a cell holds one entry and nothing else, or nothing at all. */
function isLeaf(node: Index): boolean {
  return node.depth === INDEX_DIGITS;
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

/** A cell that branches. @throws BadStructureError for a count beyond 2^53-1: a part is damaged */
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

/**
 * Whether the only entry of a cell has this key, or, for a key that matches all, 32 bytes (T35).
 */
function onlyEntryMatches(node: Index, key: string, matchesAll: boolean): boolean {
  const own = ownKey(node);
  if (own === key || (matchesAll && own.length === KEY_BYTES)) return true;
  if (own.length === key.length) checkDifference(own, key);
  return false;
}

/**
 * @throws BadStructureError when the first byte in which two keys differ is missing in one (T46)
 */
function checkDifference(a: string, b: string): void {
  const i = commonDigits(a, b) >> 1;
  checkKeyByte(a, i);
  checkKeyByte(b, i);
}

/** Digit of a key. @throws BadStructureError when its byte is missing (T46) */
function keyDigit(key: string, position: number): number {
  checkKeyByte(key, position >> 1);
  return digitAt(key, position);
}

/**
 * Whether the only entry of a cell is matched by a key that matches all (T35). To be asked before
 * the bytes of either key are made: the reference does not look at them, and they may be missing
 * (T46).
 */
export function isOnlyEntryMatchedByAll(node: Index, key: Value): boolean {
  if (!isLeaf(node) || !node.hasEntry || node.count !== 1 || !isMatchingAll(key)) return false;
  return isMatchingAll(resolveAt(node.slots, 0)) || ownKey(node).length === KEY_BYTES;
}

/** The cell whose own entry has this key, or null. */
export function findEntry(root: Index, key: string, matchesAll: boolean): Index | null {
  const digits = 2 * key.length;
  let node = root;
  while (!isLeaf(node)) {
    if (digits <= node.depth) {
      if (digits < node.depth || !node.hasEntry) return null;
      return ownKey(node) === key ? node : null;
    }
    const digit = keyDigit(key, node.depth);
    if ((node.mask & (1 << digit)) === 0) return null;
    const child = childAt(node, slotOf(node, digit));
    if (child === null) return null;
    node = child;
  }
  if (!node.hasEntry) return null;
  if (onlyEntryMatches(node, key, matchesAll)) return node;
  // The reference looks at the byte with which a longer key would go on.
  checkKeyByte(key, ownKey(node).length);
  return null;
}

/**
 * A key whose digits before `depth` all keys of a cell should share: its own, or else that of the
 * first entry below it; empty when there is none.
 */
export function prefixOf(root: Index): string {
  const holder = prefixHolder(root);
  return holder === null ? "" : ownKey(holder);
}

/** The cell that has the key of `prefixOf` as its own; null when there is none. */
function prefixHolder(root: Index): Index | null {
  let node = root;
  while (!node.hasEntry) {
    if (node.slots.length === 0) return null;
    node = childIn(node, 0);
  }
  return node;
}

/** `prefixOf` for a hand-made cell that branches behind the end of that key (T42). */
function prefixReadOn(root: Index, prefix: string): string {
  const holder = prefixHolder(root);
  return holder === null ? prefix : readOn(resolveAt(holder.slots, 0), prefix);
}

/**
 * Sets the entry of a key; the same object when it has that key and that value. All
 * digits are compared with each cell on the way, since T35 puts keys below cells whose digits are
 * others.
 */
export function putEntry(node: Index, bytes: string, key: Value, value: Value, nesting = 0): Index {
  checkNesting(nesting);
  if (node.count === 0) return single(key, value);
  const digits = 2 * bytes.length;
  let prefix = prefixOf(node);
  const depth = isLeaf(node) ? 2 * prefix.length : node.depth;
  if (depth > 2 * prefix.length) prefix = prefixReadOn(node, prefix);
  const common = commonTo(bytes, prefix, Math.min(digits, depth), isMatchingAll(key));
  if (common < depth) return fork(node, bytes, prefix, common, single(key, value));
  if (digits === depth) return withEntry(node, key, value);
  const digit = keyDigit(bytes, depth);
  const bit = 1 << digit;
  const at = slotOf(node, digit);
  if (isLeaf(node)) return branch(2, true, [...node.slots, single(key, value)], depth, bit);
  const child = (node.mask & bit) === 0 ? null : childAt(node, at);
  if (child === null || child === Index.EMPTY) {
    // Put in before an empty child for this digit, if there is one.
    const slots = node.slots.toSpliced(at, 0, single(key, value));
    return branch(node.count + 1, node.hasEntry, slots, depth, node.mask | bit);
  }
  const changed = putEntry(child, bytes, key, value, nesting + 1);
  const count = node.count + changed.count - child.count;
  if (isSameIn(count, changed, child)) return node;
  const slots = node.slots.slice();
  slots[at] = changed;
  return branch(count, node.hasEntry, slots, depth, node.mask);
}

/**
 * Whether a part of a cell with this count stays what it is. In one that counts too many for a
 * change (`branch`) it may not depend on which equal cells are one object.
 */
function isSameIn(count: number, part: Value, former: Slot): boolean {
  if (part === former) return true;
  return count > Number.MAX_SAFE_INTEGER && hashKey(part) === slotHashKey(former);
}

/**
 * How many leading digits a key shares with the prefix of a cell, up to `compared`.
 * @throws BadStructureError when the prefix ends before that: the reference reads on behind its
 *   bytes, and what it finds in its memory is not known
 */
function commonTo(bytes: string, prefix: string, compared: number, matchesAll: boolean): number {
  if (matchesAll) return compared;
  const common = commonDigits(bytes, prefix);
  if (common >= compared) return compared;
  checkDifference(bytes, prefix);
  if (common < 2 * prefix.length) return common;
  throw new BadStructureError("keys of an Index end before it branches");
}

/** A new cell above `node` that branches at digit `common`; the added key may end there. */
function fork(node: Index, bytes: string, prefix: string, common: number, added: Index): Index {
  const count = node.count + 1;
  if (2 * prefix.length === common) {
    throw new BadStructureError("a key ends before its Index branches");
  }
  const other = keyDigit(prefix, common);
  if (2 * bytes.length === common) {
    return branch(count, true, [...added.slots, node], common, 1 << other);
  }
  const digit = keyDigit(bytes, common);
  const slots = digit < other ? [added, node] : [node, added];
  return branch(count, false, slots, common, (1 << digit) | (1 << other));
}

/**
 * Sets the own entry of a cell. The key is replaced too: one of the same bytes may be of another
 * type, or a LongBlob (T39).
 */
export function withEntry(node: Index, key: Value, value: Value): Index {
  const { slots } = node;
  if (!node.hasEntry) {
    return branch(node.count + 1, true, [key, value, ...slots], node.depth, node.mask);
  }
  if (slots[1] === value && slots[0] === key) return node;
  const isHuge = node.count > Number.MAX_SAFE_INTEGER;
  if (isHuge && isSameIn(node.count, value, slots[1] as Slot) && equals(resolveAt(slots, 0), key)) {
    return node;
  }
  const changed = slots.slice();
  changed[0] = key;
  changed[1] = value;
  return branch(node.count, true, changed, node.depth, node.mask);
}

/**
 * Removes the entry of a key; the same object when there is none, null where the reference leaves
 * nil.
 */
export function removeEntry(
  node: Index,
  key: string,
  matchesAll: boolean,
  nesting = 0,
): Index | null {
  checkNesting(nesting);
  if (node.count === 0) return node;
  if (node.count <= 1) return onlyEntryMatches(node, key, matchesAll) ? Index.EMPTY : node;
  const digits = 2 * key.length;
  if (digits < node.depth) return node;
  if (digits === node.depth) {
    return node.hasEntry && ownKey(node) === key ? withoutOwnEntry(node) : node;
  }
  const digit = keyDigit(key, node.depth);
  const bit = 1 << digit;
  if ((node.mask & bit) === 0) return node;
  const at = slotOf(node, digit);
  const child = childIn(node, at);
  const rest = removeEntry(child, key, matchesAll, nesting + 1);
  return withChild(node, at, bit, child, rest);
}

function withoutOwnEntry(node: Index): Index | null {
  if (node.slots.length === 3) return childAt(node, 2);
  return branch(node.count - 1, false, node.slots.slice(2), node.depth, node.mask);
}

/**
 * The cell with the child in slot `at` replaced; an empty one is removed, and nil counts as empty.
 */
function withChild(
  node: Index,
  at: number,
  bit: number,
  child: Index,
  changed: Index | null,
): Index | null {
  if (changed === child) return node;
  const isGone = changed === null || changed === Index.EMPTY;
  if (isGone && child === Index.EMPTY) return node;
  const { hasEntry, depth, mask } = node;
  if (!isGone) {
    const slots = node.slots.slice();
    slots[at] = changed;
    return branch(node.count + changed.count - child.count, hasEntry, slots, depth, mask);
  }
  if (!hasEntry && node.slots.length === 2) {
    if (at > 1) throw new BadStructureError("an Index has too few children");
    return childAt(node, 1 - at);
  }
  const slots = node.slots.toSpliced(at, 1);
  return withoutChild(node.count - child.count, hasEntry, slots, depth, mask & ~bit);
}

/** A cell from which a child was removed: of one entry only when that is all that is left. */
function withoutChild(
  count: number,
  hasEntry: boolean,
  slots: Slot[],
  depth: number,
  mask: number,
): Index {
  const cell = branch(count, hasEntry, slots, depth, mask);
  if (count !== 1 || !hasEntry || slots.length !== 2) return cell;
  // An entry under what is no key stays in a cell that branches (T48).
  const key = indexKeyOf(resolveAt(slots, 0));
  if (key === null || 2 * key.length !== depth) return cell;
  return single(slots[0] as Slot, slots[1] as Slot);
}

const DIGITS = 16;

/**
 * The Index without the entries whose values `keeps` is false of, as the reference leaves them out
 * (T36). It goes through the digits of a cell; when one child is all that is left of the cell, it
 * goes on with the next digit in that child, so what this child has under lower digits stays.
 */
export function filterEntries(node: Index, keeps: (value: Value) => boolean, nesting = 0): Index {
  checkNesting(nesting);
  let result: Index | null = node;
  for (let digit = 0; digit < DIGITS && result !== null; digit++) {
    const bit = 1 << digit;
    if ((result.mask & bit) === 0) continue;
    const at = slotOf(result, digit);
    const child = childAt(result, at);
    if (child === null) continue;
    const kept = filterEntries(child, keeps, nesting + 1);
    result = withChild(result, at, bit, child, kept);
  }
  if (result === null) return Index.EMPTY;
  if (!result.hasEntry || keeps(resolveAt(result.slots, 1))) return result;
  const matchesAll = isMatchingAll(resolveAt(result.slots, 0));
  return removeEntry(result, ownKey(result), matchesAll) ?? Index.EMPTY;
}
