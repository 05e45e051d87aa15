// What the peer asks of a store (ARCHITECTURE.md, "Durability"): cells by hash, a few named roots,
// and where transactions stand in the Order. The one rule: a root names only what the store holds,
// down to the last cell, because a batch writes the cells before the root and in one transaction
// with it.

import { hexOfKey } from "../crypto/hex.ts";
import type { Cell, CellSource, Value } from "../data/cell.ts";
import type { StoreUpkeep } from "./store-upkeep.ts";

/**
 * Layout of what a store holds; older ones are brought to it, newer ones refused (store-format.ts).
 */
export const STORE_VERSION = 3;
/** Oldest layout that this release still reads. */
export const STORE_VERSION_OLDEST = 1;

/** Where a transaction, or a whole block, stands in the Order. */
export interface Position {
  readonly block: number;
  /** Of the transaction in its block; WHOLE_BLOCK for the block itself. */
  readonly index: number;
}

export const WHOLE_BLOCK = -1;

/** What one write changes, all of it or nothing. */
export interface StoreBatch {
  /**
   * Roots by name. Each is stored as a cell of its own, even when it is short enough to be
   * embedded.
   */
  readonly roots: readonly (readonly [name: string, root: Cell])[];
  /**
   * Further values to keep with all they reach, under their hashes alone: parts of a root that is
   * not there yet. Each is stored as a cell of its own.
   */
  readonly cells?: readonly (Cell | bigint)[];
  /** Facts about the store itself by name. */
  readonly meta?: readonly (readonly [name: string, value: string])[];
  /** Positions by hash key of a signed transaction or signed block. */
  readonly positions?: readonly (readonly [hashKey: string, position: Position])[];
}

/** How much has been gone through; 0 where it has no bound. */
export interface WalkedCells {
  /** Bytes of encodings. */
  readonly bytes: number;
  /** Bytes of memory (data/footprint.ts). */
  readonly memory: number;
}

export interface Store extends CellSource {
  has(hashKey: string): boolean;
  /** Whether a cell in memory is known to be stored with all it names. */
  holdsCell(cell: Cell): boolean;
  /**
   * Checks that nothing below a value is absent from both memory and this store.
   * @param memoryMax bytes of memory (data/footprint.ts) of cells, there or from other sources, to
   * go through; of what takes more a cell that is not in this store counts as absent
   * @returns what was gone through
   * @throws MissingDataError naming the first absent cell
   */
  requireComplete(value: Value, memoryMax?: number): WalkedCells;
  /**
   * Writes a batch and everything its roots reach that is not stored yet. When it returns, the
   * batch is on disk; when it throws, the store is as it was.
   * @throws MissingDataError when a root reaches a cell that is nowhere to be found
   * @throws StoreError when the disk is full, or fails
   */
  write(batch: StoreBatch): void;
  /** As `write`, but what it wrote can be read at once and is on disk after `synced`. */
  writeUnsynced(batch: StoreBatch): void;
  /**
   * Resolves when all is on disk that was written before the call. Nobody else waits for the disk
   * meanwhile.
   * @throws StoreError when the disk fails: nothing is written from then on
   */
  synced(): Promise<void>;
  /** Hash key of a named root, null when it was never written. */
  root(name: string): string | null;
  meta(name: string): string | null;
  position(hashKey: string): Position | null;
  /** Estimated bytes of memory of the cells loaded and written since the last `forget`. */
  readonly heldBytes: number;
  /** Lets go of all decoded cells; whoever holds on to one keeps it. */
  forget(): void;
  /** How often that was done: what is held beside the store for speed alone is to go with it. */
  readonly timesForgotten: number;
  /** How the file is looked after, null for a store that has none. */
  readonly upkeep: StoreUpkeep | null;
  close(): void;
}

export type StoreErrorCode =
  | "IN_USE"
  | "BUSY"
  | "VERSION"
  | "FOREIGN"
  | "DAMAGED"
  | "FULL"
  /** This user may not, or the file system is read-only. */
  | "ACCESS"
  | "IO"
  | "CLOSED";

/** A store that can't be opened, read or written. The message is for an operator. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A cell whose bytes are not what its hash says, or can't be read. */
export function damagedCell(hashKey: string, reason: string): StoreError {
  return new StoreError(
    "DAMAGED",
    `The store is damaged: cell 0x${hexOfKey(hashKey)} ${reason}. Stop this peer, keep a copy of the data ` +
      "directory, and restore a backup or start on an empty data directory with --join.",
  );
}
