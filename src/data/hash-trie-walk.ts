// hot: see test/bench. Walks the entries of maps and sets (sheet 01 §7). The reference does it in
// three ways, which differ in hand-made tries whose counts are not true (T44): by position, going
// by the counts ("placed"); through all that is there, whatever the counts say ("held"); and, for a
// set, into an array of as many places as the set counts.

import { Cell, resolveAt, type Value } from "./cell.ts";
import { BadStructureError, TrieFaultError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { checkCopyCount, childAt, type HashTrie, isFullTree } from "./hash-trie.ts";
import { leafOf } from "./hash-trie-rebuild.ts";
import { checkDepth } from "./nesting.ts";
import { mayBeUnhashed, noteOrdered } from "./noted-hash.ts";

/** Units of work (free-work.ts) to visit a tree whose counts are not true. */
const TREE_WORK = 500;
/** Units of work of an entry in such a tree: whoever walks them keeps them all. */
const HELD_WORK = 1000;

/** Where an entry is: its leaf, and the index of its first slot there. */
export interface EntryPlace<T> {
  readonly leaf: T;
  readonly at: number;
  /** Entries from this one to the end of the leaf. */
  readonly left: number;
}

/** The leaf, whose keys have hashes when there are several: that is how they were put in order. */
function ordered<T extends HashTrie>(leaf: T): T {
  if (!mayBeUnhashed() || leaf.count === 1) return leaf;
  for (let i = 0; i < leaf.slots.length; i += leaf.stride) {
    const key = leaf.slots[i];
    if (key instanceof Cell && key.isEqualUnhashed) noteOrdered(key);
  }
  return leaf;
}

/** A leaf of the first `left` entries of a leaf. */
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
    visit(firstOf(ordered(node), left));
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

/** A tree whose leaves are being gone through. */
interface OpenTree<T> {
  readonly node: T;
  /** Entries that are to be found in it, and how many are still. */
  readonly taken: number;
  rest: number;
  next: number;
}

/**
 * `forEachLeaf` as a generator. With a stack of our own: each leaf would pass through as many
 * generators as trees are in one another.
 * @throws TrieFaultError
 */
export function* leavesOf<T extends HashTrie>(root: T): Generator<T> {
  const open: OpenTree<T>[] = [];
  let node = root;
  let taken = root.count;
  for (;;) {
    if (node.isLeaf) {
      yield firstOf(ordered(node), taken);
    } else {
      checkDepth(open.length);
      open.push({ node, taken, rest: taken, next: 0 });
    }
    let child: T | null = null;
    for (let top = open.at(-1); child === null; top = open.at(-1)) {
      if (top === undefined) return;
      if (top.rest <= 0) {
        open.pop();
        continue;
      }
      const at = top.next++;
      if (at >= top.node.slots.length) {
        throw new TrieFaultError(top.node.stride, top.taken - top.rest);
      }
      const part = childAt(top.node, at);
      taken = Math.min(top.rest, part.count);
      top.rest -= taken;
      if (taken > 0) child = part;
    }
    node = child;
  }
}

/**
 * Visits all leaves that are there, whatever the counts say.
 * @param isCharged whether trees and entries count as work; below a tree whose count is not that of
 *   its children they always do
 */
export function forEachHeldLeaf<T extends HashTrie>(
  node: T,
  visit: (leaf: T) => void,
  isCharged = false,
  depth = 0,
): void {
  if (node.isLeaf) {
    if (isCharged) doWork(node.count * HELD_WORK);
    visit(ordered(node));
    return;
  }
  checkDepth(depth);
  if (isCharged) doWork(TREE_WORK);
  const areCharged = isCharged || !isFullTree(node);
  for (let i = 0; i < node.slots.length; i++) {
    forEachHeldLeaf(childAt(node, i), visit, areCharged, depth + 1);
  }
}

/**
 * The place of entry i by position.
 * @throws RangeError unless 0 ≤ i < count
 * @throws TrieFaultError when there are fewer entries
 */
export function placeAt<T extends HashTrie>(root: T, index: number): EntryPlace<T> {
  if (!(index >= 0 && index < root.count)) {
    // Beyond 2^53 (T47) a position in range can be rounded up to the count: no entry is there.
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
  return { leaf: ordered(node), at: i * node.stride, left };
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
 * The elements of a set in an array of as many places as it counts. Each child begins at the place
 * where the counts of those before it end; a place that nothing fills is nil.
 * @throws BadStructureError for an element beyond the end of the array
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
