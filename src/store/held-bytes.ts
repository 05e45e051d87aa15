// What the cells loaded and written take in memory, added up. Anybody can have cells stored that
// take a hundred times their encoding (data/footprint.ts): 10,000,000 juice buy 40 MB of them.

import type { Cell } from "../data/cell.ts";
import { cellFootprint, usualFootprint } from "../data/footprint.ts";

/**
 * One cell of so many is looked into, for all of them: to look into each takes 2 to 4 µs, 1 to 3 %
 * of what a transaction costs.
 */
export const LOOKED_INTO_EVERY = 8;

export class HeldBytes {
  #total = 0;
  #cells = 0;

  /** Estimated bytes since the last `clear`. */
  get total(): number {
    return this.#total;
  }

  /** Adds a cell with the cells embedded in it. @returns the bytes that were added */
  add(cell: Cell | bigint): number {
    let bytes = usualFootprint(cell);
    if (this.#cells++ % LOOKED_INTO_EVERY === 0) {
      bytes += LOOKED_INTO_EVERY * (cellFootprint(cell) - bytes);
    }
    this.#total += bytes;
    return bytes;
  }

  clear(): void {
    this.#total = 0;
  }
}
