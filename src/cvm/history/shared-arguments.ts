// T37, numbered on from sheet 02: `reduce` of the reference calls its function with one array of
// two arguments over and over. A Vector made of those, `& rest` or what `vector` makes of them, is
// a view of that array: its elements change with each later step. When its encoding is needed it is
// turned into a Vector of what it holds then: it has that encoding from then on, and what takes it
// in later takes that Vector, as of an array (T34, array-vectors.ts). Where it was already its
// elements go on changing: that shows when they are looked at, or printed.
//
// (reduce (fn [a & xs] [a xs]) 0 [1 2 3]) is [[[0 [3]] [3]] [3]], and so is it printed with
// (encoding xs) in each step, but its encoding is then that of [[[0 [1]] [2]] [3]].
//
// Here a view has its slots in an array that all views of that part of the arguments share. It may
// come to hold itself: whoever looks at its elements, or compiles it, goes round and round until
// they stop, juice or depth is out, or what is printed is long enough. What goes through cells goes
// through what it was turned into. One rule is ours: of one that was not turned when it came to
// hold itself, and has no encoding then (the reference dies of it, its stack overflows), that is
// what it held before. After a block each view is what its encoding says: a peer that decodes it
// could not know more. A Vector that is an array of other arguments and holds a view is one, too,
// whose elements never change: it takes in what a view was turned into when it is turned itself.

