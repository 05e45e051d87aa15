// Cells kept in memory for clients that will name them by hash: prepared transactions (sheet 05
// §1.10). Bounded by bytes, oldest out first: who prepares and never submits can't fill the disk.

import type { Cell, CellSource, Ref } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { cellFootprint } from "../../data/footprint.ts";
import { Unstored } from "../../store/persist-walk.ts";
import type { Store } from "../../store/store.ts";
import { REMEMBERED_BYTES_MAX } from "../bounds.ts";

interface Remembered {
  readonly cell: Cell | bigint;
  readonly bytes: number;
}

/** The remembered cells and, behind them, those of another source. */
export class RememberedCells implements CellSource {
  readonly #store: Store;
  readonly #behind: CellSource;
  readonly #bytesMax: number;
  readonly #cells = new Map<string, Remembered>();
  #bytes = 0;

  /** @param behind where other cells come from: the store, or what has the store behind it */
  constructor(store: Store, bytesMax = REMEMBERED_BYTES_MAX, behind: CellSource = store) {
    this.#store = store;
    this.#behind = behind;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Remembers a cell and all it needs that is not in the store.
   * @throws MissingDataError when part of it is nowhere to be found
   */
  remember(cell: Cell): void {
    const found = new Unstored({
      holdsCell: (other) => this.#store.holdsCell(other),
      holdsRef: (ref) => this.#store.has(ref.hashKey),
      has: (key) => this.#store.has(key),
    });
    found.collect(cell);
    for (const branch of found.branches) this.#keep(branch);
    while (this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  #keep(cell: Cell | bigint): void {
    const hash = hashKey(cell);
    const known = this.#cells.get(hash);
    const bytes = known?.bytes ?? cellFootprint(cell);
    if (known === undefined) this.#bytes += bytes;
    this.#cells.delete(hash);
    this.#cells.set(hash, { cell, bytes });
  }

  #dropOldest(): void {
    const oldest = this.#cells.entries().next().value;
    if (oldest === undefined) return;
    this.#cells.delete(oldest[0]);
    this.#bytes -= oldest[1].bytes;
  }

  cell(hash: string): Cell | bigint | null {
    return this.#cells.get(hash)?.cell ?? this.#behind.cell(hash);
  }

  held(hash: string): Cell | Ref | null {
    return this.#behind.held?.(hash) ?? null;
  }

  memorySize(hash: string): number {
    return this.#cells.has(hash) ? -1 : this.#behind.memorySize(hash);
  }
}
