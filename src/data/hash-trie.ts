// hot: see test/bench. What maps and sets have in common (sheet 01 §7): a leaf of at most 15
// entries in ascending order of hash, or a tree that branches at one hex digit of the hashes. An
// entry is one slot in a set and two in a map, the key first. Only fields and walks are here;
// hash-trie-edit.ts changes tries.
// Decoding accepts children of any type, and counts, shifts and digits that are wrong. They are
// taken for what they say, as the reference does; what it throws for throws BadStructureError.

import { Cell, type Integer, Ref, resolveAt, type Slot, type Value } from "./cell.ts";
import { hashKey, slotHashKey, slotLength, writeSlot } from "./encode.ts";
import { equals } from "./equals.ts";
import { BadStructureError, TrieFaultError } from "./errors.ts";
import { exactCount } from "./exact-count.ts";
import { doWork, WorkLimitError } from "./free-work.ts";
import { digitAt, HASH_DIGITS, isBelow, popcount } from "./hash-digits.ts";
import { RunMemo } from "./run-memory.ts";
import { writeTreePatched } from "./trie-patch.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Most entries of a leaf. */
export const LEAF_MAX = 15;
/** The `shift` of a leaf. */
export const LEAF = -256;
/**
 * Trees nested in each other that are walked; a sound map has at most 64. The reference's stack is
 * full at some depth between 1,500 and 3,000.
 */
const MAX_TRIE_DEPTH = 2000;
/** Units of work (free-work.ts) of a step to a tree deeper than there are digits. */
const DEEP_WORK = 30;
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
   * Whether the entries of a leaf are known to be in ascending order, and the children of a tree to
   * be of its kind and not empty. Only what a hand made is not so.
   */
  isRegular: boolean;
  /** A tree out of whose encoding this one may be written (trie-patch.ts), until it is encoded. */
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

  /** Number of entries as it is encoded. */
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

  /** Writes tag and count, and of a tree shift and mask. */
  writeHeader(w: Writer): void {
    w.byte(this.tag);
    w.vlq(this.countInteger);
    if (this.isLeaf) return;
    w.byte(this.shift & 0xff);
    w.byte(this.mask >> 8);
    w.byte(this.mask & 0xff);
  }
}

/** A trie of the same kind from a child position. */
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
 * Position among the entries of a leaf, or -1. Identity first, then equality, which hashes no key
 * that is embedded; by hash where that is known already.
 */
export function leafIndex(leaf: HashTrie, key: Value): number {
  const { slots, stride } = leaf;
  for (let i = 0; i < slots.length; i += stride) {
    if (slots[i] === key) return stride === 1 ? i : i >> 1;
  }
  if (key instanceof Cell && key.hashCache !== null && leaf.hashes !== null) {
    return indexOfHash(leaf.hashes, key.hashCache);
  }
  for (let i = 0; i < slots.length; i += stride) {
    const slot = slots[i] as Slot;
    const isEqual = slot instanceof Ref ? slot.hashKey === hashKey(key) : equals(slot, key);
    if (isEqual) return stride === 1 ? i : i >> 1;
  }
  return -1;
}

function indexOfHash(hashes: readonly string[], hash: string): number {
  // The few hashes of a leaf begin alike and end by chance: their last byte tells them apart at
  // once.
  const end = hash.length - 1;
  const last = hash.charCodeAt(end);
  for (let i = 0; i < hashes.length; i++) {
    const other = hashes[i] as string;
    if (other.charCodeAt(end) === last && other === hash) return i;
  }
  return -1;
}

/** Position among the entries of a leaf of a key whose hash is known, or -1. */
export function leafIndexOf(leaf: HashTrie, hash: string, key: Slot): number {
  const { slots, stride } = leaf;
  for (let i = 0; i < slots.length; i += stride) {
    if (slots[i] === key) return stride === 1 ? i : i >> 1;
  }
  return indexOfHash(leafHashes(leaf), hash);
}

/** The slot of the entry's key, or -1 with `leaf` of no use; see `findLeaf`. */
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

/**
 * Counts the steps of a walk below as many trees as hashes have digits: only a made-up trie goes so
 * deep. @throws BadStructureError below MAX_TRIE_DEPTH, WorkLimitError
 */
export function checkDepth(depth: number): void {
  if (depth <= HASH_DIGITS) return;
  if (depth > MAX_TRIE_DEPTH) {
    throw new BadStructureError(`maps or sets nested above ${MAX_TRIE_DEPTH} deep as one tree`);
  }
  doWork(DEEP_WORK);
}

/** @throws WorkLimitError above MAX_TRIE_COPY_COUNT: shared parts make such counts true */
export function checkCopyCount(root: { readonly count: number }): void {
  if (root.count > MAX_TRIE_COPY_COUNT) throw new WorkLimitError();
}

const full = new RunMemo<HashTrie, boolean>();

/**
 * Whether a tree counts what its children count, all of them of its kind.
 * @param isDeep whether the trees below it have to be like that
 */
export function isFullTree(node: HashTrie, isDeep = false, depth = 0): boolean {
  const known = isDeep ? full.get(node) : undefined;
  if (known !== undefined) return known;
  let count = 0;
  let isFull = depth <= MAX_TRIE_DEPTH;
  for (let i = 0; i < node.slots.length && isFull; i++) {
    const child = resolveAt(node.slots, i);
    isFull = child instanceof HashTrie && child.stride === node.stride && child.count > 0;
    if (!isFull) break;
    const trie = child as HashTrie;
    count += trie.count;
    if (isDeep && !trie.isLeaf) isFull = isFullTree(trie, true, depth + 1);
  }
  isFull &&= count === node.count;
  if (isDeep) full.set(node, isFull);
  return isFull;
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
