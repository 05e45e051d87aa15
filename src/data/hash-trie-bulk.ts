// hot: see test/bench. Builds maps and sets of many entries at once: the entries are dealt out by
// the hex digits of their hashes, until no group has more than a leaf holds.

import type { Slot, Value } from "./cell.ts";
import { hashKey } from "./encode.ts";
import { digitAt, HASH_DIGITS } from "./hash-digits.ts";
import { type HashTrie, LEAF_MAX } from "./hash-trie.ts";
import { leafOf, rebuilt } from "./hash-trie-rebuild.ts";

interface Entries<T> {
  /** The empty trie. */
  readonly like: T;
  readonly keys: readonly Value[];
  /** Values of a map by index of the key; null for a set. */
  readonly values: readonly Value[] | null;
  readonly hashes: readonly string[];
}

/** The canonical trie of these entries; of entries with equal keys the last. */
export function buildFrom<T extends HashTrie>(
  like: T,
  keys: readonly Value[],
  values: readonly Value[] | null,
): T {
  const hashes = keys.map((key) => hashKey(key));
  return grow({ like, keys, values, hashes }, [...keys.keys()], 0);
}

/** The trie of some entries, given by index, that agree in the digits before `position`. */
function grow<T extends HashTrie>(
  entries: Entries<T>,
  indices: readonly number[],
  position: number,
): T {
  if (indices.length <= LEAF_MAX) return smallLeaf(entries, indices);
  if (position === HASH_DIGITS) return smallLeaf(entries, indices.slice(-1));
  const dealt: number[][] = [];
  for (let digit = 0; digit < 16; digit++) dealt.push([]);
  for (const i of indices) {
    dealt[digitAt(entries.hashes[i] as string, position)]?.push(i);
  }
  const children: T[] = [];
  let mask = 0;
  let count = 0;
  for (let digit = 0; digit < 16; digit++) {
    const part = dealt[digit] as number[];
    if (part.length === 0) continue;
    const child = grow(entries, part, position + 1);
    children.push(child);
    count += child.count;
    mask |= 1 << digit;
  }
  if (children.length === 1) return children[0] as T;
  // Entries of equal keys counted until now: there may be no more left than a leaf holds.
  const trie = rebuilt(entries.like, count, children, position, mask);
  trie.isRegular = true;
  return trie;
}

/** The leaf of at most 15 entries, sorted by insertion. */
function smallLeaf<T extends HashTrie>(entries: Entries<T>, indices: readonly number[]): T {
  const { keys, values } = entries;
  const hashes: string[] = [];
  const order: number[] = [];
  for (const i of indices) {
    const hash = entries.hashes[i] as string;
    let to = hashes.length;
    while (to > 0 && (hashes[to - 1] as string) > hash) to--;
    if (to > 0 && hashes[to - 1] === hash) {
      order[to - 1] = i;
      continue;
    }
    for (let j = hashes.length; j > to; j--) {
      hashes[j] = hashes[j - 1] as string;
      order[j] = order[j - 1] as number;
    }
    hashes[to] = hash;
    order[to] = i;
  }
  const slots: Slot[] = [];
  for (const i of order) {
    slots.push(keys[i] as Value);
    if (values !== null) slots.push(values[i] as Value);
  }
  return leafOf(entries.like, slots, hashes);
}
