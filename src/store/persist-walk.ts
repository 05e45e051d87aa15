// Finds the cells below a root that a store lacks, children before parents (sheet 04 §8.2 calls it
// depth-first persist). No recursion: the depth of a value is its sender's choice.

import { hasBranches } from "../data/branches.ts";
import { Cell, MissingDataError, Ref, resolveSlot, type Value } from "../data/cell.ts";
import { encodedLength, hashKey, isEmbedded } from "../data/encode.ts";
import { cellFootprint } from "../data/footprint.ts";

/** What a walk asks about the store. */
export interface StoredCells {
  /** Whether the cell and all below it are stored. */
  holdsCell(cell: Cell): boolean;
  /** Whether the cell named, and all below it, are stored. */
  holdsRef(ref: Ref): boolean;
  /** Whether a cell is stored, with all below it. */
  has(hashKey: string): boolean;
}

/** What a walk has found. */
export class Unstored {
  /** Cells (and long integers) to write, children before parents. */
  readonly branches: (Cell | bigint)[] = [];
  /** All cells of the walk, embedded ones too: stored with all they name once the branches are. */
  readonly walked = new Set<Cell>();
  /** Cells that are written by themselves although they are short enough to be embedded. */
  readonly #named = new Set<Cell>();
  readonly #path: Cell[] = [];
  readonly #next: number[] = [];
  readonly #store: StoredCells;
  readonly #memoryMax: number;
  /** Bytes of the branches gone through, and of the memory that they take; 0 without a bound. */
  bytes = 0;
  memory = 0;

  /** @param memoryMax bytes of memory (data/footprint.ts) of branches to go through */
  constructor(store: StoredCells, memoryMax = Number.POSITIVE_INFINITY) {
    this.#store = store;
    this.#memoryMax = memoryMax;
  }

  /**
   * Adds what is not stored at and below `root`; the root itself only when it is not embedded.
   * @throws MissingDataError when a cell is neither in memory nor in any source
   */
  collect(root: Value): void {
    const path = this.#path;
    const next = this.#next;
    this.#visit(root);
    while (path.length > 0) {
      const top = path.length - 1;
      const cell = path[top] as Cell;
      const index = next[top] as number;
      if (index < cell.slotCount) {
        next[top] = index + 1;
        this.#visitSlot(cell, index);
      } else {
        path.pop();
        next.pop();
        if (!isEmbedded(cell) || this.#named.has(cell)) this.branches.push(cell);
      }
    }
  }

  #visitSlot(cell: Cell, index: number): void {
    const slot = cell.slotAt(index);
    if (!(slot instanceof Ref)) {
      this.#visit(slot);
      return;
    }
    if (this.#store.holdsRef(slot)) return;
    const value = resolveSlot(cell, index);
    // A short cell that its parent names by hash stays named (data/cell.ts, mayReplaceRef).
    if (cell.slotAt(index) instanceof Ref) this.#visitNamed(value);
    else this.#visit(value);
  }

  #visitNamed(value: Value): void {
    if (value instanceof Cell && !this.#isDone(value)) {
      this.#named.add(value);
      this.#visit(value);
    } else if (value instanceof Cell || typeof value === "bigint") {
      this.branches.push(value);
    }
  }

  #visit(value: Value): void {
    if (value instanceof Cell) {
      if (this.#isDone(value)) return;
      if (!this.#isNews(value)) return;
      this.walked.add(value);
      this.#path.push(value);
      this.#next.push(0);
    } else if (typeof value === "bigint" && !isEmbedded(value) && this.#isNews(value)) {
      this.branches.push(value);
    }
  }

  /**
   * Counts a cell. From half of what it may be on the store is asked for each: what was too much
   * the last time may have been brought there since. @throws MissingDataError when it is too much
   */
  #isNews(cell: Cell | bigint): boolean {
    if (this.#memoryMax === Number.POSITIVE_INFINITY || isEmbedded(cell)) return true;
    const memory = this.memory + cellFootprint(cell);
    if (2 * memory > this.#memoryMax && this.#store.has(hashKey(cell))) return false;
    if (memory > this.#memoryMax) throw new MissingDataError(hashKey(cell));
    this.memory = memory;
    this.bytes += encodedLength(cell);
    return true;
  }

  #isDone(cell: Cell): boolean {
    if (this.#store.holdsCell(cell)) return true;
    // A leaf of the State has sixteen accounts, most of them as they were: nothing to keep of them.
    if (isEmbedded(cell) && !hasBranches(cell)) return true;
    return this.walked.has(cell);
  }
}
