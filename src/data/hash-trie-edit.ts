// hot: see test/bench. Changes of maps and sets (sheet 01 §7). A change of a canonical trie gives
// the canonical trie. There are others, from set algebra (sheet 01 §21.1) and hand-made: a single
// insert or removal makes of them what it makes in the reference (hash-trie-rebuild.ts).

import type { Integer, Slot, Value } from "./cell.ts";
import { hashKey } from "./encode.ts";
import { BadStructureError, PanicError } from "./errors.ts";
import { commonDigits, digitAt, HASH_DIGITS, popcount } from "./hash-digits.ts";
import {
  childAt,
  type HashTrie,
  isRegularTree,
  LEAF,
  LEAF_MAX,
  leafHashes,
  leafIndex,
  leafIndexOf,
  lowerBound,
} from "./hash-trie.ts";
import {
  countWith,
  leafOf,
  leafOfHeld,
  markOrder,
  rebuilt,
  rebuiltTree,
  sortEntries,
  treeOf,
} from "./hash-trie-rebuild.ts";
import { checkDepth } from "./nesting.ts";
import { withRoom } from "./slot-copy.ts";
import { treeBasedOn } from "./trie-patch.ts";

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

/**
 * Gives entry number `at` of a leaf another value; it keeps its own key, equal to the one sought.
 */
function replace<T extends HashTrie>(leaf: T, at: number, value: Value): T {
  if (leaf.stride === 1 || leaf.slots[2 * at + 1] === value) return leaf;
  const slots = leaf.slots.slice();
  slots[2 * at + 1] = value;
  const replaced = leafOf(leaf, slots, leaf.hashes);
  replaced.isRegular = leaf.isRegular;
  return replaced;
}

function setInLeaf<T extends HashTrie>(leaf: T, hash: string, key: Slot, value: Value): T {
  if (!leaf.isRegular) return setInIrregular(leaf, hash, key, value);
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

/** As setInLeaf, for a leaf that is not in order, or has repeated keys. */
function setInIrregular<T extends HashTrie>(leaf: T, hash: string, key: Slot, value: Value): T {
  const at = leafHashes(leaf).indexOf(hash);
  if (at >= 0) return replace(leaf, at, value);
  const slots = [...leaf.slots, ...entry(leaf, key, value)];
  const hashes = [...leafHashes(leaf), hash];
  sortEntries(slots, hashes, leaf.stride);
  if (hashes.length > LEAF_MAX) {
    dropRepeated(slots, hashes, leaf.stride);
    if (hashes.length <= LEAF_MAX) throw new BadStructureError("a leaf in the place of a tree");
    return build(leaf, slots, hashes);
  }
  const grown = leafOf(leaf, slots, hashes);
  markOrder(grown, hashes);
  return grown;
}

/** Removes all but one of the entries with equal keys: a map keeps the last, a set the first. */
export function dropRepeated(slots: Slot[], hashes: string[], stride: 1 | 2): void {
  for (let i = hashes.length - 1; i > 0; i--) {
    if (hashes[i] !== hashes[i - 1]) continue;
    hashes.splice(i, 1);
    slots.splice((stride === 2 ? i - 1 : i) * stride, stride);
  }
}

/** Sets the entry of the key with this hash. */
export function insert<T extends HashTrie>(
  node: T,
  hash: string,
  key: Slot,
  value: Value,
  depth = 0,
): T {
  const { shift, mask, slots } = node;
  if (shift === LEAF) return setInLeaf(node, hash, key, value);
  checkDepth(depth);
  const first = firstHashOf(node);
  const common = commonDigits(hash, first);
  if (common < shift) return fork(node, first, common, hash, entry(node, key, value));
  const bit = 1 << digitAt(hash, shift);
  const at = popcount(mask & (bit - 1));
  if ((mask & bit) === 0) {
    const more = withRoom(slots, at, 1);
    const leaf = leafOf(node, entry(node, key, value), [hash]);
    more[at] = leaf;
    return changedTree(node, countWith(node, leaf, node.empty), more, mask | bit);
  }
  const child = childAt(node, at);
  const next = insert(child, hash, key, value, depth + 1);
  if (next === child || isSameOfIrregular(node, child, next)) return node;
  const changed = slots.slice();
  changed[at] = next;
  const tree = changedTree(node, countWith(node, next, child), changed, mask);
  if (!tree.isRegular) return tree;
  tree.firstHash = at > 0 ? first : knownFirst(next);
  return treeBasedOn(tree, node);
}

/** The leaf that `insert` would change; null when it would add a leaf. */
export function leafToChange<T extends HashTrie>(root: T, hash: string): T | null {
  let node = root;
  for (let depth = 0; !node.isLeaf; depth++) {
    checkDepth(depth);
    if (commonDigits(hash, firstHashOf(node)) < node.shift) return null;
    const bit = 1 << digitAt(hash, node.shift);
    if ((node.mask & bit) === 0) return null;
    node = childAt(node, popcount(node.mask & (bit - 1)));
  }
  return node;
}

/**
 * Whether a tree that would be rebuilt is not, as the value was equal to the one before. Of any
 * other tree that makes no difference, and values are not compared for it.
 */
function isSameOfIrregular(node: HashTrie, child: HashTrie, next: HashTrie): boolean {
  if (node.count > LEAF_MAX && isRegularTree(node)) return false;
  return hashKey(child) === hashKey(next);
}

/**
 * The tree with these children in the place of its own: one was added or replaced, none is empty.
 */
function changedTree<T extends HashTrie>(node: T, count: Integer, slots: Slot[], mask: number): T {
  if (!isRegularTree(node) || count <= LEAF_MAX) {
    return rebuiltTree(node, count, slots, node.shift, mask);
  }
  const tree = treeOf(node, count, slots, node.shift, mask);
  tree.isRegular = true;
  return tree;
}

/**
 * A new tree above `node`, whose first entry is `first`, and the added entry; branches at `common`.
 */
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
  const count = countWith(node, leaf, node.empty);
  const tree = treeOf(node, count, slots, common, (1 << digit) | (1 << other));
  tree.isRegular = true;
  return tree;
}

