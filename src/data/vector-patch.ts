// hot: see test/bench. The encoding of a vector out of that of another one with few other elements:
// what both share is copied as bytes. Written afresh it would visit every child, and for each a
// cell, its hash or its own children, which in a State of 10^6 accounts are cache misses nearly all
// (growth-1000000 -35 %; another -9 % since children of other lengths are patched too, and those
// that stay are passed by their bytes).

import { MAX_EMBEDDED_LENGTH, type Slot } from "./cell.ts";
import { embeddedLengthAt } from "./embedded-length.ts";
import { slotLength, writeSlot } from "./encode.ts";
import type { Vector } from "./vector.ts";
import { vlqLength, type Writer } from "./writer.ts";

/**
 * Lets `v` be encoded out of `from`, of the same shape, if that is encoded, or out of what that was
 * to be encoded out of.
 */
export function basedOn(v: Vector, from: Vector): Vector {
  v.encodedBase = from.encodingCache === null ? from.encodedBase : from;
  return v;
}

/** Writes `v`, a vector of the same shape that is encoded being at hand. */
export function writePatched(v: Vector, base: Vector, w: Writer): void {
  v.encodedBase = null;
  const start = w.pos;
  w.write(base.encodingCache as Uint8Array);
  let end = w.pos;
  let at = start + 1 + vlqLength(v.countInteger);
  /** The child that begins at `at`: those behind the last one that differs are never looked at. */
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

/** Bytes of the child written at `at`, asked of its cell when they don't tell. */
function lengthAt(bytes: Uint8Array, at: number, slot: Slot): number {
  return embeddedLengthAt(bytes, at) || slotLength(slot);
}

/**
 * Puts a child in the place of the `length` bytes there, what follows moved up to the end; answers
 * how many bytes it has. It is written beyond the end first, where what follows can't get.
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
