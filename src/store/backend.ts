// Where a store keeps its bytes. A backend knows neither cells nor closure, only keys, bytes and
// transactions; CellStore puts the rules on top, so that every store obeys the same ones.

import type { Position } from "./store.ts";

/** A cell as it is kept. */
export interface StoredCell {
  readonly encoding: Uint8Array;
  /** Bytes (CAD006), -1 when it was not known at the time of writing. */
  readonly memorySize: number;
}

/** Changes inside a transaction. */
export interface BackendWriter {
  /** Keeps a cell; one that is there stays as it is. */
  putCell(hashKey: string, encoding: Uint8Array, memorySize: number): void;
  putRoot(name: string, hashKey: string): void;
  putMeta(name: string, value: string): void;
  putPosition(hashKey: string, position: Position): void;
}

/** What can be asked of a backend. */
export interface BackendReader {
  cell(hashKey: string): StoredCell | null;
  has(hashKey: string): boolean;
  /** As in StoredCell; -1 also when there is no such cell. */
  memorySize(hashKey: string): number;
  root(name: string): string | null;
  meta(name: string): string | null;
  position(hashKey: string): Position | null;
  close(): void;
}

/** Writes for which nobody but who asks to waits for the disk. */
export interface UnsyncedWrites {
  /** As Backend.transaction; what it changed can be read at once, and is durable after `synced`. */
  transaction(body: (w: BackendWriter) => void): void;
  /**
   * Resolves when all is durable that was changed before the call.
   * @throws StoreError when the disk fails: nothing is written from then on
   */
  synced(): Promise<void>;
}

export interface Backend extends BackendReader {
  /**
   * Runs `body` and makes its changes durable, all of them or, when it or the disk fails, none.
   * @throws StoreError when the disk is full, or fails; and whatever `body` throws
   */
  transaction(body: (w: BackendWriter) => void): void;
  /** Left out where that would be nothing else. */
  readonly unsynced?: UnsyncedWrites;
}
