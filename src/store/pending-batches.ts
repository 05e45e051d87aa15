// What is in batches and not yet in the tables of cells and positions: kept in memory to be looked
// up, both by the process that writes the store and by those that read its file beside it.

import type { StoredCell } from "./backend.ts";
import { BatchContent } from "./batch.ts";
import type { Position } from "./store.ts";

export class PendingBatches {
  /** What is being moved to the tables; it is found here until all of it is there. */
  #folding: BatchContent | null = null;
  #recent = new BatchContent();

  get folding(): BatchContent | null {
    return this.#folding;
  }
  get recent(): BatchContent {
    return this.#recent;
  }

  /** A copy, so that a cell that is kept does not keep its whole batch in memory. */
  cell(hashKey: string): StoredCell | null {
    const found = this.#recent.cells.get(hashKey) ?? this.#folding?.cells.get(hashKey);
    return found === undefined ? null : { ...found, encoding: found.encoding.slice() };
  }

  has(hashKey: string): boolean {
    return this.#recent.cells.has(hashKey) || this.#folding?.cells.has(hashKey) === true;
  }

  /** As in StoredCell, null when there is no such cell. */
  memorySize(hashKey: string): number | null {
    const found = this.#recent.cells.get(hashKey) ?? this.#folding?.cells.get(hashKey);
    return found?.memorySize ?? null;
  }

  position(hashKey: string): Position | null {
    const found = this.#recent.positions.get(hashKey) ?? this.#folding?.positions.get(hashKey);
    return found ?? null;
  }

  /** All of them, later ones last. */
  *cells(): Iterable<[string, StoredCell]> {
    if (this.#folding !== null) yield* this.#folding.cells;
    yield* this.#recent.cells;
  }

  *positions(): Iterable<[string, Position]> {
    if (this.#folding !== null) yield* this.#folding.positions;
    yield* this.#recent.positions;
  }

  add(content: BatchContent): void {
    this.#recent.addAll(content);
  }

  /** All that is pending is to be folded from now on. */
  beginFolding(): BatchContent {
    this.#folding = this.#recent;
    this.#recent = new BatchContent();
    return this.#folding;
  }

  endFolding(): void {
    this.#folding = null;
  }

  clear(): void {
    this.#folding = null;
    this.#recent = new BatchContent();
  }
}
