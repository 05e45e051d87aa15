// Decoded cells by hash, bounded by an estimate of their bytes in memory. When the bound is reached
// all are let go at once: a cell pins whatever its slots were resolved to, so that dropping single
// ones would free nothing. What is in use stays alive through its holder and is simply not shared
// with later readers.

import type { Cell } from "../data/cell.ts";

export const CELL_CACHE_MB = 64;
const MEGABYTE = 1 << 20;

/**
 * Bytes of memory of a decoded cell for each byte of its encoding, and for the cell itself. Between
 * what was measured for blocks full of transfers (14) and for cells of the State (4).
 */
const BYTES_PER_ENCODED_BYTE = 8;
const BYTES_PER_CELL = 100;

/** Estimated bytes of memory that a decoded cell takes with its embedded children. */
export function heldSize(encodedLength: number): number {
  return encodedLength * BYTES_PER_ENCODED_BYTE + BYTES_PER_CELL;
}

/**
 * Frees soon what was let go. Left to itself the heap doubles before it is collected as a whole: with a
 * cache of 256 MB and a State of 10^6 accounts the process took 626 MB. Not at once: what the calls
 * under way have on the stack, even if they are done with it, would stay.
 */
export function collectGarbage(): void {
  setImmediate(() => Bun.gc(true));
}

export class CellCache {
  readonly limitBytes: number;
  readonly #cells = new Map<string, Cell | bigint>();
  #bytes = 0;

  constructor(limitMegabytes = CELL_CACHE_MB) {
    this.limitBytes = limitMegabytes * MEGABYTE;
  }

  get size(): number {
    return this.#cells.size;
  }

  get(hashKey: string): Cell | bigint | null {
    return this.#cells.get(hashKey) ?? null;
  }

  add(hashKey: string, cell: Cell | bigint, bytes: number): void {
    if (this.#bytes + bytes > this.limitBytes) {
      this.clear();
      // Whoever reads that much at a stretch may not come to an end before the heap has doubled.
      Bun.gc(true);
    }
    this.#cells.set(hashKey, cell);
    this.#bytes += bytes;
  }

  clear(): void {
    this.#cells.clear();
    this.#bytes = 0;
  }
}
