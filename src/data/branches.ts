// The branches of a cell: children that its encoding names by hash (sheet 01 §12), its own and
// those of the cells embedded in it.

import { Cell, MAX_EMBEDDED_LENGTH, Ref, type Slot, type Value } from "./cell.ts";
import { encodedLength } from "./encode.ts";

/** Whether a child is encoded as its hash: a Ref, or a value too long to be embedded. */
export function isBranch(slot: Slot): boolean {
  return slot instanceof Ref || encodedLength(slot) > MAX_EMBEDDED_LENGTH;
}

/** Calls `visit` with each branch of v, in ref order, once for each occurrence. Loads nothing. */
export function forEachBranch(v: Value, visit: (branch: Slot) => void): void {
  if (!(v instanceof Cell)) return;
  const { slotCount } = v;
  for (let i = 0; i < slotCount; i++) {
    const slot = v.slotAt(i);
    if (isBranch(slot)) visit(slot);
    // Embedded cells nest no deeper than 140 bytes allow. One whose memory size is 0 has no branch.
    else if (slot instanceof Cell && slot.memoryCache !== 0) forEachBranch(slot, visit);
  }
}

/** Whether an embedded cell, or one embedded in it, has a branch. */
export function hasBranches(cell: Cell): boolean {
  const { memoryCache, slotCount } = cell;
  if (memoryCache >= 0) return memoryCache > 0;
  for (let i = 0; i < slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot === null || typeof slot === "number" || typeof slot === "boolean") continue;
    if (isBranch(slot) || (slot instanceof Cell && hasBranches(slot))) return true;
  }
  return false;
}
