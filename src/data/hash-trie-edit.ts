// hot: see test/bench. Changes of maps and sets (sheet 01 §7). On a canonical trie all of them give
// the canonical trie. Set algebra makes tries that are not (sheet 01 §21.1); on those single
// inserts and removals do what the reference does.

import type { Slot, Value } from "./cell.ts";
import { hashKey } from "./encode.ts";
import { BadStructureError } from "./errors.ts";
import { commonDigits, digitAt, HASH_DIGITS, popcount } from "./hash-digits.ts";
import {
  checkCount,
  childAt,
  forEachLeaf,
  type HashTrie,
  LEAF,
  LEAF_MAX,
  leafHashes,
  leafIndex,
  leafIndexOf,
  lowerBound,
  MAX_TRIE_DEPTH,
  tooDeep,
} from "./hash-trie.ts";
import { withRoom } from "./slot-copy.ts";
import { treeBasedOn } from "./trie-patch.ts";

/** A leaf of the kind of `like`, of entries in ascending order of hash. */
export function leafOf<T extends HashTrie>(like: T, slots: Slot[], hashes: string[] | null): T {
  if (slots.length === 0) return like.empty;
  const count = like.stride === 1 ? slots.length : slots.length >> 1;
  return like.make(count, slots, LEAF, 0, hashes);
}

/** A tree as it is given; `count` is that of its children. */
export function treeOf<T extends HashTrie>(
  like: T,
  count: number,
  slots: Slot[],
  shift: number,
  mask: number,
): T {
  if (count > Number.MAX_SAFE_INTEGER) throw new BadStructureError(`a tree of ${count} entries`);
  return like.make(count, slots, shift, mask, null);
}

/** Sets the entry of a key; the same object when that changes nothing. */
export function put<T extends HashTrie>(root: T, key: Value, value: Value): T {
  if (!root.isLeaf) return insert(root, hashKey(key), key, value);
  if (root.count === 0) return leafOf(root, entry(root, key, value), null);
  const at = leafIndex(root, key);
  if (at >= 0) return replace(root, at, value);
  return setInLeaf(root, hashKey(key), key, value);
}

function entry(like: HashTrie, key: Slot, value: Value): Slot[] {
  return like.stride === 1 ? [key] : [key, value];
}

/** The entry of a leaf keeps its key, equal to the one given, and gets this value. */
function replace<T extends HashTrie>(leaf: T, at: number, value: Value): T {
  if (leaf.stride === 1 || leaf.slots[2 * at + 1] === value) return leaf;
  const slots = leaf.slots.slice();
  slots[2 * at + 1] = value;
  return leafOf(leaf, slots, leaf.hashes);
}

function setInLeaf<T extends HashTrie>(leaf: T, hash: string, key: Slot, value: Value): T {
  const hashes = leafHashes(leaf);
  const at = lowerBound(hashes, hash);
  if (at < hashes.length && hashes[at] === hash) return replace(leaf, at, value);
  const { stride } = leaf;
  const slots = withRoom(leaf.slots, at * stride, stride);
  slots[at * stride] = key;
  if (stride === 2) slots[at * 2 + 1] = value;
  const grown = withRoom(hashes, at, 1);
  grown[at] = hash;
  return grown.length <= LEAF_MAX ? leafOf(leaf, slots, grown) : build(leaf, slots, grown);
}

/**
 * Sets the entry of the key with this hash. The first `matched` digits are known to agree with
 * those of the entries in the node; only maps know more than none, since sets may be misshapen.
 */
export function insert<T extends HashTrie>(
  node: T,
  hash: string,
  key: Slot,
  value: Value,
  matched = 0,
  depth = 0,
): T {
  const { shift, mask, slots, stride } = node;
  if (shift === LEAF) {
    return setInLeaf(node, hash, key, value);
  }
  if (depth > MAX_TRIE_DEPTH) throw tooDeep();
  if (matched < shift) {
    const first = firstHashOf(node);
    const common = commonDigits(hash, first);
    if (common < shift) return fork(node, first, common, hash, entry(node, key, value));
  }
  const bit = 1 << digitAt(hash, shift);
  const at = popcount(mask & (bit - 1));
  if ((mask & bit) === 0) {
    const more = withRoom(slots, at, 1);
    more[at] = leafOf(node, entry(node, key, value), [hash]);
    return treeOf(node, node.count + 1, more, shift, mask | bit);
  }
  const child = childAt(node, at);
  const next = insert(child, hash, key, value, stride === 2 ? shift + 1 : 0, depth + 1);
  if (next === child) return node;
  const changed = slots.slice();
  changed[at] = next;
  const count = node.count + next.count - child.count;
  const tree = treeBasedOn(treeOf(node, count, changed, shift, mask), node);
  if (at > 0) tree.firstHash = node.firstHash;
  return tree;
}

function fork<T extends HashTrie>(
  node: T,
  first: string,
  common: number,
  hash: string,
  added: Slot[],
): T {
  const digit = digitAt(hash, common);
  const other = digitAt(first, common);
  const leaf = leafOf(node, added, [hash]);
  const slots = digit < other ? [leaf, node] : [node, leaf];
  return treeOf(node, node.count + 1, slots, common, (1 << digit) | (1 << other));
}

/** Hash key of the first entry of a tree. */
function firstHashOf(tree: HashTrie): string {
  let node = tree;
  for (let depth = 0; !node.isLeaf && node.firstHash === null; depth++) {
    if (depth > MAX_TRIE_DEPTH) throw tooDeep();
    node = childAt(node, 0);
  }
  const first = node.isLeaf ? leafHashes(node)[0] : node.firstHash;
  if (!first) throw new BadStructureError("an empty leaf in a tree");
  tree.firstHash = first;
  return first;
}

