// Trees of maps and sets made of children that nobody has looked at (sheet 01 §7): empty ones are
// left out, and what counts no more than a leaf holds becomes one. Of sound trees both is known not
// to be needed; a hand can make others, and what the reference makes of those reaches the State.

import { type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { BadStructureError, TrieFaultError } from "./errors.ts";
import { recordCount } from "./exact-count.ts";
import { HashTrie, LEAF, LEAF_MAX, leafHashes } from "./hash-trie.ts";
import { forEachHeldLeaf, forEachLeaf } from "./hash-trie-walk.ts";
import { Index } from "./index-map.ts";
import { integer } from "./integer.ts";
import { DataRecord, DenseRecord } from "./record.ts";
import { SignedData } from "./signed.ts";

/** Counts below are added and taken away as numbers. */
const SAFE_COUNT = 2 ** 52;

/** A leaf of the kind of `like`, of entries in ascending order of hash. */
export function leafOf<T extends HashTrie>(like: T, slots: Slot[], hashes: string[] | null): T {
  if (slots.length === 0) return like.empty;
  const count = like.stride === 1 ? slots.length : slots.length >> 1;
  return like.make(count, slots, LEAF, 0, hashes);
}

/** A tree as it is given. @throws BadStructureError for a count below zero */
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

/** The count of a tree with the entries of `more`, and without those of `less`, in 64 bits. */
export function countWith(node: HashTrie, more: HashTrie, less: HashTrie): Integer {
  if (node.count < SAFE_COUNT && more.count < SAFE_COUNT && less.count < SAFE_COUNT) {
    return node.count + more.count - less.count;
  }
  const [a, b, c] = [node, more, less].map((trie) => BigInt(trie.countInteger));
  return integer(BigInt.asIntN(64, (a as bigint) + (b as bigint) - (c as bigint)));
}

/** How many entries a child that a tree keeps is said to have. @throws TrieFaultError for others */
function countOfKept(like: HashTrie, child: Value): number {
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
 * The tree of these children without those that are empty, or a leaf of no more than 15 entries.
 * @throws BadStructureError when more are there than are counted, or a child is none
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
    if (countOfKept(like, resolveAt(slots, i)) === 0) continue;
    kept.push(slots[i] as Slot);
    keptMask |= bit;
  }
  return treeOf(like, count, kept, shift, keptMask);
}

/** As `rebuilt`. @throws BadStructureError when that is a leaf */
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

/** Entries of leaves. */
class Entries {
  readonly slots: Slot[] = [];
  readonly hashes: string[] = [];

  add(leaf: HashTrie): void {
    this.slots.push(...leaf.slots);
    this.hashes.push(...leafHashes(leaf));
  }

  /** A leaf of them in order of hash. */
  toLeaf<T extends HashTrie>(like: T): T {
    const { slots, hashes } = this;
    sortEntries(slots, hashes, like.stride);
    const leaf = leafOf(like, slots, hashes);
    if (leaf.count > 0) markOrder(leaf, hashes);
    return leaf;
  }
}

/** The sorted leaf of the entries of some children, as they count them; fewer may be there. */
function leafOfCounted<T extends HashTrie>(like: T, slots: Slot[], count: number): T {
  const entries = new Entries();
  const add = (leaf: HashTrie): void => entries.add(leaf);
  for (let i = 0; i < slots.length; i++) {
    const child = resolveAt(slots, i);
    const taken = countOfKept(like, child);
    if (taken === 0) continue;
    if (entries.hashes.length + taken > count || !(child instanceof HashTrie)) {
      throw new BadStructureError(`more than ${count} entries counted as such`);
    }
    forEachLeaf(child, add);
  }
  return entries.toLeaf(like);
}

/** The sorted leaf of the entries that are there in some tries; null of more or less than 15. */
export function leafOfHeld<T extends HashTrie>(like: T, parts: readonly T[]): T | null {
  const entries = new Entries();
  for (const part of parts) forEachHeldLeaf(part, (leaf) => entries.add(leaf));
  return entries.hashes.length === LEAF_MAX ? entries.toLeaf(like) : null;
}

/** Marks a leaf whose entries may be in no order, or there twice. */
export function markOrder(leaf: HashTrie, hashes: readonly string[]): void {
  leaf.isRegular = isAscending(hashes);
}

/** Whether each hash is above the one before. */
function isAscending(hashes: readonly string[]): boolean {
  return hashes.every((hash, i) => i === 0 || (hashes[i - 1] as string) < hash);
}

/** Insertion sort by hash; entries of a sound trie are in order already. */
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
