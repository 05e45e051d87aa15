// Union, intersection and difference of sets as the reference computes them (sheet 01 §21.1; "rule
// 2" is the sheet's). On trees whose elements share leading hash digits it loses track of the digit
// it is at: the result can be misshapen, and two trees that branch at different digits make it
// panic. Whether a child has changed is decided by identity, so the same objects are returned where
// the reference returns the same.

import type { Slot } from "./cell.ts";
import { PanicError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { digitAt } from "./hash-digits.ts";
import { childAt, isFullTree, leafHashes } from "./hash-trie.ts";
import { build, dropRepeated, insert } from "./hash-trie-edit.ts";
import { leafOf, markOrder, rebuilt } from "./hash-trie-rebuild.ts";
import { integer } from "./integer.ts";
import { checkDepth } from "./nesting.ts";
import type { CVMSet } from "./set.ts";

export const UNION = 0;
export const INTERSECTION = 1;
/** The elements of the first set that the second does not have. */
export const LEFT_DIFFERENCE = 2;
/** The elements of the second set that the first does not have. */
export const RIGHT_DIFFERENCE = 3;
export type SetOperation =
  | typeof UNION
  | typeof INTERSECTION
  | typeof LEFT_DIFFERENCE
  | typeof RIGHT_DIFFERENCE;

/**
 * Units of work (free-work.ts) of a tree that nobody paid for: a count in either set is not true.
 */
const TREE_WORK = 2000;

/** Rule 1. Juice pays for `b` by its count. @throws PanicError by rule 4 */
export function combineSets(a: CVMSet, b: CVMSet, op: SetOperation): CVMSet {
  const isPaid = b.isLeaf || isFullTree(b, true);
  return combine(a, b, op, a.isLeaf ? 0 : a.shift, isPaid, 0);
}

function reversed(op: SetOperation): SetOperation {
  if (op === LEFT_DIFFERENCE) return RIGHT_DIFFERENCE;
  return op === RIGHT_DIFFERENCE ? LEFT_DIFFERENCE : op;
}

/**
 * Rules 2 to 5.
 * @param s the position of the hash digit at which the reference believes to be
 * @param isPaid whether juice was paid for all that `b` holds
 */
function combine(
  a: CVMSet,
  b: CVMSet,
  op: SetOperation,
  s: number,
  isPaid: boolean,
  depth: number,
): CVMSet {
  checkDepth(depth);
  // Two shortcuts: after visiting everything the rules come to the same result. What nobody has
  // paid for is visited: peers differ in which trees are the same object, not in the work.
  const isFull = a.isLeaf || isFullTree(a, true);
  if (isFull) {
    if (a === b && isPaid) return op === UNION || op === INTERSECTION ? a : a.empty;
    if (b.isEmpty) return op === UNION || op === LEFT_DIFFERENCE ? a : a.empty;
  }
  if (!isFull || !isPaid) doWork(TREE_WORK);
  if (a.isLeaf) {
    return b.isLeaf ? combineLeaves(a, b, op) : treeWithLeaf(b, a, reversed(op), s, isPaid, depth);
  }
  return b.isLeaf
    ? treeWithLeaf(a, b, op, s, isPaid, depth)
    : combineTrees(a, b, op, s, isPaid, depth);
}

/** Rule 2. The result is `a` itself when it has the elements of `a`. */
function combineLeaves(a: CVMSet, b: CVMSet, op: SetOperation): CVMSet {
  const slots: Slot[] = [];
  const hashes: string[] = [];
  const left = leafHashes(a);
  const right = leafHashes(b);
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const x = left[i];
    const y = right[j];
    if (y === undefined || (x !== undefined && x < y)) {
      if (op === UNION || op === LEFT_DIFFERENCE) {
        hashes.push(x as string);
        slots.push(a.slots[i] as Slot);
      }
      i++;
    } else if (x === undefined || y < x) {
      if (op === UNION || op === RIGHT_DIFFERENCE) {
        hashes.push(y);
        slots.push(b.slots[j] as Slot);
      }
      j++;
    } else {
      if (op === UNION || op === INTERSECTION) {
        hashes.push(x);
        slots.push(a.slots[i] as Slot);
      }
      i++;
      j++;
    }
  }
  const isAll = hashes.length === left.length && op !== RIGHT_DIFFERENCE;
  if (isAll) return a;
  if (!a.isRegular || !b.isRegular) dropRepeated(slots, hashes, 1);
  return build(a, slots, hashes);
}

