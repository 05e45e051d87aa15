// Of which cells the reference has a hash by now, where that decides whether two are equal (T50).
// What `hashCache` has depends on what a peer has kept in memory; this is of one block.

import { type Cell, MAX_EMBEDDED_LENGTH } from "./cell.ts";
import { encodedLength } from "./encode.ts";
import { BlockMemo } from "./run-memory.ts";

const noted = new BlockMemo<Cell, true>();

export function noteHash(cell: Cell): void {
  noted.set(cell, true);
}

/** A branch has its hash from the start. */
export function hasNotedHash(cell: Cell): boolean {
  return noted.get(cell) === true || encodedLength(cell) > MAX_EMBEDDED_LENGTH;
}
