// Indexes in which keys stand where their digits do not lead (T35, index-key.ts), or that hold keys
// which match all. What takes entries out by their keys takes out others there.

import { resolveAt, type Value } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { commonDigits, digitAt } from "./hash-digits.ts";
import { indexKeyOf, isMatchingAll } from "./index-key.ts";
import type { Index } from "./index-map.ts";
import { childAt, placeOf, prefixOf, removeEntry } from "./index-tree.ts";
import { RunMemo } from "./run-memory.ts";

/** Units of work (free-work.ts) of looking at a cell, and of taking out an entry. */
const CELL_WORK = 200;
const REMOVE_WORK = 2000;

const sound = new RunMemo<Index, boolean>();

/** Whether every key stands where its digits lead, and none of them matches all. */
export function isSound(node: Index): boolean {
  const known = sound.get(node);
  if (known !== undefined) return known;
  doWork(CELL_WORK);
  const result = hasSoundEntry(node) && hasSoundChildren(node);
  sound.set(node, result);
  return result;
}

function hasSoundEntry(node: Index): boolean {
  return !node.hasEntry || !isMatchingAll(resolveAt(node.slots, 0));
}

function hasSoundChildren(node: Index): boolean {
  if (node.count < 2) return true;
  const prefix = prefixOf(node);
  if (node.hasEntry && 2 * prefix.length !== node.depth) return false;
  let digits = node.mask;
  for (let i = node.hasEntry ? 2 : 0; i < node.slots.length; i++) {
    const digit = 31 - Math.clz32(digits & -digits);
    digits &= digits - 1;
    const child = childAt(node, i);
    const own = prefixOf(child);
    const depth = child.count === 1 ? 2 * own.length : child.depth;
    if (depth <= node.depth || digitAt(own, node.depth) !== digit) return false;
    if (commonDigits(own, prefix) < node.depth || !isSound(child)) return false;
  }
  return true;
}

/**
 * The entries start … end-1, made as the reference makes them: by taking out the others by their
 * keys, from the last one on and then from the first.
 * @throws BadStructureError when that takes out more than there is
 */
export function sliceByKeys(index: Index, start: number, end: number): Index {
  let rest = index;
  for (let i = index.count - 1; i >= end; i--) rest = withoutEntryAt(rest, i);
  for (let i = 0; i < start; i++) rest = withoutEntryAt(rest, 0);
  return rest;
}

function withoutEntryAt(index: Index, i: number): Index {
  doWork(REMOVE_WORK);
  if (i >= index.count) throw new BadStructureError(`an Index without entry ${i}`);
  const key: Value = resolveAt(placeOf(index, i).slots, 0);
  return removeEntry(index, indexKeyOf(key) ?? "", isMatchingAll(key));
}
