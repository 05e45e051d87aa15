// Whether what a cell is written as can be read again (data/unreadable.ts). The reference writes
// what it will not read.

import { Cell, type Value } from "./cell.ts";
import { HashTrie } from "./hash-trie.ts";
import { Index } from "./index-map.ts";

/** Looks at all that is not stored yet: nothing unreadable is ever stored. */
export function isReadable(...roots: readonly Value[]): boolean {
  const seen = new Set<Cell>();
  const open: Value[] = [...roots];
  while (open.length > 0) {
    const cell = open.pop() as Value;
    if (!(cell instanceof Cell) || cell.storedIn !== null || seen.has(cell)) continue;
    if (cell instanceof HashTrie && cell.isLeaf && !cell.isRegular) return false;
    if (cell instanceof Index && !cell.hasEncoding) return false;
    seen.add(cell);
    const { slotCount } = cell;
    for (let i = 0; i < slotCount; i++) {
      const slot = cell.slotAt(i);
      if (slot instanceof Cell) open.push(slot);
    }
  }
  return true;
}
