// Whether one set has all elements of another, as the reference finds out (sheet 01 §7): it
// compares two trees child by child, whether or not they branch at the same digit (T44).

import { doWork } from "./free-work.ts";
import { childAt, findLeaf, isFullTree, leafHashes } from "./hash-trie.ts";
import { checkDepth } from "./nesting.ts";
import type { CVMSet } from "./set.ts";

/**
 * Units of work (free-work.ts) of a tree that nobody paid for: a count in either set is not true.
 */
const TREE_WORK = 2000;

/** More elements than this nobody can pay for, unless juice wraps around (T45): then nobody has. */
const PAID_COUNT_MAX = 2 ** 40;

/** Whether `set` has all elements of `other`. Juice pays for `other` by its count. */
export function holdsAll(set: CVMSet, other: CVMSet): boolean {
  const isPaid = other.isLeaf || (other.count <= PAID_COUNT_MAX && isFullTree(other, true));
  return holds(set, other, isPaid, 0);
}

function holds(set: CVMSet, other: CVMSet, isPaid: boolean, depth: number): boolean {
  checkDepth(depth);
  if (set.isLeaf) return set === other || (other.count <= set.count && leafHolds(set, other));
  if (other.isLeaf) return leafHashes(other).every((hash) => hasHash(set, hash));
  return treeHolds(set, other, isPaid, depth);
}

function leafHolds(leaf: CVMSet, other: CVMSet): boolean {
  const hashes = leafHashes(leaf);
  let i = 0;
  for (const hash of leafHashes(other)) {
    while (i < hashes.length && (hashes[i] as string) < hash) i++;
    if (hashes[i] !== hash) return false;
    i++;
  }
  return true;
}

function hasHash(set: CVMSet, hash: string): boolean {
  const leaf = findLeaf<CVMSet>(set, hash);
  return leaf?.isLeaf === true && leafHashes(leaf).includes(hash);
}

function treeHolds(set: CVMSet, other: CVMSet, isPaid: boolean, depth: number): boolean {
  if ((set.mask | other.mask) !== set.mask) return false;
  // A shortcut: after visiting everything the result is the same, and so is the work.
  if (set === other && isPaid && isFullTree(set, true)) return true;
  if (!isPaid || !isFullTree(set)) doWork(TREE_WORK);
  let [i, j] = [0, 0];
  for (let bit = 1; bit < 0x10000; bit <<= 1) {
    const child = set.mask & bit ? childAt(set, i++) : set.empty;
    const theirs = other.mask & bit ? childAt(other, j++) : set.empty;
    if (!holds(child, theirs, isPaid, depth + 1)) return false;
  }
  return true;
}
