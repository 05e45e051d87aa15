// Cells that came with messages and are not in the store: what later messages of the same sender may
// name without sending it again. Bounded by bytes, oldest out first; what has been dropped is asked
// for when it is needed. Kept as bytes, so that they pin nothing of the State.

import { isBranch } from "../data/branches.ts";
import { Cell, type CellSource } from "../data/cell.ts";
import { type DecodeTable, decode } from "../data/decode.ts";
import { encoding, hashKey } from "../data/encode.ts";
import type { Store } from "../store/store.ts";

/** Memory that a cell takes here besides its bytes: most have a few hundred. */
const ENTRY_BYTES = 200;

/** The received cells and, behind them, those of the store. */
export class ReceivedCells implements CellSource {
  readonly #store: Store;
  readonly #table: DecodeTable;
  readonly #bytesMax: number;
  readonly #cells = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(store: Store, table: DecodeTable, bytesMax: number) {
    this.#store = store;
    this.#table = table;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps the cells that are in memory at and below a value, without loading any. */
  keep(value: Cell): void {
    const stack: Cell[] = [value];
    while (stack.length > 0) {
      const cell = stack.pop() as Cell;
      if (this.#store.holdsCell(cell) || !this.#isNews(cell)) continue;
      for (let i = 0; i < cell.slotCount; i++) {
        const slot = cell.slotAt(i);
        if (slot instanceof Cell) stack.push(slot);
      }
    }
    while (this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  /** Keeps one cell; false when it was there, and so what is below it. */
  #isNews(cell: Cell): boolean {
    if (!isBranch(cell)) return true;
    const key = hashKey(cell);
    if (this.#cells.has(key)) return false;
    const bytes = encoding(cell);
    this.#cells.set(key, bytes);
    this.#bytes += bytes.length + ENTRY_BYTES;
    return true;
  }

  /** Keeps the encoding of a cell by itself, whose hash has been checked. */
  add(key: string, bytes: Uint8Array): void {
    if (this.#cells.has(key)) return;
    this.#cells.set(key, bytes);
    this.#bytes += bytes.length + ENTRY_BYTES;
    while (this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#cells.entries().next().value;
    if (oldest === undefined) return;
    this.#cells.delete(oldest[0]);
    this.#bytes -= oldest[1].length + ENTRY_BYTES;
  }

  /** The encoding of a received cell, null when it was not received or is forgotten. */
  encodingOf(key: string): Uint8Array | null {
    return this.#cells.get(key) ?? null;
  }

  cell(key: string): Cell | bigint | null {
    const bytes = this.#cells.get(key);
    if (bytes === undefined) return this.#store.cell(key);
    return decode(bytes, this.#table, this) as Cell | bigint;
  }

  /** Unknown for received cells: what they name may be missing. */
  memorySize(key: string): number {
    return this.#cells.has(key) ? -1 : this.#store.memorySize(key);
  }
}
