// hot: see test/bench. The entries of maps and sets one after the other (sheet 01 §7). The
// reference goes through them in three ways, which differ where a sender made up counts: by their
// positions, as the counts of the trees have them; through all that is there; and, of a set, into
// an array that has as many places as the set counts.

import { resolveAt, type Value } from "./cell.ts";
import { BadStructureError, TrieFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { checkCopyCount, checkDepth, childAt, type HashTrie, isFullTree } from "./hash-trie.ts";
import { leafOf } from "./hash-trie-rebuild.ts";

/**
 * Units of work (free-work.ts) of a tree where counts are not what the trees hold, and of an entry
 * in it: who walks it keeps them all.
 */
const TREE_WORK = 500;
const HELD_WORK = 300;

/** Where an entry is: a leaf, and the position of the entry's first slot in it. */
export interface EntryPlace<T> {
  readonly leaf: T;
  readonly at: number;
  /** How many entries from this one on are in the leaf. */
  readonly left: number;
}

/** A leaf, or its first entries. */
function firstOf<T extends HashTrie>(leaf: T, left: number): T {
  if (left >= leaf.count) return leaf;
  return leafOf(leaf, leaf.slots.slice(0, left * leaf.stride), null);
}

/**
 * Visits the leaves of the first `left` entries by position, in order.
 * @throws TrieFaultError when there are fewer
 */
export function forEachLeaf<T extends HashTrie>(
  node: T,
  visit: (leaf: T) => void,
  left = node.count,
  depth = 0,
): void {
  if (node.isLeaf) {
    visit(firstOf(node, left));
    return;
  }
  checkDepth(depth);
  let rest = left;
  for (let i = 0; i < node.slots.length && rest > 0; i++) {
    const child = childAt(node, i);
    const taken = Math.min(rest, child.count);
    if (taken > 0) forEachLeaf(child, visit, taken, depth + 1);
    rest -= taken;
  }
  if (rest > 0) throw new TrieFaultError(node.stride, left - rest);
}

/** The leaves in order, one at a time; as `forEachLeaf`. */
export function* leavesOf<T extends HashTrie>(node: T, left = node.count, depth = 0): Generator<T> {
  if (node.isLeaf) {
    yield firstOf(node, left);
    return;
  }
  checkDepth(depth);
  let rest = left;
  for (let i = 0; i < node.slots.length && rest > 0; i++) {
    const child = childAt(node, i);
    const taken = Math.min(rest, child.count);
    if (taken > 0) yield* leavesOf(child, taken, depth + 1);
    rest -= taken;
  }
  if (rest > 0) throw new TrieFaultError(node.stride, left - rest);
}

/**
 * Visits all leaves that are there, whatever is counted.
 * @param isCharged whether trees and entries are work: as soon as a count is not that of children
 */
export function forEachHeldLeaf<T extends HashTrie>(
  node: T,
  visit: (leaf: T) => void,
  isCharged = false,
  depth = 0,
): void {
  if (node.isLeaf) {
    if (isCharged) doWork(node.count * HELD_WORK);
    visit(node);
    return;
  }
  checkDepth(depth);
  if (isCharged) doWork(TREE_WORK);
  const areCharged = isCharged || !isFullTree(node);
  for (let i = 0; i < node.slots.length; i++) {
    forEachHeldLeaf(childAt(node, i), visit, areCharged, depth + 1);
  }
}

/** Entry i by position. @throws RangeError unless 0 ≤ i < count, TrieFaultError */
export function placeAt<T extends HashTrie>(root: T, index: number): EntryPlace<T> {
  if (!(index >= 0 && index < root.count)) {
    // A position that is in range is rounded to the count only where nothing has so many entries.
    if (index === root.count && index > Number.MAX_SAFE_INTEGER) {
      throw new TrieFaultError(root.stride, index);
    }
    throw new RangeError(`no entry ${index} of ${root.countInteger}`);
  }
  let node = root;
  let i = index;
  let left = root.count - index;
  for (let depth = 0; !node.isLeaf; depth++) {
    checkDepth(depth);
    const [start, count] = [i, node.slots.length];
    let child: T | null = null;
    for (let at = 0; at < count; at++) {
      child = childAt(node, at);
      if (i < child.count) break;
      i -= child.count;
      child = null;
    }
    if (child === null) throw new TrieFaultError(node.stride, start);
    node = child;
    left = Math.min(left, node.count - i);
  }
  return { leaf: node, at: i * node.stride, left };
}

/** All keys (offset 0) or values (offset 1) by position. */
export function collect(root: HashTrie, offset: 0 | 1): Value[] {
  checkCopyCount(root);
  const values: Value[] = [];
  forEachLeaf(root, (leaf) => {
    const { slots, stride } = leaf;
    for (let i = offset; i < slots.length; i += stride) values.push(resolveAt(slots, i));
  });
  return values;
}

/**
 * The elements of a set in an array of as many places as it counts, each child at the place where
 * the counts of those before it end. What is nowhere is nil.
 * @throws BadStructureError for an element behind the end
 */
export function arrayOfSet(root: HashTrie): Value[] {
  checkCopyCount(root);
  if (root.isLeaf || isFullTree(root, true)) return collect(root, 0);
  const values: Value[] = new Array<Value>(root.count).fill(null);
  copyTo(values, root, 0, 0);
  return values;
}

function copyTo(values: Value[], node: HashTrie, start: number, depth: number): void {
  checkDepth(depth);
  doWork(TREE_WORK);
  if (node.isLeaf) {
    if (start + node.count > values.length) throw new BadStructureError("a set holds more");
    for (let i = 0; i < node.count; i++) values[start + i] = resolveAt(node.slots, i);
    return;
  }
  let at = start;
  for (let i = 0; i < node.slots.length; i++) {
    const child = childAt(node, i);
    copyTo(values, child, at, depth + 1);
    at += child.count;
    if (at > 0x7fffffff) throw new BadStructureError("a set counts more than an array holds");
  }
}
