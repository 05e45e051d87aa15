// hot: see test/bench. The encoding of a vector out of that of another one with few other elements:
// what both share is copied as bytes. Written afresh it would visit every child, and for each a cell,
// its hash or its own children, which in a State of 10^6 accounts are cache misses nearly all
// (growth-1000000 -35 %).

import type { Slot } from "./cell.ts";
import { BRANCH_LENGTH, slotLength, writeSlot } from "./encode.ts";
import { TAG } from "./tag.ts";
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
  if (!hasSameLengths(v, base)) {
    w.byte(TAG.VECTOR);
    v.writeBody(w);
    return;
  }
  const start = w.pos;
  w.write(base.encodingCache as Uint8Array);
  const end = w.pos;
  let at = start + 1 + vlqLength(v.countInteger);
  const { slots } = v;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot;
    const old = base.slots[i] as Slot;
    if (slot !== old) overwrite(w, at, end, slot);
    at += w.bytes[at] === TAG.REF ? BRANCH_LENGTH : slotLength(old);
  }
  if (v.prefix !== base.prefix) overwrite(w, at, end, v.prefix);
  w.pos = end;
}

/** Writes a child behind the end, where it may take as much room as it needs, and puts it in place. */
function overwrite(w: Writer, at: number, end: number, slot: Slot): void {
  w.pos = end;
  writeSlot(w, slot);
  w.bytes.copyWithin(at, end, w.pos);
}

/** Whether the children that differ have the lengths of those in their places. */
function hasSameLengths(v: Vector, base: Vector): boolean {
  const { slots } = v;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as Slot;
    const old = base.slots[i] as Slot;
    if (slot !== old && slotLength(slot) !== slotLength(old)) return false;
  }
  return v.prefix === base.prefix || slotLength(v.prefix) === slotLength(base.prefix);
}
