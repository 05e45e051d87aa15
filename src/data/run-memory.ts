// What is remembered about cells while code runs, and no longer. A RunMemo remembers for one run (a
// transaction, a child of a Multi, a scheduled op; free-work.ts begins and ends them), and only
// saves work. BlockMemo and BlockValue remember for all runs of a block: among that is what objects
// went through in its transactions (cvm/history), on which results depend, so it must be forgotten
// with the block and not before.
//
// The process runs one thing at a time, so the block that it is at is a variable here instead of an
// argument of every call in between.

import { currentRun, doWork, workLeft } from "./free-work.ts";

/**
 * Values by cell, kept until the current run ends. Whether a value is remembered must make no
 * difference to the work that is counted: peers differ in it.
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

/**
 * A RunMemo of what is work to find out. Each time counts as much as the first one: peers differ in
 * which cells are one object.
 */
export class PricedMemo<K extends object, V> {
  readonly #known = new RunMemo<K, { readonly value: V; readonly work: number }>();

  /** What `find` found out about a cell in this run. */
  of(key: K, find: () => V): V {
    const known = this.#known.get(key);
    if (known !== undefined) {
      doWork(known.work);
      return known.value;
    }
    const before = workLeft();
    const value = find();
    const work = Number.isFinite(before) ? before - workLeft() : 0;
    this.#known.set(key, { value, work });
    return value;
  }
}

/** Most hashes that a HashMemo remembers values by. */
const REMEMBERED_HASHES_MAX = 2 ** 18;

/**
 * Values by hash, kept until the current run ends. Unlike with a RunMemo, what is remembered is the
 * same on all peers, so that it may make a difference to the work that is counted.
 */
export class HashMemo<V> {
  #run = currentRun();
  readonly #values = new Map<string, V>();

  get(hashKey: string): V | undefined {
    return this.#run === currentRun() ? this.#values.get(hashKey) : undefined;
  }

  /** Remembers a value; not where there are too many. */
  set(hashKey: string, value: V): void {
    const run = currentRun();
    if (this.#run !== run) {
      this.#run = run;
      this.#values.clear();
    }
    if (this.#values.size < REMEMBERED_HASHES_MAX) this.#values.set(hashKey, value);
  }
}

/**
 * The result depends on which cells of a block, or of the State that it is applied to, are one
 * object. In memory that goes by what this peer has cached: they must be decoded for it alone.
 */
export class SharedCellsError extends Error {
  readonly code = "SHARED";
}

/** What is remembered for one block. */
export class BlockMemory {
  /** Whether cells may be shared in other ways than a message has them (SharedCellsError). */
  readonly mayShareCells: boolean;
  /** The values of each BlockMemo; null until there are any. */
  memos: Map<object, WeakMap<object, unknown>> | null = null;

  constructor(mayShareCells = false) {
    this.mayShareCells = mayShareCells;
  }
}

/** Memory of the block that is being applied; null outside of blocks. */
let memory: BlockMemory | null = null;

/**
 * Runs `body` as a part of a block. Between such parts, runs that do not belong to it may go on.
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

/**
 * Notes that what comes next depends on which cells are one object.
 * @throws SharedCellsError when this peer's memory decides that
 */
export function requireOwnCells(): void {
  if (memory?.mayShareCells) throw new SharedCellsError("Cells that may be shared");
}

/** One value for each block, made when it is first asked for. */
export class BlockValue<T> {
  readonly #make: () => T;
  readonly #values = new WeakMap<BlockMemory, T>();

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The value of a block. */
  of(block: BlockMemory): T {
    let value = this.#values.get(block);
    if (value === undefined) {
      value = this.#make();
      this.#values.set(block, value);
    }
    return value;
  }

  /** The value of the block that is being applied; null outside of blocks. */
  get current(): T | null {
    return memory === null ? null : this.of(memory);
  }
}

/**
 * A RunMemo whose values are kept to the end of the block; outside of blocks to that of the run.
 */
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
