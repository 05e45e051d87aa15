// T37, numbered on from sheet 02: `reduce` of the reference calls its function with one and the
// same array of two arguments in every step. A Vector made of them (`& rest`, or what `vector`
// makes) is a view of that array, so its elements change with each later step. When its encoding is
// needed the view is canonicalised: from then on it has the encoding of what it held at that time,
// and what takes it in later takes that canonical Vector, as with an array (T34, array-vectors.ts).
// Where it had been taken in before its elements go on changing, which shows when they are looked
// at or printed.
//
// (reduce (fn [a & xs] [a xs]) 0 [1 2 3]) is [[[0 [3]] [3]] [3]]. With (encoding xs) in each step
// it is printed the same, but its encoding is that of [[[0 [1]] [2]] [3]].
//
// Here the slots of a view are an array that all views of the same arguments share. Then:
//
// - A view may come to hold itself. Whoever looks at its elements, or compiles it, goes round and
//   round until it stops, juice or depth runs out, or enough is printed. What walks cells by their
//   slots (`slotAt`) gets the slots of the canonical Vector, so it comes to an end.
// - A view that comes to hold itself before it was canonicalised has no encoding in the reference,
//   whose stack overflows. Our rule: its encoding is that of what it held before.
// - After the block a view is what its encoding says. A peer that decodes it could not know more.
// - While there are views, a Vector of other arguments is an ArgumentView too, of arguments that
//   never change: when it is canonicalised it takes in the canonical Vectors of the views it holds.

