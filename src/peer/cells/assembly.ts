// A value put together from cells that come one by one, parents first (sheet 04 §9.2). A cell goes
// to the store once all below it is there, so that nothing in the store ever names what is missing,
// and what came before an interruption need not come again.

import { forEachBranch } from "../../data/branches.ts";
import { Cell, type CellSource, Ref } from "../../data/cell.ts";
import { type DecodeTable, decode } from "../../data/decode.ts";
import { slotHashKey } from "../../data/encode.ts";
import { cellFootprint } from "../../data/footprint.ts";
import { statedMemorySize } from "../../data/memory-size.ts";
import type { Store } from "../../store/store.ts";
import {
  ACQUISITION_INCOMPLETE_BYTES_MAX,
  ACQUISITION_WRITE_BYTES,
  ACQUISITION_WRITE_CELLS,
} from "../bounds.ts";
import { AcquisitionError } from "./acquisition-error.ts";

/** A cell that waits for what it names. */
interface Incomplete {
  readonly key: string;
  readonly value: Cell;
  /** Bytes of memory (data/footprint.ts). */
  readonly bytes: number;
  /** Number of the cells named by it that are not complete. */
  missing: number;
}

/** As a source of cells it gives the complete ones: incomplete cells may be resolved to these. */
export class Assembly implements CellSource {
  readonly #store: Store;
  readonly #table: DecodeTable;
  readonly #waitingMax: number;
  /** By hash key of a cell that is not complete: the cells that wait for it. */
  readonly #waiting = new Map<string, Incomplete[]>();
  #incompleteBytes = 0;
  /** Complete cells that are not in the store yet, children before parents. */
  readonly #complete = new Map<string, Cell | bigint>();
  #completeBytes = 0;

  /** @param waitingMax number of cells that may be waited for at a time */
  constructor(store: Store, table: DecodeTable, waitingMax: number) {
    this.#store = store;
    this.#table = table;
    this.#waitingMax = waitingMax;
  }

  /** Waits for the value under this hash key. */
  begin(key: string): void {
    this.#waiting.set(key, []);
  }

  /** Whether nothing is waited for: the value is in the store with all below it. */
  get isComplete(): boolean {
    return this.#waiting.size === 0;
  }

  /**
   * Takes a cell that is waited for; its hash has been checked.
   * @returns hash keys of the cells named by it that are wanted from now on
   * @throws AcquisitionError when it is no cell, or too many cells are waited for
   * @throws BadFormatError when it can't be read
   * @throws StoreError when the store fails
   */
  add(key: string, bytes: Uint8Array): string[] {
    const cell = decode(bytes, this.#table, this);
    if (typeof cell === "bigint") {
      this.#completed(key, cell);
      return [];
    }
    if (!(cell instanceof Cell)) {
      throw new AcquisitionError("the hash names a value that is no cell of its own");
    }
    const missing = this.#missingBelow(cell);
    if (missing.size === 0) {
      this.#completed(key, cell);
      return [];
    }
    const memory = cellFootprint(cell);
    const incomplete = { key, value: cell, bytes: memory, missing: missing.size };
    this.#incompleteBytes += memory;
    const wanted: string[] = [];
    for (const child of missing) {
      const waiting = this.#waiting.get(child);
      if (waiting !== undefined) {
        waiting.push(incomplete);
      } else {
        this.#waiting.set(child, [incomplete]);
        wanted.push(child);
      }
    }
    this.#requireBounded();
    return wanted;
  }

  #missingBelow(cell: Cell): Set<string> {
    const missing = new Set<string>();
    forEachBranch(cell, (branch) => {
      if (!(branch instanceof Ref)) return;
      const child = slotHashKey(branch);
      if (!this.#complete.has(child) && !this.#store.has(child)) missing.add(child);
    });
    return missing;
  }

  #requireBounded(): void {
    const isBounded =
      this.#waiting.size <= this.#waitingMax &&
      this.#incompleteBytes <= ACQUISITION_INCOMPLETE_BYTES_MAX;
    if (!isBounded) throw new AcquisitionError("it names too many cells at a time");
  }

  /** Notes a cell as complete, and what becomes complete by it. */
  #completed(key: string, value: Cell | bigint): void {
    const stack: [string, Cell | bigint][] = [[key, value]];
    while (stack.length > 0) {
      const [doneKey, done] = stack.pop() as [string, Cell | bigint];
      // Asked for now, while all parts are at hand: the store keeps it beside the cell.
      statedMemorySize(done);
      this.#complete.set(doneKey, done);
      this.#completeBytes += cellFootprint(done);
      for (const parent of this.#waiting.get(doneKey) ?? []) {
        parent.missing--;
        if (parent.missing > 0) continue;
        this.#incompleteBytes -= parent.bytes;
        stack.push([parent.key, parent.value]);
      }
      this.#waiting.delete(doneKey);
    }
    const isFull =
      this.#complete.size >= ACQUISITION_WRITE_CELLS ||
      this.#completeBytes >= ACQUISITION_WRITE_BYTES;
    if (this.isComplete || isFull) this.flush();
  }

  /** Writes the complete cells to the store. @throws StoreError when it fails */
  flush(): void {
    if (this.#complete.size === 0) return;
    this.#store.write({ roots: [], cells: [...this.#complete.values()] });
    this.#complete.clear();
    this.#completeBytes = 0;
  }

  cell(hashKey: string): Cell | bigint | null {
    return this.#complete.get(hashKey) ?? this.#store.cell(hashKey);
  }

  memorySize(hashKey: string): number {
    const value = this.#complete.get(hashKey);
    return value === undefined ? this.#store.memorySize(hashKey) : statedMemorySize(value);
  }
}
