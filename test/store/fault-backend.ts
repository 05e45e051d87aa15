// A backend that stops at a chosen write, as a process does that is killed there. The boundaries
// are before each change of a transaction, before its commit, behind it and behind its sync; after
// the cut the backend answers nothing, and what survives is what the backend below holds.

import type {
  Backend,
  BackendWriter,
  StoredCell,
  UnsyncedWrites,
} from "../../src/store/backend.ts";
import { type Position, StoreError } from "../../src/store/store.ts";

/** Thrown at the cut, and by everything after it. */
export class CutError extends StoreError {
  constructor() {
    super("CLOSED", "the store was cut");
  }
}

export interface FaultPlan {
  /** Number of the boundary at which the store stops, counted from 0. */
  readonly cutAt: number;
  /** Called once at the cut, before anything is undone: the time to copy files. */
  readonly onCut?: () => void;
}

/** From the cut on every call but `close` throws a StoreError CLOSED. */
export class FaultBackend implements Backend {
  readonly #inner: Backend;
  readonly #plan: FaultPlan;
  #boundaries = 0;
  #isCut = false;

  constructor(inner: Backend, plan: FaultPlan) {
    this.#inner = inner;
    this.#plan = plan;
  }

  /** Boundaries passed so far: a run with `cutAt: Infinity` counts those of a script. */
  get boundaries(): number {
    return this.#boundaries;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  #boundary(): void {
    if (this.#isCut) throw new CutError();
    if (this.#boundaries === this.#plan.cutAt) {
      this.#isCut = true;
      this.#plan.onCut?.();
      throw new CutError();
    }
    this.#boundaries++;
  }

  #alive(): Backend {
    if (this.#isCut) throw new CutError();
    return this.#inner;
  }

  cell(hashKey: string): StoredCell | null {
    return this.#alive().cell(hashKey);
  }

  has(hashKey: string): boolean {
    return this.#alive().has(hashKey);
  }

  memorySize(hashKey: string): number {
    return this.#alive().memorySize(hashKey);
  }

  root(name: string): string | null {
    return this.#alive().root(name);
  }

  meta(name: string): string | null {
    return this.#alive().meta(name);
  }

  position(hashKey: string): Position | null {
    return this.#alive().position(hashKey);
  }

  transaction(body: (w: BackendWriter) => void): void {
    this.#transact(this.#alive(), body);
  }

  get unsynced(): UnsyncedWrites {
    const { unsynced } = this.#alive();
    return {
      transaction: (body) => this.#transact(unsynced ?? this.#inner, body),
      synced: async () => {
        await unsynced?.synced();
        this.#boundary();
      },
    };
  }

  #transact(writes: Pick<Backend, "transaction">, body: (w: BackendWriter) => void): void {
    writes.transaction((w) => {
      body(this.#counted(w));
      this.#boundary();
    });
    this.#boundary();
  }

  #counted(w: BackendWriter): BackendWriter {
    return {
      putCell: (hashKey, encoding, memorySize) => {
        this.#boundary();
        w.putCell(hashKey, encoding, memorySize);
      },
      putRoot: (name, hashKey) => {
        this.#boundary();
        w.putRoot(name, hashKey);
      },
      putMeta: (name, value) => {
        this.#boundary();
        w.putMeta(name, value);
      },
      putPosition: (hashKey, position) => {
        this.#boundary();
        w.putPosition(hashKey, position);
      },
    };
  }

  close(): void {
    this.#inner.close();
  }
}
