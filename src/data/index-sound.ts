// Whether an Index is sound. It is not when keys stand where their digits do not lead, or match all
// (T35, index-key.ts), or when its cells have wrong counts or children. The reference slices by
// removing entries by their keys, and in such an Index that removes others than it should.

import { resolveAt, type Value } from "./cell.ts";
import { hashKey, isEmbedded } from "./encode.ts";
import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { commonDigits, digitAt, popcount } from "./hash-digits.ts";
import { indexKeyOf, isIndexKey, isMatchingAll } from "./index-key.ts";
import { INDEX_DIGITS, Index } from "./index-map.ts";
import { prefixOf, removeEntry } from "./index-tree.ts";
import { hasCount, placeOf } from "./index-walk.ts";
import { checkNesting } from "./nesting.ts";
import { HashMemo } from "./run-memory.ts";

/** Units of work (free-work.ts) to look at a cell, and to remove an entry. */
const CELL_WORK = 200;
const REMOVE_WORK = 2000;

/** By hash: peers differ in which branches are one object. */
const sound = new HashMemo<boolean>();

/**
 * Whether every key stands where its digits lead, none of them matches all, and every cell has the
 * count of its parts.
 */
export function isSound(node: Index, nesting = 0): boolean {
  checkNesting(nesting);
  if (isEmbedded(node)) return isSoundCell(node, nesting);
  const key = hashKey(node);
  let result = sound.get(key);
  if (result === undefined) {
    result = isSoundCell(node, nesting);
    sound.set(key, result);
  }
  return result;
}

function isSoundCell(node: Index, nesting: number): boolean {
  doWork(CELL_WORK);
  if (!hasSoundEntry(node)) return false;
  return node.depth === INDEX_DIGITS || hasSoundChildren(node, nesting + 1);
}

function hasSoundEntry(node: Index): boolean {
  if (!node.hasEntry) return node.slots.length > 1;
  const key = resolveAt(node.slots, 0);
  return isIndexKey(key) && !isMatchingAll(key);
}

function hasSoundChildren(node: Index, nesting: number): boolean {
  const first = node.hasEntry ? 2 : 0;
  const children: Value[] = [];
  for (let i = first; i < node.slots.length; i++) children.push(resolveAt(node.slots, i));
  if (children.length === 0 || popcount(node.mask) !== children.length) return false;
  const isSoundChild = (child: Value) =>
    child instanceof Index && child.count > 0 && isSound(child, nesting);
  if (!children.every(isSoundChild)) return false;
  if (!hasCount(node)) return false;
  const prefix = prefixOf(node);
  if (node.hasEntry && 2 * prefix.length !== node.depth) return false;
  let digits = node.mask;
  return (children as Index[]).every((child) => {
    const digit = 31 - Math.clz32(digits & -digits);
    digits &= digits - 1;
    return isPlaced(child, node, prefix, digit);
  });
}

/** Whether a child stands where its first key leads; `prefix` is the parent's. */
function isPlaced(child: Index, parent: Index, prefix: string, digit: number): boolean {
  const own = prefixOf(child);
  const depth = child.count === 1 ? 2 * own.length : child.depth;
  if (depth <= parent.depth || digitAt(own, parent.depth) !== digit) return false;
  return commonDigits(own, prefix) >= parent.depth;
}

/**
 * The entries start … end-1 as the reference finds them: it removes the others by their keys, first
 * those behind, from the last one on, and then those before.
 * @throws BadStructureError when that removes more than there is
 */
export function sliceByKeys(index: Index, start: number, end: number): Index | null {
  let rest: Index | null = index;
  for (let i = index.count - 1; i >= end; i--) rest = withoutEntryAt(rest, i);
  for (let i = 0; i < start; i++) rest = withoutEntryAt(rest, 0);
  return rest;
}

function withoutEntryAt(index: Index | null, i: number): Index | null {
  doWork(REMOVE_WORK);
  if (index === null) throw new BadStructureError("nothing is left of an Index");
  const key: Value = resolveAt(placeOf(index, i).slots, 0);
  const bytes = indexKeyOf(key);
  if (bytes === null) throw new BadStructureError("a key of an Index does not stand for bytes");
  return removeEntry(index, bytes, isMatchingAll(key));
}
