// Slices of sets as the reference makes them (sheet 01 §21.2): it removes children from a tree one
// by one while it counts through them. When one of two children is removed the other one takes the
// place of the tree, and the loop goes on with the children of that. So a range of more than 15
// elements inside the last child comes out wrong.

import type { Slot } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { childAt, LEAF_MAX, leafHashes } from "./hash-trie.ts";
import { withChild, withoutChild } from "./hash-trie-edit.ts";
import { leafOf, markOrder, sortEntries } from "./hash-trie-rebuild.ts";
import { checkDepth } from "./nesting.ts";
import type { CVMSet } from "./set.ts";

/** The elements start … end-1 of a set, as the reference finds them. */
export function sliceOfSet(set: CVMSet, start: number, end: number, depth = 0): CVMSet {
  if (end - start === set.count) return set;
  if (start === end) return set.empty;
  if (set.isLeaf || end - start <= LEAF_MAX) return leafOfRange(set, start, end);
  checkDepth(depth);
  let result = set;
  let left = set.slots.length;
  let position = 0;
  for (let i = 0; i < left; ) {
    if (result.isLeaf || i >= result.slots.length) {
      throw new BadStructureError("a set has too few children");
    }
    const child = childAt(result, i);
    const next = position + child.count;
    if (next <= start || position >= end) {
      result = withoutChild(result, i, digitBit(result, i));
      left--;
    } else {
      const from = Math.max(start - position, 0);
      const part = sliceOfSet(child, from, Math.min(child.count, end - position), depth + 1);
      if (part !== child) result = withChild(result, i, part);
      i++;
    }
    if (result.isLeaf) throw new BadStructureError("a leaf in the place of a tree");
    position = next;
  }
  return result;
}

/** Bit of the digit of child number i. */
function digitBit(tree: CVMSet, index: number): number {
  let digits = tree.mask;
  for (let i = 0; i < index; i++) digits &= digits - 1;
  return digits & -digits;
}

/**
 * The leaf of up to 15 elements by position, sorted by hash; a hand-made set may give one twice.
 */
function leafOfRange(set: CVMSet, start: number, end: number): CVMSet {
  const slots: Slot[] = [];
  for (let i = start; i < end; ) {
    const { leaf, at, left } = set.placeAt(i);
    const taken = Math.min(left, end - i);
    slots.push(...leaf.slots.slice(at, at + taken));
    i += taken;
  }
  const part = leafOf(set, slots, null);
  const hashes = leafHashes(part);
  sortEntries(slots, hashes, 1);
  markOrder(part, hashes);
  return part;
}
