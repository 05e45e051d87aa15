// hot: see test/bench. Encodes a tree of a map or set out of the encoding of the tree that it was
// changed from, as vector-patch.ts does for vectors. One child differs; the hashes of the others
// are copied as bytes, without visiting their cells (a loop that grows a set: processor time of
// 10,000,000 juice -40 %).

import type { Slot } from "./cell.ts";
import { BRANCH_LENGTH, slotLength, writeSlot } from "./encode.ts";
import type { HashTrie } from "./hash-trie.ts";
import { TAG } from "./tag.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Bytes of a tree's shift and mask. */
const SHAPE_LENGTH = 3;

/**
 * Lets `tree` be encoded out of `from`, which has children for the same digits, or, when that is
 * not encoded yet, out of the tree that `from` was to be encoded out of.
 */
export function treeBasedOn<T extends HashTrie>(tree: T, from: T): T {
  tree.encodedBase = from.encodingCache === null ? from.encodedBase : from;
  return tree;
}

/**
 * Writes `tree` out of the encoding of `base`, a tree with as many children. False, and nothing
 * written, when a child has another length than the one it replaces: that is found out on the way,
 * since measuring them before took a sixth of the time.
 */
export function writeTreePatched(tree: HashTrie, base: HashTrie, w: Writer): boolean {
  const { slots } = tree;
  const old = base.slots;
  const bytes = base.encodingCache;
  const header = treeHeaderLength(tree);
  if (bytes === null || slots.length !== old.length || header !== treeHeaderLength(base)) {
    return false;
  }
  const start = w.pos;
  w.write(bytes);
  const end = w.pos;
  let at = start + header;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot;
    const length = w.bytes[at] === TAG.REF ? BRANCH_LENGTH : slotLength(old[i] as Slot);
    if (slot !== old[i] && !overwrite(w, at, end, length, slot)) {
      w.pos = start;
      return false;
    }
    at += length;
  }
  w.pos = start;
  tree.writeHeader(w);
  w.pos = end;
  return true;
}

function treeHeaderLength(tree: HashTrie): number {
  return 1 + vlqLength(tree.countInteger) + SHAPE_LENGTH;
}

/** Replaces the `length` bytes at `at` by a child; false when it has another length. */
function overwrite(w: Writer, at: number, end: number, length: number, slot: Slot): boolean {
  w.pos = end;
  writeSlot(w, slot);
  if (w.pos - end !== length) return false;
  w.bytes.copyWithin(at, end, w.pos);
  return true;
}
