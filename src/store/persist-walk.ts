// Finds the cells below a root that a store lacks, children before parents (sheet 04 §8.2 calls it
// depth-first persist). No recursion: the depth of a value is its sender's choice.

import { Cell, Ref, resolveSlot, type Slot, type Value } from "../data/cell.ts";
import { isEmbedded } from "../data/encode.ts";

/** What a walk asks about the store. */
export interface StoredCells {
  /** Whether the cell and all below it are stored. */
  holdsCell(cell: Cell): boolean;
  /** Whether the cell named, and all below it, are stored. */
  holdsRef(ref: Ref): boolean;
}

/** The branches that are not stored, and every cell that was looked into to find them. */
export interface Unstored {
  /** Cells (and long integers) to write, children before parents. */
  readonly branches: (Cell | bigint)[];
  /** All cells of the walk, embedded ones too: stored with all they name once the branches are. */
  readonly walked: Set<Cell>;
}

export function nothingUnstored(): Unstored {
  return { branches: [], walked: new Set() };
}

/**
 * Adds what is not stored at and below `root` to `found`; a root that is embedded counts as a branch
 * only for the caller.
 * @throws MissingDataError when a cell is neither in memory nor in any source
 */
export function collectUnstored(root: Value, store: StoredCells, found: Unstored): void {
  const path: Cell[] = [];
  const next: number[] = [];
  visit(root, store, found, path, next);
  while (path.length > 0) {
    const top = path.length - 1;
    const cell = path[top] as Cell;
    const index = next[top] as number;
    if (index < cell.slotCount) {
      next[top] = index + 1;
      visit(unstoredSlot(cell, index, store), store, found, path, next);
    } else {
      path.pop();
      next.pop();
      if (!isEmbedded(cell)) found.branches.push(cell);
    }
  }
}

/** The value in a slot, nil when it is a Ref to what the store holds. */
function unstoredSlot(cell: Cell, index: number, store: StoredCells): Value {
  const slot: Slot = cell.slotAt(index);
  if (!(slot instanceof Ref)) return slot;
  return store.holdsRef(slot) ? null : resolveSlot(cell, index);
}

function visit(
  value: Value,
  store: StoredCells,
  found: Unstored,
  path: Cell[],
  next: number[],
): void {
  if (value instanceof Cell) {
    if (value.slotCount === 0 && isEmbedded(value)) return;
    if (store.holdsCell(value) || found.walked.has(value)) return;
    found.walked.add(value);
    path.push(value);
    next.push(0);
  } else if (typeof value === "bigint" && !isEmbedded(value)) {
    found.branches.push(value);
  }
}
