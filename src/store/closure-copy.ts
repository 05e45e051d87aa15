// Copies all that roots reach from one store to another, children before parents: whatever the copy
// holds, it holds with all it names, so that what is there already is passed over. Each cell is
// checked against its hash on the way; a collection or a backup never hands damage on.

import { sha3Key } from "../crypto/sha3.ts";
import { forEachBranch } from "../data/branches.ts";
import { NO_CELLS, Ref, type Value } from "../data/cell.ts";
import { CAD3_TABLE, decode } from "../data/decode.ts";
import { BadFormatError } from "../data/errors.ts";
import type { Backend, BackendWriter, StoredCell } from "./backend.ts";
import { damagedCell } from "./store.ts";

/** Where cells come from. */
export interface CellReader {
  cell(hashKey: string): StoredCell | null;
}

/** Where they go to. */
export interface CellSink {
  has(hashKey: string): boolean;
  putCell(hashKey: string, encoding: Uint8Array, memorySize: number): void;
}

/** How far a copy has come. */
export interface CopyProgress {
  readonly cells: number;
  /** Of the encodings of these cells. */
  readonly bytes: number;
}

/** Called between two slices of a copy, so that others get their turn. */
export type CopyPause = (progress: CopyProgress) => Promise<void>;

/** Cells copied in one transaction. */
const SLICE_CELLS = 2_000;

/** A cell whose children are being copied before it. */
interface Frame {
  readonly hashKey: string;
  readonly stored: StoredCell;
  readonly children: readonly string[];
  next: number;
}

/**
 * Hash keys of the cells that an encoding names.
 * @throws StoreError when it is no cell
 */
export function namedCells(hashKey: string, encoding: Uint8Array): string[] {
  let value: Value;
  try {
    value = decode(encoding, CAD3_TABLE, NO_CELLS, true);
  } catch (error) {
    if (!(error instanceof BadFormatError)) throw error;
    throw damagedCell(hashKey, `can't be read (${error.message})`);
  }
  const found: string[] = [];
  forEachBranch(value, (branch) => {
    if (branch instanceof Ref) found.push(branch.hashKey);
  });
  return found;
}

/**
 * A copy in steps, so that others get their turn. It copies cells alone: names of roots are the
 * caller's affair.
 */
export class ClosureCopy {
  readonly #source: CellReader;
  readonly #sink: CellSink;
  readonly #waiting: string[];
  readonly #path: Frame[] = [];
  #cells = 0;
  #bytes = 0;

  constructor(source: CellReader, sink: CellSink, roots: readonly string[]) {
    this.#source = source;
    this.#sink = sink;
    this.#waiting = [...roots].reverse();
  }

  get progress(): CopyProgress {
    return { cells: this.#cells, bytes: this.#bytes };
  }

  /**
   * Copies up to this number of cells; true when there is nothing left to copy.
   * @throws StoreError when a cell is missing, or is not what its hash says
   */
  step(cellsMax: number): boolean {
    const end = this.#cells + cellsMax;
    while (this.#cells < end) {
      const frame = this.#path.at(-1);
      if (frame === undefined) {
        const root = this.#waiting.pop();
        if (root === undefined) return true;
        this.#enter(root);
      } else if (frame.next < frame.children.length) {
        this.#enter(frame.children[frame.next++] as string);
      } else {
        this.#path.pop();
        const { encoding, memorySize } = frame.stored;
        this.#sink.putCell(frame.hashKey, encoding, memorySize);
        this.#cells++;
        this.#bytes += encoding.length;
      }
    }
    return this.#path.length === 0 && this.#waiting.length === 0;
  }

  #enter(hashKey: string): void {
    if (this.#sink.has(hashKey)) return;
    const stored = this.#source.cell(hashKey);
    if (stored === null) throw damagedCell(hashKey, "is missing");
    if (sha3Key(stored.encoding) !== hashKey) throw damagedCell(hashKey, "does not have that hash");
    const children = namedCells(hashKey, stored.encoding);
    this.#path.push({ hashKey, stored, children, next: 0 });
  }
}

/**
 * Copies all that roots reach, in transactions of a slice each.
 * @throws StoreError as ClosureCopy.step, and when the target's disk is full, or fails
 */
export async function copyAll(
  source: CellReader,
  target: Pick<Backend, "has" | "transaction">,
  roots: readonly string[],
  pause: CopyPause,
): Promise<CopyProgress> {
  let put: BackendWriter["putCell"] | null = null;
  const sink: CellSink = {
    has: (hashKey) => target.has(hashKey),
    putCell: (hashKey, encoding, memorySize) => put?.(hashKey, encoding, memorySize),
  };
  const copy = new ClosureCopy(source, sink, roots);
  let isDone = false;
  while (!isDone) {
    target.transaction((w) => {
      put = w.putCell;
      isDone = copy.step(SLICE_CELLS);
    });
    await pause(copy.progress);
  }
  return copy.progress;
}
