// What this peer believes and has lately believed, by hash: its neighbours tell it of the same
// Orders and blocks, and what is held here is not decoded again, nor its signatures checked again.
// Orders and their block vectors are held as cells, blocks by name alone: they may be large. Only
// what the store holds with all it names counts, so that nothing below it is ever missing.

import { type Cell, Ref, type Value } from "../data/cell.ts";
import { hashKey, slotHashKey } from "../data/encode.ts";
import { SignedData } from "../data/signed.ts";
import type { Vector } from "../data/vector.ts";
import { CHUNK_SIZE } from "../data/vector-shape.ts";
import { leafSlots } from "../data/vector-tree.ts";
import type { Belief } from "../state/belief.ts";
import { Order } from "../state/order.ts";
import type { Store } from "../store/store.ts";
import { BELIEVED_BLOCKS_MAX, BELIEVED_CELLS_MAX } from "./network-bounds.ts";

export class BelievedCells {
  readonly #store: Pick<Store, "holdsCell" | "has" | "cell" | "memorySize">;
  #entries: Belief["entries"] = [];
  #recent = new Map<string, Cell>();
  #older: ReadonlyMap<string, Cell> = new Map();
  #recentBlocks = new Set<string>();
  #olderBlocks: ReadonlySet<string> = new Set();

  constructor(store: Pick<Store, "holdsCell" | "has" | "cell" | "memorySize">) {
    this.#store = store;
  }

  /** Takes note of what is new in a Belief that is written. */
  note({ entries }: Belief): void {
    const before = this.#entries;
    this.#entries = entries;
    for (const [i, [, signed]] of entries.entries()) {
      if (before[i]?.[1] !== signed) this.#add(signed);
    }
  }

  #add(signed: Value): void {
    if (!(signed instanceof SignedData) || !(signed.value instanceof Order)) return;
    const { blocks } = signed.value;
    this.#keep(signed);
    if (this.#keep(blocks)) this.#noteBlocks(blocks);
  }

  /** False when the cell was there. */
  #keep(cell: Cell): boolean {
    const key = hashKey(cell);
    if (this.#recent.has(key)) return false;
    if (2 * this.#recent.size >= BELIEVED_CELLS_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, cell);
    return true;
  }

  /** The last blocks of an Order, back to the first that is known: all have been the last once. */
  #noteBlocks(blocks: Vector): void {
    const { count } = blocks;
    for (let i = count - 1; i >= 0 && i >= count - CHUNK_SIZE; i--) {
      const key = slotHashKey(leafSlots(blocks, i)[i % CHUNK_SIZE] as Value);
      if (this.#recentBlocks.has(key)) return;
      if (2 * this.#recentBlocks.size >= BELIEVED_BLOCKS_MAX) {
        this.#olderBlocks = this.#recentBlocks;
        this.#recentBlocks = new Set();
      }
      this.#recentBlocks.add(key);
    }
  }

  /** What is believed and stored under this hash, null when it is none of those. */
  held(key: string): Cell | Ref | null {
    const cell = this.#recent.get(key) ?? this.#older.get(key);
    if (cell !== undefined) return this.#store.holdsCell(cell) ? cell : null;
    if (!this.#recentBlocks.has(key) && !this.#olderBlocks.has(key)) return null;
    return this.#store.has(key) ? new Ref(key, this.#store) : null;
  }
}