import { Cell, type Slot, type Value } from "../../data/cell.ts";
import { BlockMemo, type BlockMemory, BlockValue, RunMemo } from "../../data/run-memory.ts";
import { beginUnsettled, endUnsettled, isUnsettled } from "../../data/unsettled.ts";
import { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import type { Writer } from "../../data/writer.ts";

/** The arguments of the innermost reduce. */
let innermost: SharedArguments | null = null;
/** Views of the first argument are numbered as they are made. */
let firstViews = 0;
/** Until which number a cell is known to hold no view, all of them when it was looked at. */
const seen = new RunMemo<Cell, number>();
/** Views that were turned and change still. */
const turned = new BlockMemo<ArgumentView, true>();
/** Those of a block, to be closed at its end. */
const turnedInBlocks = new BlockValue<ArgumentView[]>(() => []);

/** A Vector whose slots change until it is closed. */
export class ArgumentView extends Vector {
  /** The arguments it is a view of; null once its elements stay. */
  shared: SharedArguments | null;
  /** Which of the arguments is its first element. */
  readonly start: number;
  /** What it was turned into. */
  #turned: Vector | null = null;
  /** What it held before it came to hold itself without having been turned. */
  #before: Vector | null = null;

  constructor(shared: SharedArguments | null, start: number, slots: Value[]) {
    super(slots.length, slots, null, false);
    this.shared = shared;
    this.start = start;
  }

  /** The Vector that it was turned into, if it was. */
  get turned(): Vector | null {
    return this.#turned;
  }

  /** The Vector that it is turned into, always the same. */
  turn(): Vector {
    if (this.#turned !== null) return this.#turned;
    const slots = this.slots.map((slot) => (slot instanceof Vector ? keptOfView(slot) : slot));
    this.#turned = new Vector(this.count, slots, null, false);
    noteTurned(this);
    return this.#turned;
  }

  /** Whether it may have come to hold itself, so that going through it would not end. */
  get isEndless(): boolean {
    return this.shared !== null && this.start === 0;
  }

  /** Whether going through cells goes through what it holds. */
  get isOpen(): boolean {
    return this.#encoded === null;
  }

  /** From now on that goes through what it holds now. */
  rememberBefore(): void {
    if (!this.isOpen) return;
    this.#before = new Vector(this.count, this.slots.slice(), null, false);
    turnedInBlocks.current?.push(this);
  }

  /** What its encoding is that of, if that stays. */
  get #encoded(): Vector | null {
    return this.#before ?? this.#turned;
  }

  /** Its elements stay as its encoding has them. */
  close(): void {
    this.shared = null;
    const own = this.#encoded;
    if (own !== null) this.#turned = own;
    this.showOther((own ?? this).slots.slice());
  }

  /** Its elements are those of another array from now on. */
  showOther(slots: Slot[]): void {
    // The one array that a Vector ever changes for another.
    (this as { slots: Slot[] }).slots = slots;
  }

  override slotAt(index: number): Slot {
    const own = this.#encoded;
    return own === null ? super.slotAt(index) : own.slotAt(index);
  }

  override measure(): number {
    return (this.#before ?? this.turn()).measure();
  }

  override writeTo(w: Writer): void {
    (this.#before ?? this.turn()).writeTo(w);
  }
}

function noteTurned(view: ArgumentView): void {
  turned.set(view, true);
  turnedInBlocks.current?.push(view);
}

/** The two arguments of all steps of one reduce. */
export class SharedArguments {
  /** Both; and the slots of the views of both. */
  args: Value[] = [null, null];
  /** The slots of the views of the first argument alone, and of the second. */
  #first: Value[] = [null];
  #second: Value[] = [null];
  #hasViews = false;
  /** Views of the first argument of which none holds itself. */
  #open: ArgumentView[] = [];
  /** Number of the first of them; 0 when there is none. */
  #firstView = 0;
  /** Cells that hold no view of the first argument: all looked at since one was last found. */
  #clean = new WeakSet<Cell>();

  /** Runs `body`, in which these are the arguments of the innermost reduce. */
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
      // The arrays that they share are about to hold them.
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
   * Whether a value holds a view of the first argument that is open. What has a hash holds none;
   * other cells are looked at once, and once more by each reduce around this one. So all looking
   * takes no longer than making them took, and none of it is work that is counted: which cells have
   * hashes differs between peers.
   */
  #isHeldBy(value: Value): boolean {
    const open: Value[] = [value];
    const looked: Cell[] = [];
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      if (!(cell instanceof Cell) || this.#isClean(cell)) continue;
      this.#clean.add(cell);
      looked.push(cell);
      if (cell instanceof ArgumentView && this.#isFirst(cell)) {
        // What was looked at may hold it.
        this.#clean = new WeakSet();
        return true;
      }
      for (let i = 0; i < cell.slotCount; i++) {
        const slot = cell.slotAt(i);
        if (slot instanceof Cell) open.push(slot);
      }
    }
    for (const cell of looked) seen.set(cell, firstViews);
    return false;
  }

  #isFirst(view: ArgumentView): boolean {
    return view.isOpen && view.shared === this && view.start === 0;
  }

  #isClean(cell: Cell): boolean {
    if (cell.hashCache !== null || this.#clean.has(cell)) return true;
    return (seen.get(cell) ?? this.#firstView) < this.#firstView;
  }
}

/**
 * The arguments from one on as a Vector, which is a view when they are those of a reduce. While
 * there are such, one of other arguments takes what it holds in when it is turned, not before.
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
  return isUnsettled() || !turned.isEmpty;
}

/** A part of a view is one, too. */
export function partOfView(vector: Vector, part: Vector, start: number): Vector {
  if (!(vector instanceof ArgumentView) || part === vector || part.count === 0) return part;
  const { shared } = vector;
  const from = vector.start + start;
  return shared === null ? part : shared.view(from, from + part.count);
}

/** Notes that the encoding of a Vector is needed. */
export function turnView(vector: Vector): void {
  if (vector instanceof ArgumentView) vector.turn();
}

/** What takes a Vector in takes that which a view was turned into. */
export function keptOfView(vector: Vector): Vector {
  return vector instanceof ArgumentView ? (vector.turned ?? vector) : vector;
}

/** The elements that a view holds now, as what takes them in has them, in a Vector apart. */
export function copyOfView(vector: Vector): Vector {
  if (!(vector instanceof ArgumentView)) return vector;
  return Vector.from(
    (vector.slots as Value[]).map((v) => (v instanceof Vector ? keptOfView(v) : v)),
  );
}

/** Whether there is anything that `keptOfView` replaces. */
export function hasTurnedViews(): boolean {
  return !turned.isEmpty;
}

/** Ends a block: what it leaves behind is what its encoding says. */
export function closeViews(block: BlockMemory): void {
  for (const view of turnedInBlocks.of(block).splice(0)) view.close();
}

/** Ends a query: what it answers can be gone through. */
export function closeEndlessViews(block: BlockMemory): void {
  for (const view of turnedInBlocks.of(block).splice(0)) if (view.isEndless) view.close();
}
