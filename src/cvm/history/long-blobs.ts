// T39, numbered on from sheet 02: a Blob that `blob` made of an Address, an extension value or an
// Integer of 8 bytes is a `LongBlob` in the reference, which holds a number. Where the print limit
// ends between the two hex digits of a byte, it prints the first one of a LongBlob, and neither of
// another Blob. They are known by object identity, for as long as a block is applied: what is
// stored after that is an ordinary Blob.

import { Blob } from "../../data/blob.ts";
import { BlockMemo } from "../../data/run-memory.ts";

const longBlobs = new BlockMemo<Blob, true>();

/** Makes a LongBlob of a new Blob, one that nothing else refers to yet. */
export function markAsLongBlob(blob: Blob): Blob {
  longBlobs.set(blob, true);
  return blob;
}

/** Whether there may be LongBlobs: if not, equal values are the same but for T34, T37 and T50. */
export function hasLongBlobs(): boolean {
  return !longBlobs.isEmpty;
}

/** Whether the reference holds a Blob as a LongBlob. */
export function isLongBlob(blob: Blob): boolean {
  return !longBlobs.isEmpty && longBlobs.get(blob) === true;
}

/** The same bytes as an ordinary Blob. */
export function ordinaryBlob(blob: Blob): Blob {
  return isLongBlob(blob) ? Blob.of(blob.toBytes()) : blob;
}
