// Whether a map or set is canonical (sheet 01 §7): every tree has the count of what it holds and
// branches at the first digit in which its hashes differ, and each entry stands where its hash
// leads. A decoded one need not be.

import { commonDigits, digitAt } from "./hash-digits.ts";
import { type HashTrie, isFullTree, LEAF_MAX, leafHashes } from "./hash-trie.ts";
import { RunMemo } from "./run-memory.ts";

const sound = new RunMemo<HashTrie, boolean>();

/** Whether a trie is the canonical one of its entries; loads all of it, once in a run. */
export function isSoundTrie(trie: HashTrie): boolean {
  if (trie.isLeaf) return trie.isRegular;
  let result = sound.get(trie);
  if (result === undefined) {
    result = isFullTree(trie, true) && boundsOf(trie) !== null;
    sound.set(trie, result);
  }
  return result;
}

/** Least and greatest hash of the entries of a trie. */
interface Bounds {
  readonly first: string;
  readonly last: string;
}

/** Bounds of a trie whose counts are known to be true; null when it is not sound. */
function boundsOf(trie: HashTrie): Bounds | null {
  if (trie.isLeaf) {
    const hashes = leafHashes(trie);
    if (!trie.isRegular) return null;
    return { first: hashes[0] as string, last: hashes.at(-1) as string };
  }
  if (trie.count <= LEAF_MAX || trie.slots.length < 2) return null;
  const { shift, slots } = trie;
  const bounds: Bounds[] = [];
  let digits = trie.mask;
  for (const slot of slots) {
    const digit = 31 - Math.clz32(digits & -digits);
    digits &= digits - 1;
    const of = boundsOf(slot as HashTrie);
    if (of === null || shift >>> 6 !== 0) return null;
    if (digitAt(of.first, shift) !== digit || digitAt(of.last, shift) !== digit) return null;
    bounds.push(of);
  }
  const first = (bounds[0] as Bounds).first;
  const last = (bounds.at(-1) as Bounds).last;
  const areAlike = bounds.every((b) => commonDigits(b.first, first) >= shift);
  return areAlike && commonDigits(first, last) === shift ? { first, last } : null;
}
