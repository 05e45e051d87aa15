// The shape of a map or set as plain data, and the canonical shape by its definition (sheet 01 §7).

import { toHex } from "../../src/crypto/hex.ts";
import { bytesOfKey } from "../../src/crypto/sha3.ts";
import { hashKey } from "../../src/data/encode.ts";
import { childAt, type HashTrie, leafHashes } from "../../src/data/hash-trie.ts";

/** Hashes of a leaf in hex, or the shift of a tree and its children by digit. */
export type Shape = readonly string[] | { shift: number; children: Record<string, Shape> };

export function hexOf(key: string): string {
  return toHex(bytesOfKey(key));
}

/** Also checks that every count is the number of entries. */
export function shapeOf(node: HashTrie): Shape {
  if (node.isLeaf) {
    const fresh = node.slots.filter((_, i) => i % node.stride === 0);
    const hashes = fresh.map((slot) => hashKey(slot as never));
    if (hashes.join() !== leafHashes(node).join()) throw new Error("hashes kept of other entries");
    if (node.count !== hashes.length) throw new Error(`count ${node.count} of ${hashes.length}`);
    return hashes.map(hexOf);
  }
  const children: Record<string, Shape> = {};
  let at = 0;
  let count = 0;
  for (let digit = 0; digit < 16; digit++) {
    if ((node.mask & (1 << digit)) === 0) continue;
    const child = childAt(node, at++);
    count += child.count;
    children[digit.toString(16)] = shapeOf(child);
  }
  if (count !== node.count || at !== node.slots.length) throw new Error("count of a tree");
  return { shift: node.shift, children };
}

export function canonicalShape(hashes: readonly string[]): Shape {
  const sorted = [...new Set(hashes)].sort();
  if (sorted.length <= 15) return sorted;
  let shift = 0;
  while (sorted.every((hash) => hash[shift] === sorted[0]?.[shift])) shift++;
  const children: Record<string, Shape> = {};
  for (const digit of "0123456789abcdef") {
    const part = sorted.filter((hash) => hash[shift] === digit);
    if (part.length > 0) children[digit] = canonicalShape(part);
  }
  return { shift, children };
}

/** Integers from 0 up whose hash begins with this hex text. */
export function integersWithHash(prefix: string, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; found.length < count; i++) {
    if (hexOf(hashKey(i)).startsWith(prefix)) found.push(i);
  }
  return found;
}
