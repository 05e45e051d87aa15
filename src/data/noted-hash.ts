// Of which cells the reference has a hash by now, where that decides whether two are equal (T50).
// What `hashCache` has depends on what a peer has kept in memory; this is of one block.

import { Cell, MAX_EMBEDDED_LENGTH, Ref } from "./cell.ts";
import { encodedLength, isEmbedded } from "./encode.ts";
import { BlockMemo, requireOwnCells } from "./run-memory.ts";

const noted = new BlockMemo<Cell, true>();
/** Only ever saves looking for such cells, so it is never unset. */
let wereDecoded = false;

/** Notes that a cell with `isEqualUnhashed` was decoded: code can hold none before. */
export function expectUnhashed(): void {
  wereDecoded = true;
}

/** Whether there may be such cells: if not, nothing of T50 makes a difference. */
export function mayBeUnhashed(): boolean {
  return wereDecoded;
}

export function noteHash(cell: Cell): void {
  noted.set(cell, true);
}

/**
 * Notes the hash of a member of a Set, or of one of several keys, that is taken out of it: it was
 * put in order by that, by code or when it was decoded. But when a message is decoded the cells
 * that have branches are made anew once those are found, and such a one has no hash.
 */
export function noteOrdered(cell: Cell): void {
  if (!hasBranch(cell)) noteHash(cell);
}

function hasBranch(cell: Cell): boolean {
  for (let i = 0; i < cell.slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot instanceof Ref || !isEmbedded(slot)) return true;
    if (slot instanceof Cell && hasBranch(slot)) return true;
  }
  return false;
}

/**
 * A branch has its hash from the start; for any other it matters which object it is.
 * @throws SharedCellsError when this peer's memory decides that
 */
export function hasNotedHash(cell: Cell): boolean {
  if (encodedLength(cell) > MAX_EMBEDDED_LENGTH) return true;
  requireOwnCells();
  return noted.get(cell) === true;
}
