// hot: see test/bench. What maps and sets have in common (sheet 01 §7): a leaf of at most 15
// entries in ascending order of hash, or a tree that branches at one hex digit of the hashes. An
// entry is one slot in a set and two in a map, the key first. Here are the cell and the search;
// hash-trie-edit.ts changes tries, hash-trie-bulk.ts builds and hash-trie-walk.ts walks them.
// Decoding accepts children of any type, and counts, shifts and digits that are wrong. As in the
// reference they are believed; where it throws, BadStructureError is thrown.

import { Cell, type Integer, Ref, resolveAt, type Slot, type Value } from "./cell.ts";
import { hashKey, slotHashKey, slotLength, writeSlot } from "./encode.ts";
import { equals } from "./equals.ts";
import { TrieFaultError } from "./errors.ts";
import { exactCount } from "./exact-count.ts";
import { WorkLimitError } from "./free-work.ts";
import { digitAt, HASH_DIGITS, isBelow, popcount } from "./hash-digits.ts";
import { checkDepth } from "./nesting.ts";
import { RunMemo, requireOwnCells } from "./run-memory.ts";
import { writeTreePatched } from "./trie-patch.ts";
import { mayBeUnreadable } from "./unreadable.ts";
import { hasTraceable, isUnsettled } from "./unsettled.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Most entries of a leaf. */
export const LEAF_MAX = 15;
/** The `shift` of a leaf. */
export const LEAF = -256;
/** Most entries copied at once. */
const MAX_TRIE_COPY_COUNT = 2 ** 24;

export abstract class HashTrie extends Cell {
  /** Number of entries; rounded above 2^53-1, which only a damaged trie declares. */
  readonly count: number;
  /** Position of the digit that tells the children apart, or LEAF. */
  readonly shift: number;
  /** Bit d is set when there is a child for digit d. */
  readonly mask: number;
  /** The children in order of digit, or the entries of a leaf. */
  readonly slots: Slot[];
  /** Hash keys of the entries of a leaf, null until needed. */
  hashes: string[] | null;
  /** Hash key of the first entry of a tree, null until needed. */
  firstHash: string | null = null;
  /**
   * Of a leaf: whether its entries are known to be in ascending order, none twice. Of a tree:
   * whether its children are known to be tries of its kind, none empty. Only hand-made tries are
   * irregular.
   */
  isRegular: boolean;
  /** Until this tree is encoded: one out of whose encoding it can be written (trie-patch.ts). */
  encodedBase: HashTrie | null = null;

  constructor(count: number, slots: Slot[], shift: number, mask: number, hashes: string[] | null) {
    super();
    this.count = count;
    this.slots = slots;
    this.shift = shift;
    this.mask = mask;
    this.hashes = hashes;
    this.isRegular = shift === LEAF;
  }

  /** Slots of one entry. */
  abstract get stride(): 1 | 2;
  /** The empty trie of this kind. */
  abstract get empty(): this;
  /** A cell of this kind with these fields. */
  abstract make(
    count: number,
    slots: Slot[],
    shift: number,
    mask: number,
    hashes: string[] | null,
  ): this;

