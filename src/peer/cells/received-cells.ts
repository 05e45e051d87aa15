// Cells that came with messages and are not in the store: later messages of the same sender may
// name them without bringing them again. Bounded by bytes; the older half is dropped at once, since
// to look for the oldest entry of a Map costs more than to keep it. A cell that was dropped is
// fetched when it is needed. They are kept as bytes, so that they keep nothing of the State in
// memory.

import { sha3Key } from "../../crypto/sha3.ts";
import { isBranch } from "../../data/branches.ts";
import { Cell, type CellSource, type Ref } from "../../data/cell.ts";
import { type DecodeTable, decode } from "../../data/decode.ts";
import { encoding, hashKey } from "../../data/encode.ts";
import { BadFormatError } from "../../data/errors.ts";
import { branchEncodings, topCellLength } from "../../data/multi-cell.ts";
import type { Belief } from "../../state/belief.ts";
import type { Store } from "../../store/store.ts";
import { BelievedCells } from "./believed-cells.ts";

/** Memory that a cell takes here besides its bytes: most have a few hundred. */
const ENTRY_BYTES = 200;

/** The received cells and, behind them, those of the store. */
export class ReceivedCells implements CellSource {
  readonly #store: Store;
  readonly #table: DecodeTable;
  readonly #bytesMax: number;
  #recent = new Map<string, Uint8Array>();
  #older: ReadonlyMap<string, Uint8Array> = new Map();
  #recentBytes = 0;
  /** What this peer believes and has lately believed, which others tell it again and again. */
  readonly #believed: BelievedCells;

  constructor(store: Store, table: DecodeTable, bytesMax: number) {
    this.#store = store;
    this.#table = table;
    this.#bytesMax = bytesMax;
    this.#believed = new BelievedCells(store);
  }

  /**
   * Keeps the cells that are in memory at and below a value, without loading any. Each is gone
   * through once: those of a long message push each other out, and a hand-made one can name the
   * same from any number of places.
   */
  keep(value: Cell): void {
    const seen = new Set<string>();
    const stack: Cell[] = [value];
    while (stack.length > 0) {
      const cell = stack.pop() as Cell;
      if (this.#store.holdsCell(cell) || !this.#isNews(cell, seen)) continue;
      for (let i = 0; i < cell.slotCount; i++) {
        const slot = cell.slotAt(i);
        if (slot instanceof Cell) stack.push(slot);
      }
    }
  }

  /** Keeps one cell; false when it was there, and so what is below it. */
  #isNews(cell: Cell, seen: Set<string>): boolean {
    if (!isBranch(cell)) return true;
    const key = hashKey(cell);
    if (this.#has(key) || seen.has(key)) return false;
    seen.add(key);
    this.#add(key, encoding(cell));
    return true;
  }

  /**
   * Keeps the first cells of a long message without reading them, as many as are not soon forgotten
   * again; what is needed of the others can be asked for.
   * @returns the top cell alone, null for what is no message
   */
  keepParts(message: Uint8Array): Uint8Array | null {
    let length: number;
    try {
      length = topCellLength(message, this.#table);
    } catch (error) {
      if (error instanceof BadFormatError) return null;
      throw error;
    }
    let room = this.#bytesMax / 2;
    for (const bytes of branchEncodings(message, length)) {
      room -= bytes.length + ENTRY_BYTES;
      if (room < 0) break;
      this.add(sha3Key(bytes), bytes);
    }
    return message.slice(0, length);
  }

  /** A cell by itself: what it names is loaded again when it is needed. */
  withoutChildren(cell: Cell): Cell {
    return decode(encoding(cell), this.#table, this) as Cell;
  }

  /** Keeps the encoding of a cell by itself, whose hash has been checked. */
  add(key: string, bytes: Uint8Array): void {
    if (!this.#has(key)) this.#add(key, bytes);
  }

  #has(key: string): boolean {
    return this.#recent.has(key) || this.#older.has(key);
  }

  #add(key: string, bytes: Uint8Array): void {
    const size = bytes.length + ENTRY_BYTES;
    if (2 * (this.#recentBytes + size) > this.#bytesMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentBytes = 0;
    }
    // What alone is too much is not kept.
    if (2 * size > this.#bytesMax) return;
    this.#recent.set(key, bytes);
    this.#recentBytes += size;
  }

  /** The encoding of a received cell, null when it was not received or is forgotten. */
  encodingOf(key: string): Uint8Array | null {
    return this.#recent.get(key) ?? this.#older.get(key) ?? null;
  }

  cell(key: string): Cell | bigint | null {
    const bytes = this.encodingOf(key);
    if (bytes === null) return this.#store.cell(key);
    return decode(bytes, this.#table, this) as Cell | bigint;
  }

  held(key: string): Cell | Ref | null {
    return this.#believed.held(key);
  }

  /** Takes note of a Belief that is written. */
  believe(belief: Belief): void {
    this.#believed.note(belief);
  }

  /** Unknown for received cells: what they name may be missing. */
  memorySize(key: string): number {
    return this.#has(key) ? -1 : this.#store.memorySize(key);
  }
}
