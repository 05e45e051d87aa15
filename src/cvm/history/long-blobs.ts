// T39, numbered on from sheet 02: the reference keeps a Blob that `blob` made of an Address, an
// extension value or an Integer of 8 bytes as that number. Where the print limit ends between the
// two digits of a byte, it prints the first one of such a Blob, of others neither. They are known
// by the object, for as long as a block is applied: what is stored after it is bytes.

import { Blob } from "../../data/blob.ts";
import { BlockMemo } from "../../data/run-memory.ts";

const longBlobs = new BlockMemo<Blob, true>();

/** Takes a Blob that nobody else has for one that is kept as a number. */
export function longBlobOf(blob: Blob): Blob {
  longBlobs.set(blob, true);
  return blob;
}

export function isLongBlob(blob: Blob): boolean {
  return !longBlobs.isEmpty && longBlobs.get(blob) === true;
}

/** The same bytes, kept as bytes. */
export function withoutLong(blob: Blob): Blob {
  return isLongBlob(blob) ? Blob.of(blob.toBytes()) : blob;
}
