// Work that no juice pays for. Some functions of the reference cost the same however much they have
// to do: `next` of a set, `reduce` with a map in the place of a function, `mod` of numbers of 4,096
// bytes. A transaction can repeat them until the reference needs hours for it. They do the same
// work here, and report it; whoever runs code sets a limit, beyond which it is thrown out.
//
// A unit is about a nanosecond, but a price and no measurement. It depends on nothing but the
// values that are worked on: not on what is cached, loaded, or the same object, in which peers
// differ. The process does one thing at a time, so there is one account of it.

/** The limit was passed: what ran is over, whatever it was in the middle of. */
export class WorkLimitError extends Error {
  readonly code = "WORK";
  constructor() {
    super("More work than may be done without juice");
  }
}

let left = Number.POSITIVE_INFINITY;
/** Whether no run may do more than what is left of the limit around it. */
let isCapped = false;
/** Number of the run; each beginning and end begins another one. */
let run = 0;

/** Reports work about to be done. @throws WorkLimitError when that passes the limit */
export function doWork(units: number): void {
  left -= units;
  if (left < 0) throw new WorkLimitError();
}

/** What is left of the limit around a run. */
export type OuterWork = number;

/** Begins a run with a limit of its own, ended by `endWork`. Outside of all, in places that no
 * stranger's code reaches, there is none. */
export function beginWork(units: number): OuterWork {
  const outer = left;
  left = given(outer, units);
  run++;
  return outer;
}

function given(outer: OuterWork, units: number): number {
  return isCapped ? Math.min(units, outer) : units;
}

/** Ends a run begun with that many units: what it did counts for the limit around it as well. */
export function endWork(outer: OuterWork, units: number): void {
  left = outer - (given(outer, units) - left);
  run++;
}

/** Runs `body` with a limit of its own. @throws WorkLimitError, and whatever `body` throws */
export function withWorkLimit<T>(units: number, body: () => T): T {
  const outer = beginWork(units);
  try {
    return body();
  } finally {
    endWork(outer, units);
  }
}

/**
 * Runs `body` with a limit that holds for all limits within as well, whatever they are of their
 * own: for what is no part of consensus. @throws as withWorkLimit
 */
export function withWorkCap<T>(units: number, body: () => T): T {
  return withWorkLimit(units, () => {
    const wasCapped = isCapped;
    isCapped = true;
    try {
      return body();
    } finally {
      // Before the limit ends, which began without it.
      isCapped = wasCapped;
    }
  });
}

/**
 * Values found out about cells, kept until the run ends in which they were; work is not counted by
 * it.
 */
export class RunMemo<K extends object, V> {
  #run = run;
  #values = new WeakMap<K, V>();
  #hasValues = false;

  /** Whether nothing was set in this run. */
  get isEmpty(): boolean {
    return !this.#hasValues || this.#run !== run;
  }

  get(key: K): V | undefined {
    return this.#run === run ? this.#values.get(key) : undefined;
  }

  set(key: K, value: V): void {
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

/** The block that what runs is a part of, null when it is part of none. */
export function currentBlock(): BlockMemory | null {
  return memory;
}

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
