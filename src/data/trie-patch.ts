// hot: see test/bench. The encoding of a tree of a map or set out of that of the tree it was
// changed from, as vector-patch.ts has it for vectors: one child differs, the others' hashes are
// copied as bytes, and neither the cells nor their hashes are visited (a set that grows by itself:
// processor time of 10,000,000 juice -40 %).

import type { Slot } from "./cell.ts";
import { BRANCH_LENGTH, slotLength, writeSlot } from "./encode.ts";
import type { HashTrie } from "./hash-trie.ts";
import { TAG } from "./tag.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Bytes of a tree's shift and mask. */
const SHAPE_LENGTH = 3;

/**
 * Lets `tree` be encoded out of `from`, with children for the same digits, if that is encoded, or
 * out of what that was to be encoded out of.
 */
export function treeBasedOn<T extends HashTrie>(tree: T, from: T): T {
  tree.encodedBase = from.encodingCache === null ? from.encodedBase : from;
  return tree;
}

/**
 * Writes `tree` out of the encoding of a tree with as many children; false, and nothing written,
 * when the places have other lengths. Lengths are compared as they are written: measuring before
 * took a sixth of the time.
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

/** Writes a child behind the end and puts it in its place, if it has the length of that. */
function overwrite(w: Writer, at: number, end: number, length: number, slot: Slot): boolean {
  w.pos = end;
  writeSlot(w, slot);
  if (w.pos - end !== length) return false;
  w.bytes.copyWithin(at, end, w.pos);
  return true;
}
