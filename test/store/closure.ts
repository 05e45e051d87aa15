// Whether a root names only what is there, down to the last cell.

import { Cell, Ref, type Value } from "../../src/data/cell.ts";
import { hashKey, isEmbedded } from "../../src/data/encode.ts";
import type { Store } from "../../src/store/store.ts";

/** @throws Error unless the store holds all cells below a root; their number otherwise */
export function expectComplete(store: Store, name: string): number {
  const hash = store.root(name);
  if (hash === null) throw new Error(`no root ${name}`);
  const seen = new Set<string>();
  const open: Value[] = [store.cell(hash)];
  seen.add(hash);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null) throw new Error("a cell is missing");
    if (!(value instanceof Cell)) continue;
    for (let i = 0; i < value.slotCount; i++) {
      const slot = value.slotAt(i);
      if (slot instanceof Ref) {
        if (seen.has(slot.hashKey)) continue;
        seen.add(slot.hashKey);
        open.push(store.cell(slot.hashKey));
      } else if (slot instanceof Cell) {
        if (!isEmbedded(slot) && !store.has(hashKey(slot))) throw new Error("a cell is missing");
        open.push(slot);
      }
    }
  }
  return seen.size;
}
