// hot: see test/bench. Encodes a vector out of the encoding of another one that differs in few
// elements: what both share is copied as bytes. Written afresh, every child would be visited, and
// in a State of 10^6 accounts nearly each of these visits is a cache miss (growth-1000000 -35 %;
// another -9 % since children of other lengths are patched too, and unchanged ones are skipped by
// their bytes alone).

import { MAX_EMBEDDED_LENGTH, type Slot } from "./cell.ts";
import { embeddedLengthAt } from "./embedded-length.ts";
import { slotLength, writeSlot } from "./encode.ts";
import type { Vector } from "./vector.ts";
import { vlqLength, type Writer } from "./writer.ts";

/**
 * Lets `v` be encoded out of `from`, a vector of the same shape, or, when that is not encoded yet,
 * out of the vector that `from` was to be encoded out of.
 */
export function basedOn(v: Vector, from: Vector): Vector {
  v.encodedBase = from.encodingCache === null ? from.encodedBase : from;
  return v;
}

/** Writes `v` out of the encoding of `base`, a vector of the same shape. */
export function writePatched(v: Vector, base: Vector, w: Writer): void {
  v.encodedBase = null;
  const start = w.pos;
  w.write(base.encodingCache as Uint8Array);
  let end = w.pos;
  let at = start + 1 + vlqLength(v.countInteger);
  /**
   * The child that begins at `at`. Children after the last one that differs are never looked at.
   */
  let next = 0;
  const { slots } = v;
  const old = base.slots;
  for (let i = 0; i < slots.length; i++) {
    if (slots[i] === old[i]) continue;
    for (; next < i; next++) at += lengthAt(w.bytes, at, old[next] as Slot);
    const length = lengthAt(w.bytes, at, old[i] as Slot);
    const written = replace(w, at, length, end, slots[i] as Slot);
    at += written;
    end += written - length;
    next++;
  }
  if (v.prefix !== base.prefix) {
    for (; next < slots.length; next++) at += lengthAt(w.bytes, at, old[next] as Slot);
    end = at + replace(w, at, end - at, end, v.prefix);
  }
  w.pos = end;
}

/** Length of the child written at `at`: by its bytes, or else by asking its cell. */
function lengthAt(bytes: Uint8Array, at: number, slot: Slot): number {
  return embeddedLengthAt(bytes, at) || slotLength(slot);
}

/**
 * Replaces the `length` bytes at `at` by a child, and moves what follows (up to `end`) accordingly.
 * The child is written beyond the end first, where the move cannot overwrite it.
 * @returns length of the child
 */
function replace(w: Writer, at: number, length: number, end: number, slot: Slot): number {
  const aside = end + MAX_EMBEDDED_LENGTH;
  w.pos = aside;
  writeSlot(w, slot);
  const written = w.pos - aside;
  if (written !== length) w.bytes.copyWithin(at + written, at + length, end);
  w.bytes.copyWithin(at, aside, aside + written);
  return written;
}
