// Builds maps and sets out of children that have not been checked (sheet 01 §7): empty children are
// left out, and a tree that counts no more than a leaf holds becomes a leaf. For sound trees
// neither is needed. There are hand-made ones, and what the reference makes of those reaches the
// State (T44).

import { type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { BadStructureError, TrieFaultError } from "./errors.ts";
import { recordCount } from "./exact-count.ts";
import { HashTrie, LEAF, LEAF_MAX, leafHashes } from "./hash-trie.ts";
import { forEachHeldLeaf, forEachLeaf } from "./hash-trie-walk.ts";
import { Index } from "./index-map.ts";
import { integer } from "./integer.ts";
import { DataRecord, DenseRecord } from "./record.ts";
import { SignedData } from "./signed.ts";

/** Counts below this are added and subtracted as numbers. */
const SAFE_COUNT = 2 ** 52;

/** A leaf of the same kind as `like`; entries in ascending order of hash. */
export function leafOf<T extends HashTrie>(like: T, slots: Slot[], hashes: string[] | null): T {
  if (slots.length === 0) return like.empty;
  const count = like.stride === 1 ? slots.length : slots.length >> 1;
  return like.make(count, slots, LEAF, 0, hashes);
}

/** A tree of the same kind as `like`, unchecked. @throws BadStructureError for a negative count */
export function treeOf<T extends HashTrie>(
  like: T,
  count: Integer,
  slots: Slot[],
  shift: number,
  mask: number,
): T {
  if (count < 0) throw new BadStructureError(`a tree of ${count} entries`);
  const tree = like.make(Number(count), slots, shift, mask, null);
  recordCount(tree, count);
  return tree;
}

/** node.count + more.count - less.count, wrapping at 64 bits as in the reference. */
export function countWith(node: HashTrie, more: HashTrie, less: HashTrie): Integer {
  if (node.count < SAFE_COUNT && more.count < SAFE_COUNT && less.count < SAFE_COUNT) {
    return node.count + more.count - less.count;
  }
  const [a, b, c] = [node, more, less].map((trie) => BigInt(trie.countInteger));
  return integer(BigInt.asIntN(64, (a as bigint) + (b as bigint) - (c as bigint)));
}

/**
 * The count of a child. In a map the reference takes an Index or a record for a child as well.
 * @throws TrieFaultError for anything else
 */
function childCount(like: HashTrie, child: Value): number {
  if (child instanceof HashTrie && child.stride === like.stride) return child.count;
  if (like.stride === 2) {
    if (child instanceof Index) return child.count;
    if (child instanceof DenseRecord) return child.fields.count;
    if (child instanceof DataRecord) return child.fieldCount;
    if (child instanceof SignedData) return child.fieldNames.length;
  }
  throw new TrieFaultError(like.stride, null, child);
}

/**
 * The tree of these children without the empty ones, or a leaf when `count` is 15 or less.
 * @throws BadStructureError when that leaf would have more entries, or a child is of another kind
 */
export function rebuilt<T extends HashTrie>(
  like: T,
  count: Integer,
  slots: Slot[],
  shift: number,
  mask: number,
): T {
  if (count <= LEAF_MAX) return leafOfCounted(like, slots, Number(count));
  const kept: Slot[] = [];
  let keptMask = 0;
  let digits = mask;
  for (let i = 0; i < slots.length; i++) {
    const bit = digits & -digits;
    digits ^= bit;
    if (childCount(like, resolveAt(slots, i)) === 0) continue;
    kept.push(slots[i] as Slot);
    keptMask |= bit;
  }
  return treeOf(like, count, kept, shift, keptMask);
}

/** As `rebuilt`. @throws BadStructureError also when the result is a leaf */
export function rebuiltTree<T extends HashTrie>(
  like: T,
  count: Integer,
  slots: Slot[],
  shift: number,
  mask: number,
): T {
  const tree = rebuilt(like, count, slots, shift, mask);
  if (tree.isLeaf) throw new BadStructureError("a leaf in the place of a tree");
  return tree;
}

/** Collects the entries of leaves. */
class Entries {
  readonly slots: Slot[] = [];
  readonly hashes: string[] = [];

  add(leaf: HashTrie): void {
    this.slots.push(...leaf.slots);
    this.hashes.push(...leafHashes(leaf));
  }

  /** The leaf of all of them, sorted by hash. */
  toLeaf<T extends HashTrie>(like: T): T {
    const { slots, hashes } = this;
    sortEntries(slots, hashes, like.stride);
    const leaf = leafOf(like, slots, hashes);
    if (leaf.count > 0) markOrder(leaf, hashes);
    return leaf;
  }
}

/**
 * The sorted leaf of the entries of some children that claim to have `count`; it may have fewer.
 */
function leafOfCounted<T extends HashTrie>(like: T, slots: Slot[], count: number): T {
  const entries = new Entries();
  const add = (leaf: HashTrie): void => entries.add(leaf);
  for (let i = 0; i < slots.length; i++) {
    const child = resolveAt(slots, i);
    const taken = childCount(like, child);
    if (taken === 0) continue;
    if (entries.hashes.length + taken > count || !(child instanceof HashTrie)) {
      throw new BadStructureError(`more than ${count} entries counted as such`);
    }
    forEachLeaf(child, add);
  }
  return entries.toLeaf(like);
}

/** The sorted leaf of all entries that are really there in some tries; null unless they are 15. */
export function leafOfHeld<T extends HashTrie>(like: T, parts: readonly T[]): T | null {
  const entries = new Entries();
  for (const part of parts) forEachHeldLeaf(part, (leaf) => entries.add(leaf));
  return entries.hashes.length === LEAF_MAX ? entries.toLeaf(like) : null;
}

/** Notes whether the entries of a leaf are in order, none twice. */
export function markOrder(leaf: HashTrie, hashes: readonly string[]): void {
  leaf.isRegular = isAscending(hashes);
}

/** Whether each hash is above the one before. */
function isAscending(hashes: readonly string[]): boolean {
  return hashes.every((hash, i) => i === 0 || (hashes[i - 1] as string) < hash);
}

/** Sorts entries by hash, by insertion: those of a sound trie are in order already. */
export function sortEntries(slots: Slot[], hashes: string[], stride: 1 | 2): void {
  for (let i = 1; i < hashes.length; i++) {
    const hash = hashes[i] as string;
    let to = i;
    while (to > 0 && (hashes[to - 1] as string) > hash) to--;
    if (to === i) continue;
    hashes.splice(to, 0, ...hashes.splice(i, 1));
    slots.splice(to * stride, 0, ...slots.splice(i * stride, stride));
  }
}
