// Decoded cells by hash, bounded by an estimate of their bytes in memory. When the bound is reached
// all are let go at once: a cell pins whatever its slots were resolved to, so that dropping single
// ones would free nothing. What is in use stays alive through its holder and is simply not shared
// with later readers.

import { heapSize } from "bun:jsc";
import type { Cell } from "../data/cell.ts";

export const CELL_CACHE_MB = 64;
const MEGABYTE = 1 << 20;

/**
 * Frees soon what was let go. Not at once: what the calls under way have on the stack, even if they
 * are done with it, would stay. Stops the thread for as long as it takes: 60–190 ms.
 */
export function collectGarbage(): void {
  setImmediate(() => Bun.gc(true));
}

/** Heap beyond twice the cell cache from which on what was let go is not left to the runtime. */
const HEAP_SLACK = 256 * MEGABYTE;
const RESTS_AFTER_MS = 2_000;
/** Share of one processor below which the process rests. */
const RESTING_SHARE = 0.25;

/**
 * Frees what was let go when there is time for it. A busy process collects by itself, in the
 * background, with pauses of up to some 10 ms; one that comes to rest would keep what it had. A
 * heap that has become much larger than the cache is collected at once: with a cache of 256 MB and
 * a State of 10^6 accounts the process would otherwise take 626 MB.
 */
export class CollectionAtRest {
  #isDue = false;

  wish(cacheBytes: number): void {
    if (heapSize() > 2 * cacheBytes + HEAP_SLACK) collectGarbage();
    else if (!this.#isDue) {
      this.#isDue = true;
      this.#wait();
    }
  }

  #wait(): void {
    const before = process.cpuUsage();
    const timer = setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      if (user + system > RESTS_AFTER_MS * 1_000 * RESTING_SHARE) {
        this.#wait();
        return;
      }
      this.#isDue = false;
      collectGarbage();
    }, RESTS_AFTER_MS);
    timer.unref();
  }
}

/** The runtime's heap, as who collects it sees it. */
export interface Heap {
  size(): number;
  /** Stops the thread until it is done. */
  collect(): void;
}

const OWN_HEAP: Heap = { size: heapSize, collect: () => Bun.gc(true) };

/** Share of the heap that a collection has to free for the next one to come as early. */
const WORTHWHILE_SHARE = 1 / 8;
/** By how much of itself the heap then grows before it. */
const HELD_GROWTH = 1.5;

/**
 * Collects when a cache has let go of its cells: whoever reads that much at a stretch may not come
 * to an end before the heap has doubled. Not each time when the reader holds on to what it reads,
 * such as a transaction to its cells: each then takes longer than the last one, and frees nothing.
 */
export class CollectionWhenFull {
  readonly #heap: Heap;
  /** Heap from which on it is worth while. */
  #fromBytes = 0;

  constructor(heap: Heap = OWN_HEAP) {
    this.#heap = heap;
  }

  collect(): void {
    const before = this.#heap.size();
    if (before < this.#fromBytes) return;
    this.#heap.collect();
    const after = this.#heap.size();
    this.#fromBytes = before - after < before * WORTHWHILE_SHARE ? after * HELD_GROWTH : 0;
  }
}

/**
 * By hash key; a big Integer that is a cell of its own is kept as well. What is added beyond the
 * limit lets go of all that was there.
 */
export class CellCache {
  readonly limitBytes: number;
  readonly #cells = new Map<string, Cell | bigint>();
  readonly #collection = new CollectionWhenFull();
  #bytes = 0;

  constructor(limitMegabytes = CELL_CACHE_MB) {
    this.limitBytes = limitMegabytes * MEGABYTE;
  }

  get(hashKey: string): Cell | bigint | null {
    return this.#cells.get(hashKey) ?? null;
  }

  add(hashKey: string, cell: Cell | bigint, bytes: number): void {
    if (this.#bytes + bytes > this.limitBytes) {
      this.clear();
      this.#collection.collect();
    }
    this.#cells.set(hashKey, cell);
    this.#bytes += bytes;
  }

  clear(): void {
    this.#cells.clear();
    this.#bytes = 0;
  }
}