import { Cell, type Slot, type Value } from "../../data/cell.ts";
import { BlockMemo, type BlockMemory, BlockValue, RunMemo } from "../../data/run-memory.ts";
import { beginUnsettled, endUnsettled, isUnsettled, noteTraceable } from "../../data/unsettled.ts";
import { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import type { Writer } from "../../data/writer.ts";

/** The arguments of the innermost reduce. */
let innermost: SharedArguments | null = null;
/** How many views that begin with the first argument were made: their numbers are 1, 2 … */
let firstViews = 0;
/**
 * Cells that hold no view, with the number of the last view that there was when they were searched.
 */
const searched = new RunMemo<Cell, number>();
/** Views that were canonicalised. */
const canonicalised = new BlockMemo<ArgumentView, true>();
/** The views that are to be closed at the end of a block. */
const toClose = new BlockValue<ArgumentView[]>(() => []);

/** A Vector whose elements change until it is closed: they are arguments of a `reduce`. */
export class ArgumentView extends Vector {
  /** The arguments it is a view of; null when its elements never change, or do so no more. */
  shared: SharedArguments | null;
  /** Which of the two arguments is its first element: 0 or 1. */
  readonly start: number;
  /** What it was canonicalised to. */
  #canonical: Vector | null = null;
  /** What it held before it came to hold itself, if it was not canonicalised by then. */
  #before: Vector | null = null;

  constructor(shared: SharedArguments | null, start: number, slots: Value[]) {
    super(slots.length, slots, null, false);
    noteTraceable();
    this.shared = shared;
    this.start = start;
  }

  /** The Vector that it was canonicalised to; null when it was not. */
  get canonical(): Vector | null {
    return this.#canonical;
  }

  /** Canonicalises it to what it holds now; later calls give the same Vector. */
  toCanonical(): Vector {
    if (this.#canonical !== null) return this.#canonical;
    const slots = this.slots.map((slot) => (slot instanceof Vector ? refValueOfView(slot) : slot));
    this.#canonical = new Vector(this.count, slots, null, false);
    canonicalised.set(this, true);
    toClose.current?.push(this);
    return this.#canonical;
  }

  /** Whether it may hold itself, so that whoever follows its elements never comes to an end. */
  get isEndless(): boolean {
    return this.shared !== null && this.start === 0;
  }

  /** Whether its encoding is not settled yet: it would be that of what it holds now. */
  get isOpen(): boolean {
    return this.#encoded === null;
  }

  /** Settles its encoding, since it is about to hold itself. */
  rememberBefore(): void {
    if (!this.isOpen) return;
    this.#before = new Vector(this.count, this.slots.slice(), null, false);
    toClose.current?.push(this);
  }

  /** The Vector that has its encoding; null as long as that is not settled. */
  get #encoded(): Vector | null {
    return this.#before ?? this.#canonical;
  }

  /** Ends all change: from now on its elements are what its encoding says. */
  close(): void {
    this.shared = null;
    const own = this.#encoded;
    if (own !== null) this.#canonical = own;
    this.#setSlots((own ?? this).slots.slice());
  }

  /** Replaces its slots, which no other Vector ever does. */
  #setSlots(slots: Slot[]): void {
    (this as { slots: Slot[] }).slots = slots;
  }

  override slotAt(index: number): Slot {
    const own = this.#encoded;
    return own === null ? super.slotAt(index) : own.slotAt(index);
  }

  override measure(): number {
    return (this.#before ?? this.toCanonical()).measure();
  }

  override writeTo(w: Writer): void {
    (this.#before ?? this.toCanonical()).writeTo(w);
  }
}

/** The array of two arguments with which one `reduce` calls its function in every step. */
export class SharedArguments {
  /** Both arguments; also the slots of views of both. */
  args: Value[] = [null, null];
  /** The slots of views of the first argument alone, and of the second alone. */
  #first: Value[] = [null];
  #second: Value[] = [null];
  #hasViews = false;
  /** Views that begin with the first argument and do not hold themselves yet. */
  #open: ArgumentView[] = [];
  /** The number of the first of them; 0 when there is none. */
  #firstView = 0;
  /** Cells that hold no view of the first argument: those searched since one was last found. */
  #clean = new WeakSet<Cell>();

  /** Runs `body` with these as the arguments of the innermost reduce. */
  within<T>(body: () => T): T {
    const outer = innermost;
    innermost = this;
    try {
      return body();
    } finally {
      innermost = outer;
      if (this.#hasViews) endUnsettled();
    }
  }

  /** A view of the arguments start … end-1, of which there is at least one. */
  view(start: number, end: number): Vector {
    if (!this.#hasViews) beginUnsettled();
    this.#hasViews = true;
    if (start === 0) {
      firstViews++;
      this.#firstView ||= firstViews;
    }
    const slots = end - start === 2 ? this.args : start === 0 ? this.#first : this.#second;
    if (slots.length === 1) slots[0] = this.args[start] as Value;
    const view = new ArgumentView(this, start, slots);
    if (start === 0) this.#open.push(view);
    return view;
  }

  /** The arguments of the next step; views of those before change with them. */
  next(result: Value, element: Value): Value[] {
    if (this.#firstView > 0 && this.#isHeldBy(result)) {
      // The argument that they are views of is about to be a value that holds them.
      for (const view of this.#open) view.rememberBefore();
      this.#open = [];
      this.#firstView = 0;
    }
    const { args } = this;
    args[0] = result;
    args[1] = element;
    if (this.#hasViews) {
      this.#first[0] = result;
      this.#second[0] = element;
    }
    return args;
  }

  /**
   * Whether a value holds an open view of the first argument. A cell that has a hash holds none;
   * any other is searched once, and once more by each reduce around this one. So the search takes
   * no longer than making the cells did. It is not counted as work (data/free-work.ts), because
   * which cells have a hash differs between peers.
   */
  #isHeldBy(value: Value): boolean {
    const open: Value[] = [value];
    const visited: Cell[] = [];
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      if (!(cell instanceof Cell) || this.#isClean(cell)) continue;
      this.#clean.add(cell);
      visited.push(cell);
      if (cell instanceof ArgumentView && this.#isFirst(cell)) {
        // Cells that were visited before it may be those that hold it.
        this.#clean = new WeakSet();
        return true;
      }
      for (let i = 0; i < cell.slotCount; i++) {
        const slot = cell.slotAt(i);
        if (slot instanceof Cell) open.push(slot);
      }
    }
    for (const cell of visited) searched.set(cell, firstViews);
    return false;
  }

  #isFirst(view: ArgumentView): boolean {
    return view.isOpen && view.shared === this && view.start === 0;
  }

  #isClean(cell: Cell): boolean {
    if (cell.hashCache !== null || this.#clean.has(cell)) return true;
    return (searched.get(cell) ?? this.#firstView) < this.#firstView;
  }
}

/**
 * The arguments start … end-1 as a Vector: a view, when they are those of a reduce. While there are
 * views, a Vector of other arguments takes in what it holds only when it is canonicalised.
 */
export function argumentsAsVector(args: readonly Value[], start: number, end: number): Vector {
  if (innermost !== null && args === innermost.args && start < end) {
    return innermost.view(start, end);
  }
  const count = end - start;
  if (hasViews() && count > 0 && count < CHUNK_SIZE) {
    return new ArgumentView(null, 0, args.slice(start, end));
  }
  return Vector.from(start === 0 && end === args.length ? args : args.slice(start, end));
}

/** Whether there may be views, or Vectors that hold some. */
function hasViews(): boolean {
  return isUnsettled() || !canonicalised.isEmpty;
}

/** `part`, cut out of `vector` from `start` on: of a view it is a view too. */
export function partOfView(vector: Vector, part: Vector, start: number): Vector {
  if (!(vector instanceof ArgumentView) || part === vector || part.count === 0) return part;
  const { shared } = vector;
  const from = vector.start + start;
  return shared === null ? part : shared.view(from, from + part.count);
}

/** Notes that the encoding of a Vector is needed: a view is canonicalised. */
export function canonicaliseView(vector: Vector): void {
  if (vector instanceof ArgumentView) vector.toCanonical();
}

/** `refValue` (array-vectors.ts) of a Vector as far as views go. */
export function refValueOfView(vector: Vector): Vector {
  return vector instanceof ArgumentView ? (vector.canonical ?? vector) : vector;
}

/** An ordinary Vector of what a view holds now; any other Vector is itself. */
export function copyOfView(vector: Vector): Vector {
  if (!(vector instanceof ArgumentView)) return vector;
  return Vector.from(
    (vector.slots as Value[]).map((v) => (v instanceof Vector ? refValueOfView(v) : v)),
  );
}

/** Whether there may be a Vector of which `refValueOfView` gives another. */
export function hasCanonicalisedViews(): boolean {
  return !canonicalised.isEmpty;
}

/** Ends a block: each view that it leaves behind becomes what its encoding says. */
export function closeViews(block: BlockMemory): void {
  for (const view of toClose.of(block).splice(0)) view.close();
}

/** Ends a query: what it answers must be finite, so the views that hold themselves are closed. */
export function closeEndlessViews(block: BlockMemory): void {
  for (const view of toClose.of(block).splice(0)) if (view.isEndless) view.close();
}
