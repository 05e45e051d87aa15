// What is remembered of cells while code runs, and no longer: for a run (a transaction, a child of
// a Multi, a scheduled op; `free-work.ts` begins and ends them), or for all runs of a block. A
// RunMemo only saves work. What is kept for a block is also what objects went through in its
// transactions (`cvm/history`), on which results depend: it must be given up with the block, and
// not before.
//
// The process runs one thing at a time: which block that is a part of stands here, and not in each
// call on the way to those who ask.

import { currentRun } from "./free-work.ts";

/**
 * Values found out about cells, kept until the run ends in which they were; work is not counted by
 * it.
 */
export class RunMemo<K extends object, V> {
  #run = currentRun();
  #values = new WeakMap<K, V>();
  #hasValues = false;

  /** Whether nothing was set in this run. */
  get isEmpty(): boolean {
    return !this.#hasValues || this.#run !== currentRun();
  }

  get(key: K): V | undefined {
    return this.#run === currentRun() ? this.#values.get(key) : undefined;
  }

  set(key: K, value: V): void {
    const run = currentRun();
    if (this.#run !== run) {
      this.#run = run;
      this.#values = new WeakMap();
    }
    this.#hasValues = true;
    this.#values.set(key, value);
  }
}

/** What the runs of one block know of those before them. */
export class BlockMemory {
  /** Values by their memo; null until there are any. */
  memos: Map<object, WeakMap<object, unknown>> | null = null;
}

/** That of the block whose runs are going on; null outside of blocks. */
let memory: BlockMemory | null = null;

/**
 * Runs `body` as a part of a block: between its parts, runs that are none of it may have their
 * turn.
 */
export function withinBlock<T>(ofBlock: BlockMemory, body: () => T): T {
  const outer = memory;
  memory = ofBlock;
  try {
    return body();
  } finally {
    memory = outer;
  }
}

/** A value for each block, made when it is first asked for. */
export class BlockValue<T> {
  readonly #make: () => T;
  readonly #values = new WeakMap<BlockMemory, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  of(block: BlockMemory): T {
    let value = this.#values.get(block);
    if (value === undefined) {
      value = this.#make();
      this.#values.set(block, value);
    }
    return value;
  }

  /** That of the block that what runs is a part of; null when it is part of none. */
  get current(): T | null {
    return memory === null ? null : this.of(memory);
  }
}

/** As a RunMemo, but within a block its values are kept for all of it. */
export class BlockMemo<K extends object, V> {
  readonly #ofRun = new RunMemo<K, V>();

  get isEmpty(): boolean {
    if (memory === null) return this.#ofRun.isEmpty;
    return memory.memos === null || !memory.memos.has(this);
  }

  get(key: K): V | undefined {
    if (memory === null) return this.#ofRun.get(key);
    return memory.memos?.get(this)?.get(key) as V | undefined;
  }

  set(key: K, value: V): void {
    if (memory === null) {
      this.#ofRun.set(key, value);
      return;
    }
    memory.memos ??= new Map();
    let values = memory.memos.get(this);
    if (values === undefined) {
      values = new WeakMap();
      memory.memos.set(this, values);
    }
    values.set(key, value);
  }
}
