// Slices of sets as the reference makes them (sheet 01 §21.2): it takes children out of a tree one
// by one while it counts through them, and when only two are left the other one takes the place of
// the tree, whose children it then goes on with. A range of more than 15 elements inside the last
// child comes out wrong.

import { BadStructureError } from "./errors.ts";
import { checkCount, childAt, LEAF_MAX, MAX_TRIE_DEPTH, tooDeep } from "./hash-trie.ts";
import { sliceOf, treeOf } from "./hash-trie-edit.ts";
import type { CVMSet } from "./set.ts";

/** The elements start … end-1, or what the reference takes for them. */
export function sliceOfSet(set: CVMSet, start: number, end: number, depth = 0): CVMSet {
  if (start === 0 && end === set.count) return set;
  if (end - start <= LEAF_MAX) return sliceOf(set, start, end);
  if (depth > MAX_TRIE_DEPTH) throw tooDeep();
  checkCount(set);
  let result = set;
  let left = set.slots.length;
  let position = 0;
  for (let i = 0; i < left; ) {
    if (result.isLeaf) throw new BadStructureError("a leaf with children");
    const child = childAt(result, i);
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, child.count);
    position += child.count;
    if (from >= to) {
      result = withoutChild(result, i, child);
      left--;
    } else {
      result = withChild(result, i, child, sliceOfSet(child, from, to, depth + 1));
      i++;
    }
  }
  return result;
}

function withoutChild(tree: CVMSet, index: number, child: CVMSet): CVMSet {
  if (tree.slots.length === 2) return childAt(tree, 1 - index);
  let digits = tree.mask;
  for (let i = 0; i < index; i++) digits &= digits - 1;
  const mask = tree.mask & ~(digits & -digits);
  return treeOf(tree, tree.count - child.count, tree.slots.toSpliced(index, 1), tree.shift, mask);
}

function withChild(tree: CVMSet, index: number, child: CVMSet, part: CVMSet): CVMSet {
  if (part === child) return tree;
  const slots = tree.slots.with(index, part);
  return treeOf(tree, tree.count + part.count - child.count, slots, tree.shift, tree.mask);
}