/** Takes out the entry of a key; the same object when there is none. */
export function remove<T extends HashTrie>(root: T, key: Value): T {
  if (!root.isLeaf) return removeIn(root, hashKey(key), key, 0);
  const at = leafIndex(root, key);
  return at < 0 ? root : dropFromLeaf(root, at);
}

function dropFromLeaf<T extends HashTrie>(leaf: T, at: number): T {
  const { stride } = leaf;
  const slots = leaf.slots.toSpliced(at * stride, stride);
  return leafOf(leaf, slots, leaf.hashes === null ? null : leaf.hashes.toSpliced(at, 1));
}

function removeIn<T extends HashTrie>(node: T, hash: string, key: Value, depth: number): T {
  if (node.isLeaf) {
    const at = leafIndexOf(node, hash, key);
    return at < 0 ? node : dropFromLeaf(node, at);
  }
  if (depth > MAX_TRIE_DEPTH) throw tooDeep();
  const bit = 1 << digitAt(hash, node.shift);
  if ((node.mask & bit) === 0) return node;
  const at = popcount(node.mask & (bit - 1));
  const child = childAt(node, at);
  const next = removeIn(child, hash, key, depth + 1);
  if (next === child) return node;
  return withChild(node, at, bit, next, node.count + next.count - child.count);
}

/** A tree with one child replaced by a smaller one, or what it becomes. */
function withChild<T extends HashTrie>(
  node: T,
  at: number,
  bit: number,
  child: T,
  count: number,
): T {
  const slots = node.slots.slice();
  slots[at] = child;
  if (count <= LEAF_MAX) {
    const children: T[] = [];
    for (let i = 0; i < slots.length; i++) children.push(i === at ? child : childAt(node, i));
    return leafOfAll(node, children, count);
  }
  if (child.count > 0) {
    return treeBasedOn(treeOf(node, count, slots, node.shift, node.mask), node);
  }
  slots.splice(at, 1);
  if (slots.length === 1) return childAt(node, at === 0 ? 1 : 0);
  return treeOf(node, count, slots, node.shift, node.mask & ~bit);
}

/** The sorted leaf of all entries of some tries, at most 15. */
export function leafOfAll<T extends HashTrie>(like: T, parts: readonly T[], count: number): T {
  const entries = entriesOf(parts);
  if (entries.hashes.length !== count) {
    throw new BadStructureError(`${entries.hashes.length} entries counted as ${count}`);
  }
  sortEntries(entries, like.stride);
  return leafOf(like, entries.slots, entries.hashes);
}

interface Entries {
  readonly slots: Slot[];
  readonly hashes: string[];
}

function entriesOf(parts: readonly HashTrie[]): Entries {
  const entries: Entries = { slots: [], hashes: [] };
  const add = (leaf: HashTrie): void => {
    entries.slots.push(...leaf.slots);
    entries.hashes.push(...leafHashes(leaf));
  };
  for (const part of parts) forEachLeaf(part, add);
  return entries;
}

/** Insertion sort by hash; entries of a sound trie are in order already. */
function sortEntries({ slots, hashes }: Entries, stride: 1 | 2): void {
  for (let i = 1; i < hashes.length; i++) {
    const hash = hashes[i] as string;
    let to = i;
    while (to > 0 && (hashes[to - 1] as string) > hash) to--;
    if (to === i) continue;
    hashes.splice(to, 0, ...hashes.splice(i, 1));
    slots.splice(to * stride, 0, ...slots.splice(i * stride, stride));
  }
}

/** The canonical trie of entries in strictly ascending order of hash. */
export function build<T extends HashTrie>(
  like: T,
  slots: readonly Slot[],
  hashes: readonly string[],
  start = 0,
  end = hashes.length,
): T {
  const { stride } = like;
  if (end - start <= LEAF_MAX) {
    return leafOf(like, slots.slice(start * stride, end * stride), hashes.slice(start, end));
  }
  const first = hashes[start] as string;
  const shift = Math.min(commonDigits(first, hashes[end - 1] as string), HASH_DIGITS - 1);
  const children: T[] = [];
  let mask = 0;
  for (let at = start; at < end; ) {
    const digit = digitAt(hashes[at] as string, shift);
    let next = at + 1;
    while (next < end && digitAt(hashes[next] as string, shift) === digit) next++;
    mask |= 1 << digit;
    children.push(build(like, slots, hashes, at, next));
    at = next;
  }
  const tree = treeOf(like, end - start, children, shift, mask);
  tree.firstHash = first;
  return tree;
}

/** The entries start … end-1 in order, 0 ≤ start ≤ end ≤ count; canonical if the trie is. */
export function sliceOf<T extends HashTrie>(node: T, start: number, end: number, depth = 0): T {
  if (start <= 0 && end >= node.count) return node;
  if (start >= end) return node.empty;
  if (node.isLeaf) {
    const { slots, stride, hashes } = node;
    const part = slots.slice(start * stride, end * stride);
    return leafOf(node, part, hashes === null ? null : hashes.slice(start, end));
  }
  if (depth > MAX_TRIE_DEPTH) throw tooDeep();
  checkCount(node);
  const children: T[] = [];
  let mask = 0;
  let digits = node.mask;
  let position = 0;
  let count = 0;
  for (let i = 0; i < node.slots.length; i++) {
    const bit = digits & -digits;
    digits ^= bit;
    const child = childAt(node, i);
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, child.count);
    position += child.count;
    if (from >= to) continue;
    const part = sliceOf(child, from, to, depth + 1);
    children.push(part);
    count += part.count;
    mask |= bit;
  }
  if (children.length === 1) return children[0] as T;
  if (count <= LEAF_MAX) return leafOfAll(node, children, count);
  return treeOf(node, count, children, node.shift, mask);
}