/** Rule 4. */
function combineTrees(
  a: CVMSet,
  b: CVMSet,
  op: SetOperation,
  s: number,
  isPaid: boolean,
  depth: number,
): CVMSet {
  if (a.shift !== b.shift) throw new PanicError("Misaligned shifts!");
  const children: CVMSet[] = [];
  const mask = a.mask | b.mask;
  let i = 0;
  let j = 0;
  let isChanged = false;
  for (let digits = mask; digits !== 0; digits &= digits - 1) {
    const bit = digits & -digits;
    const left = a.mask & bit ? childAt(a, i++) : a.empty;
    const right = b.mask & bit ? childAt(b, j++) : a.empty;
    const result = combine(left, right, op, s + 1, isPaid, depth + 1);
    if (result !== left) isChanged = true;
    children.push(result);
  }
  return isChanged ? treeAt(a, children, mask, s) : a;
}

/** Rule 5. */
function treeWithLeaf(
  a: CVMSet,
  b: CVMSet,
  op: SetOperation,
  s: number,
  isPaid: boolean,
  depth: number,
): CVMSet {
  const children: CVMSet[] = [];
  let isChanged = false;
  let i = 0;
  for (let digits = a.mask; digits !== 0; digits &= digits - 1) {
    const digit = 31 - Math.clz32(digits & -digits);
    const child = childAt(a, i++);
    const result = combine(child, withDigit(b, s, digit), op, s + 1, isPaid, depth + 1);
    if (result !== child) isChanged = true;
    children.push(result);
  }
  let result = isChanged ? treeAt(a, children, a.mask, s) : a;
  if (op !== UNION && op !== RIGHT_DIFFERENCE) return result;
  const hashes = leafHashes(b);
  for (let j = 0; j < hashes.length; j++) {
    const hash = hashes[j] as string;
    if (a.mask & (1 << digitAt(hash, s))) continue;
    result = insert(result, hash, b.slots[j] as Slot, null);
  }
  return result;
}

/** The elements of a leaf that have this digit at position s. */
function withDigit(leaf: CVMSet, s: number, digit: number): CVMSet {
  const slots: Slot[] = [];
  const hashes: string[] = [];
  const all = leafHashes(leaf);
  for (let i = 0; i < all.length; i++) {
    const hash = all[i] as string;
    if (digitAt(hash, s) !== digit) continue;
    hashes.push(hash);
    slots.push(leaf.slots[i] as Slot);
  }
  if (hashes.length === all.length) return leaf;
  const part = leafOf(leaf, slots, hashes);
  if (!leaf.isRegular && part.count > 0) markOrder(part, hashes);
  return part;
}

/** Rule 6: a tree with shift `s`, whether or not the children branch there, even for one child. */
function treeAt(like: CVMSet, children: readonly CVMSet[], mask: number, s: number): CVMSet {
  const kept: CVMSet[] = [];
  let keptMask = 0;
  let count = 0n;
  let digits = mask;
  for (const child of children) {
    const bit = digits & -digits;
    digits ^= bit;
    if (child.isEmpty) continue;
    kept.push(child);
    keptMask |= bit;
    count += BigInt(child.countInteger);
  }
  // As it is encoded, in a byte: of a hand-made set it can be beyond that.
  const shift = (s << 24) >> 24;
  return rebuilt(like, integer(BigInt.asIntN(64, count)), kept, shift, keptMask);
}
