// The disk of one simulated peer. What a write has returned from is there after every crash; a
// crash in the middle of a write leaves all of it or nothing, as SQLite with synchronous=FULL does.

import type { Backend, BackendWriter, StoredCell } from "../../src/store/backend.ts";
import { MemoryBackend, type MemoryImage } from "../../src/store/memory-store.ts";
import { type Position, StoreError } from "../../src/store/store.ts";
import { CutError, FaultBackend } from "../store/fault-backend.ts";

export interface DiskFaults {
  /** The write boundary at which the peer dies (store/fault-backend.ts); Infinity for none. */
  readonly cutAt: number;
  readonly onCut: () => void;
  /** Milliseconds that the next write takes. */
  readonly writeMs: () => number;
  /** Whether the next write finds no room. */
  readonly isFull: () => boolean;
  /** The peer waits for the disk, and does nothing else. */
  readonly onBusy: (ms: number) => void;
}

class NoRoomError extends StoreError {
  constructor() {
    super("FULL", "the disk is full");
  }
}

/** Whether an error is one that the simulation has planned for a disk, and no fault of a peer's. */
export function isPlanned(error: unknown): boolean {
  return error instanceof CutError || error instanceof NoRoomError;
}

export class SimDisk implements Backend {
  readonly #inner: Backend;
  readonly #faults: DiskFaults;

  constructor(image: MemoryImage, faults: DiskFaults) {
    this.#faults = faults;
    this.#inner = new FaultBackend(new MemoryBackend(image), faults);
  }

  transaction(body: (w: BackendWriter) => void): void {
    this.#faults.onBusy(this.#faults.writeMs());
    if (this.#faults.isFull()) throw new NoRoomError();
    this.#inner.transaction(body);
  }

  cell(hashKey: string): StoredCell | null {
    return this.#inner.cell(hashKey);
  }
  has(hashKey: string): boolean {
    return this.#inner.has(hashKey);
  }
  memorySize(hashKey: string): number {
    return this.#inner.memorySize(hashKey);
  }
  root(name: string): string | null {
    return this.#inner.root(name);
  }
  meta(name: string): string | null {
    return this.#inner.meta(name);
  }
  position(hashKey: string): Position | null {
    return this.#inner.position(hashKey);
  }
  close(): void {}
}