  /** Number of entries, exact: as it is encoded. */
  get countInteger(): Integer {
    return exactCount(this);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get isLeaf(): boolean {
    return this.shift === LEAF;
  }

  override get slotCount(): number {
    return this.slots.length;
  }

  override slotAt(index: number): Slot {
    return this.slots[index] as Slot;
  }

  override fillSlot(index: number, value: Value): void {
    this.slots[index] = value;
  }

  override measure(): number {
    let length = 1 + vlqLength(this.countInteger);
    if (!this.isLeaf) length += 3;
    for (const slot of this.slots) length += slotLength(slot);
    return length;
  }

  override writeTo(w: Writer): void {
    const base = this.encodedBase;
    if (base !== null) {
      this.encodedBase = null;
      if (writeTreePatched(this, base, w)) return;
    }
    this.writeHeader(w);
    for (const slot of this.slots) writeSlot(w, slot);
  }

  /** Writes tag and count; for a tree also shift and mask. */
  writeHeader(w: Writer): void {
    w.byte(this.tag);
    w.vlq(this.countInteger);
    if (this.isLeaf) return;
    w.byte(this.shift & 0xff);
    w.byte(this.mask >> 8);
    w.byte(this.mask & 0xff);
  }
}

/** Child `index` of a tree, a trie of the same kind. @throws TrieFaultError when it is none */
export function childAt<T extends HashTrie>(node: T, index: number): T {
  const slot = node.slots[index];
  if (slot instanceof HashTrie && slot.stride === node.stride) return slot as T;
  return loadedChild(node, index);
}

function loadedChild<T extends HashTrie>(node: T, index: number): T {
  const child = resolveAt(node.slots, index);
  if (child instanceof HashTrie && child.stride === node.stride) return child as T;
  throw new TrieFaultError(node.stride, null, child);
}

/** Hash keys of the entries of a leaf, in their order. */
export function leafHashes(leaf: HashTrie): string[] {
  if (leaf.hashes !== null) return leaf.hashes;
  const hashes: string[] = [];
  const { slots, stride } = leaf;
  for (let i = 0; i < slots.length; i += stride) hashes.push(slotHashKey(slots[i] as Slot));
  leaf.hashes = hashes;
  return hashes;
}

/** Position of the first hash that is not below `hash`. */
export function lowerBound(hashes: readonly string[], hash: string): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(hashes[middle] as string, hash)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Number of the first entry of a leaf that has this key, or -1. Tries identity first, then hashes
 * if they are known, else equality, which does not hash embedded keys. Of a key that is there twice
 * (T48) it depends on this peer's memory which of them is the same object.
 */
export function leafIndex(leaf: HashTrie, key: Value): number {
  const { slots, stride } = leaf;
  // What may be taken for another key (T50) is compared with each, which has to be loaded for that.
  const isEqualUnhashed = key instanceof Cell && key.isEqualUnhashed;
  if (isEqualUnhashed) loadOwnKeys(leaf);
  const isIdentityEnough = leaf.isRegular || isEqualUnhashed;
  for (let i = 0; i < slots.length && isIdentityEnough; i += stride) {
    if (slots[i] === key) return stride === 1 ? i : i >> 1;
  }
  if (key instanceof Cell && key.hashCache !== null && leaf.hashes !== null && !isEqualUnhashed) {
    return indexOfHash(leaf.hashes, key.hashCache);
  }
  const isHashed = !mayHashMatter();
  for (let i = 0; i < slots.length; i += stride) {
    const slot = slots[i] as Slot;
    const isEqual =
      slot instanceof Ref && isHashed
        ? slot.hashKey === hashKey(key)
        : equals(resolveAt(slots, i), key);
    if (isEqual) return stride === 1 ? i : i >> 1;
  }
  return -1;
}

/**
 * Whether it may make a difference that a key is hashed, which comparing it with one that is in
 * memory may not need: that leaves traces in a view (T37), and fails without an encoding (T48).
 */
function mayHashMatter(): boolean {
  return mayBeUnreadable() || isUnsettled() || hasTraceable();
}

/** Loads the keys of a leaf. @throws SharedCellsError as `requireOwnCells` */
function loadOwnKeys({ slots, stride }: HashTrie): void {
  requireOwnCells();
  for (let i = 0; i < slots.length; i += stride) resolveAt(slots, i);
}

function indexOfHash(hashes: readonly string[], hash: string): number {
  // The hashes in a leaf of a tree begin alike; their last bytes differ at random.
  const end = hash.length - 1;
  const last = hash.charCodeAt(end);
  for (let i = 0; i < hashes.length; i++) {
    const other = hashes[i] as string;
    if (other.charCodeAt(end) === last && other === hash) return i;
  }
  return -1;
}

/** `leafIndex` of a key whose hash is known. */
export function leafIndexOf(leaf: HashTrie, hash: string, key: Slot): number {
  const { slots, stride } = leaf;
  for (let i = 0; i < slots.length && leaf.isRegular; i += stride) {
    if (slots[i] === key) return stride === 1 ? i : i >> 1;
  }
  return indexOfHash(leafHashes(leaf), hash);
}

/**
 * Slot of a key in the leaf that `findLeaf` gave, or -1. `hash` is null when there was no search
 * because the root is a leaf.
 */
export function slotIndexIn(leaf: HashTrie | null, key: Value, hash: string | null): number {
  if (leaf === null) return -1;
  const at = hash === null ? leafIndex(leaf, key) : leafIndexOf(leaf, hash, key);
  return at < 0 ? -1 : at * leaf.stride;
}

/** The only leaf that may hold an entry with this hash, or null. */
export function findLeaf<T extends HashTrie>(root: T, hash: string): T | null {
  let node = root;
  for (let depth = 0; !node.isLeaf; depth++) {
    checkDepth(depth);
    const bit = 1 << digitAt(hash, node.shift);
    if ((node.mask & bit) === 0) return null;
    node = childAt(node, popcount(node.mask & (bit - 1)));
  }
  return node;
}

/** @throws WorkLimitError above MAX_TRIE_COPY_COUNT entries: a few shared parts can be that many */
export function checkCopyCount(root: { readonly count: number }): void {
  if (root.count > MAX_TRIE_COPY_COUNT) throw new WorkLimitError();
}

/** How many trees are on the way down a full tree, by its root; 0 when it is not full. */
const heights = new RunMemo<HashTrie, number>();

/**
 * Whether the count of a tree is the sum of its children's, all of them of its kind and none empty.
 * @param isDeep whether that has to hold for the trees below it too, of which no more than hashes
 *   have digits may be in one another
 */
export function isFullTree(node: HashTrie, isDeep = false): boolean {
  return isDeep ? heightOf(node, HASH_DIGITS) > 0 : isCounted(node);
}

function isCounted(node: HashTrie): boolean {
  let count = 0;
  for (let i = 0; i < node.slots.length; i++) {
    const child = resolveAt(node.slots, i);
    if (!(child instanceof HashTrie) || child.stride !== node.stride) return false;
    if (child.count <= 0) return false;
    count += child.count;
  }
  return count === node.count;
}

/**
 * Height of a full tree of at most `most`, else 0. That it is higher is remembered of the root
 * alone: a tree below it may be full by itself, and what is remembered may not depend on the way.
 */
function heightOf(node: HashTrie, most: number): number {
  const known = heights.get(node);
  if (known !== undefined) return known <= most ? known : 0;
  let below = most > 0 && isCounted(node) ? 0 : -1;
  for (let i = 0; i < node.slots.length && below >= 0; i++) {
    const child = resolveAt(node.slots, i) as HashTrie;
    const height = child.isLeaf ? 0 : heightOf(child, most - 1);
    below = height > 0 || child.isLeaf ? Math.max(below, height) : -1;
  }
  if (below >= 0 || most === HASH_DIGITS) heights.set(node, below + 1);
  return below + 1;
}

/** Whether the children of a tree are of its kind and none is empty. */
export function isRegularTree(node: HashTrie): boolean {
  if (node.isRegular) return true;
  for (let i = 0; i < node.slots.length; i++) {
    const child = resolveAt(node.slots, i);
    if (!(child instanceof HashTrie) || child.stride !== node.stride || child.count === 0) {
      return false;
    }
  }
  node.isRegular = true;
  return true;
}
