// The disk of one simulated peer. What is durable is there after every crash; a crash in the middle
// of a write, or before the sync of what was written, leaves all of it or nothing, as SQLite's log
// does (store/log-sync.ts).

import type {
  Backend,
  BackendWriter,
  StoredCell,
  UnsyncedWrites,
} from "../../src/store/backend.ts";
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
  /** Whether what is not synced outlives the crash. */
  readonly outlivesCrash: () => boolean;
  /** Resolves after so many milliseconds, if the peer still lives the same life then. */
  readonly wait: (ms: number) => Promise<void>;
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

type Change = (w: BackendWriter) => void;

/** A transaction that is made anew on the durable image once it is synced. */
class Unsynced {
  readonly changes: Change[] = [];
  isWhole = false;

  recording(w: BackendWriter): BackendWriter {
    const both = (change: Change) => {
      change(w);
      this.changes.push(change);
    };
    return {
      putCell: (...args) => both((to) => to.putCell(...args)),
      putRoot: (...args) => both((to) => to.putRoot(...args)),
      putMeta: (...args) => both((to) => to.putMeta(...args)),
      putPosition: (...args) => both((to) => to.putPosition(...args)),
    };
  }
}

export class SimDisk implements Backend {
  /** What survives a crash. */
  readonly #durable: MemoryBackend;
  /** What the peer sees: what is not synced too. */
  readonly #inner: Backend;
  readonly #faults: DiskFaults;
  #waiting: Unsynced[] = [];

  constructor(image: MemoryImage, faults: DiskFaults) {
    this.#faults = faults;
    this.#durable = new MemoryBackend(image);
    this.#inner = new FaultBackend(new MemoryBackend(image.copy()), faults);
  }

  transaction(body: (w: BackendWriter) => void): void {
    this.#faults.onBusy(this.#faults.writeMs());
    this.unsynced.transaction(body);
    this.#settle(this.#waiting.length);
  }

  readonly unsynced: UnsyncedWrites = {
    transaction: (body) => {
      if (this.#faults.isFull()) throw new NoRoomError();
      const unsynced = new Unsynced();
      this.#waiting.push(unsynced);
      this.#inner.transaction((w) => {
        body(unsynced.recording(w));
        unsynced.isWhole = true;
      });
    },
    synced: async () => {
      const count = this.#waiting.length;
      const ms = this.#faults.writeMs();
      if (ms > 0) await this.#faults.wait(ms);
      this.#settle(count);
    },
  };

  /** The peer dies. */
  crash(): void {
    if (this.#faults.outlivesCrash()) this.#settle(this.#waiting.length);
    this.#waiting = [];
  }

  #settle(count: number): void {
    for (const { changes, isWhole } of this.#waiting.splice(0, count)) {
      if (!isWhole) continue;
      this.#durable.transaction((w) => {
        for (const change of changes) change(w);
      });
    }
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