function knownFirst(trie: HashTrie): string | null {
  return trie.isLeaf ? (trie.hashes?.[0] ?? null) : trie.firstHash;
}

/**
 * Hash key of the first entry of a tree. It is kept in all trees on the way there, so that each is
 * gone through once; no work is counted for that, since peers differ in what they have kept.
 * @throws BadStructureError when there is none
 */
function firstHashOf<T extends HashTrie>(tree: T): string {
  const way: T[] = [];
  let node = tree;
  while (!node.isLeaf && node.firstHash === null) {
    way.push(node);
    node = childAt(node, 0);
  }
  const first = node.isLeaf ? leafHashes(node)[0] : node.firstHash;
  if (!first) throw new BadStructureError("an empty leaf in a tree");
  for (const above of way) above.firstHash = first;
  return first;
}

/** Removes the entry of a key; the same object when there is none. */
export function remove<T extends HashTrie>(root: T, key: Value): T {
  if (!root.isLeaf) return removeIn(root, hashKey(key), key, 0);
  const at = leafIndex(root, key);
  return at < 0 ? root : dropFromLeaf(root, at);
}

function dropFromLeaf<T extends HashTrie>(leaf: T, at: number): T {
  const { stride } = leaf;
  const slots = leaf.slots.toSpliced(at * stride, stride);
  const rest = leafOf(leaf, slots, leaf.hashes === null ? null : leaf.hashes.toSpliced(at, 1));
  // What is left may be in order: as whoever reads it again finds out.
  if (rest.count > 0 && !leaf.isRegular) markOrder(rest, leafHashes(rest));
  return rest;
}

function removeIn<T extends HashTrie>(node: T, hash: string, key: Value, depth: number): T {
  if (node.isLeaf) {
    const at = leafIndexOf(node, hash, key);
    return at < 0 ? node : dropFromLeaf(node, at);
  }
  checkDepth(depth);
  const bit = 1 << digitAt(hash, node.shift);
  if ((node.mask & bit) === 0) return node;
  const at = popcount(node.mask & (bit - 1));
  const child = childAt(node, at);
  const next = removeIn(child, hash, key, depth + 1);
  if (next === child) return node;
  if (node.stride === 2 && node.count - 1 === LEAF_MAX) return leafOfRest(node, at, next);
  if (next.count === 0) return withoutChild(node, at, bit);
  return withChild(node, at, next);
}

/** A map that falls from 16 entries to 15 becomes a leaf: of all entries that are really there. */
function leafOfRest<T extends HashTrie>(node: T, at: number, next: T): T {
  const children: T[] = [];
  for (let i = 0; i < node.slots.length; i++) children.push(i === at ? next : childAt(node, i));
  const leaf = leafOfHeld(node, children);
  if (leaf === null) throw new PanicError("a map holds more or less than it counts");
  return leaf;
}

/** A tree without one of its children; of two children the other is what is left. */
export function withoutChild<T extends HashTrie>(node: T, at: number, bit: number): T {
  if (node.slots.length === 2) return childAt(node, 1 - at);
  const count = countWith(node, node.empty, childAt(node, at));
  return rebuilt(node, count, node.slots.toSpliced(at, 1), node.shift, node.mask & ~bit);
}

/**
 * A tree with child number `at` replaced.
 * @throws BadStructureError when a map would have to become a leaf (`removeIn` does that before)
 */
export function withChild<T extends HashTrie>(node: T, at: number, child: T): T {
  const slots = node.slots.slice();
  slots[at] = child;
  const count = countWith(node, child, childAt(node, at));
  const { shift, mask } = node;
  if (count > LEAF_MAX && child.count > 0 && isRegularTree(node)) {
    const tree = treeBasedOn(treeOf(node, count, slots, shift, mask), node);
    tree.isRegular = true;
    return tree;
  }
  const make = node.stride === 2 ? rebuiltTree : rebuilt;
  return make(node, count, slots, shift, mask);
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
  tree.isRegular = true;
  return tree;
}
