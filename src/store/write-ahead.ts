// How a store writes. Each transaction writes what it brings as one row (batch.ts). The rows are
// folded into the tables of cells and positions later, many at a time and in the order of their
// keys, so that a page of the tables is written once for several of them. A fold is done in slices,
// one with each transaction: no transaction waits for long, and the more is written the faster it
// is folded. After a kill at any moment a cell is in its batch, in the tables, or in both: batches
// are deleted with the last slice of their fold.

import type { BackendWriter, StoredCell } from "./backend.ts";
import { BatchContent, encodeBatch } from "./batch.ts";
import { KeyOrder } from "./key-order.ts";
import type { SqliteTables } from "./sqlite-tables.ts";
import type { Position } from "./store.ts";

/** When batches are folded, and how much at a time. */
export interface FoldLimits {
  /** Number of cells and positions in batches at which a fold begins. */
  readonly entries: number;
  /** Bytes of the cells in batches at which a fold begins. */
  readonly bytes: number;
  /** Entries moved with each transaction of a fold at least; twice as many as it brings if more. */
  readonly slice: number;
  /** Bytes of cells above which a transaction writes to the tables at once: a genesis, a sync. */
  readonly direct: number;
}

const FOLD_LIMITS: FoldLimits = {
  entries: 32_768,
  bytes: 8 * 1024 * 1024,
  slice: 256,
  direct: 1024 * 1024,
};

/** Batches that are on their way to the tables. */
interface Fold {
  /** The last of them. */
  readonly lastId: number;
  readonly cells: KeyOrder<StoredCell>;
  readonly positions: KeyOrder<Position>;
  /** Entries that are in the tables. */
  next: number;
}

export class WriteAhead {
  readonly #tables: SqliteTables;
  readonly #limits: FoldLimits;
  #lastId: number;
  #fold: Fold | null = null;

  constructor(tables: SqliteTables, limits: FoldLimits = FOLD_LIMITS) {
    this.#tables = tables;
    this.#limits = limits;
    // No number comes twice, even after a restart: those who read beside go by the numbers.
    this.#lastId = Math.max(tables.lastBatch, Date.now());
  }

  /** As Backend.transaction or, with `isSynced` false, Backend.transactionUnsynced. */
  transaction(body: (w: BackendWriter) => void, isSynced = true): void {
    const { pending } = this.#tables;
    const { entries, bytes, slice, direct } = this.#limits;
    let batch = new BatchContent();
    let id = this.#lastId;
    let next = 0;
    this.#tables.transaction((w) => {
      const content = new BatchContent();
      body({
        ...w,
        putCell: (hashKey, encoding, memorySize) => {
          if (!pending.has(hashKey)) content.addCell(hashKey, { encoding, memorySize });
        },
        putPosition: (hashKey, position) => content.positions.set(hashKey, position),
      });
      batch = content.cellBytes > direct ? withCellsWritten(w, content) : content;
      if (batch.size > 0) this.#tables.appendBatch(++id, encodeBatch(batch));
      next = this.#foldSlice(w, Math.max(slice, 2 * batch.size));
    }, isSynced);
    this.#lastId = id;
    pending.add(batch);
    this.#foldedTo(next);
    const { recent } = pending;
    if (recent.size >= entries || recent.cellBytes >= bytes) this.#beginFold();
  }

  /** Moves all that is pending to the tables. @throws StoreError as `transaction` */
  foldAll(): void {
    const { pending } = this.#tables;
    while (this.#fold !== null || pending.recent.size > 0) {
      this.#beginFold();
      let next = 0;
      this.#tables.transaction((w) => {
        next = this.#foldSlice(w, Number.POSITIVE_INFINITY);
      });
      this.#foldedTo(next);
    }
  }

  #beginFold(): void {
    if (this.#fold !== null) return;
    const { cells, positions } = this.#tables.pending.beginFolding();
    this.#fold = {
      lastId: this.#lastId,
      cells: new KeyOrder(cells),
      positions: new KeyOrder(positions),
      next: 0,
    };
  }

  /** Writes the next entries of the fold; answers how many of it are written then. */
  #foldSlice(w: BackendWriter, entriesMax: number): number {
    const fold = this.#fold;
    if (fold === null) return 0;
    const { cells, positions } = fold;
    const total = cells.length + positions.length;
    const end = Math.min(total, fold.next + entriesMax);
    for (let i = fold.next; i < end; i++) {
      if (i < cells.length) {
        const { encoding, memorySize } = cells.valueAt(i);
        w.putCell(cells.keyAt(i), encoding, memorySize);
      } else {
        const at = i - cells.length;
        w.putPosition(positions.keyAt(at), positions.valueAt(at));
      }
    }
    if (end === total) this.#tables.deleteBatches(fold.lastId);
    return end;
  }

  /** Notes that so many entries of the fold are on disk. */
  #foldedTo(next: number): void {
    const fold = this.#fold;
    if (fold === null) return;
    fold.next = next;
    if (next < fold.cells.length + fold.positions.length) return;
    this.#fold = null;
    this.#tables.pending.endFolding();
  }
}

/**
 * Writes the cells to their table. The positions are left for a batch: an earlier batch may have
 * one for the same transaction, and the later one must be folded last.
 */
function withCellsWritten(w: BackendWriter, content: BatchContent): BatchContent {
  const cells = new KeyOrder(content.cells);
  for (let i = 0; i < cells.length; i++) {
    const { encoding, memorySize } = cells.valueAt(i);
    w.putCell(cells.keyAt(i), encoding, memorySize);
  }
  const rest = new BatchContent();
  for (const [hashKey, position] of content.positions) rest.positions.set(hashKey, position);
  return rest;
}
