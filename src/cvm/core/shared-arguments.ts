// T37, numbered on from sheet 02: `reduce` of the reference calls its function with one array of
// two arguments over and over. A Vector made of those, `& rest` or what `vector` makes of them, is
// a view of that array: it changes with each later step, until its encoding, or a Vector in its
// place, is needed. A view that would hold itself kills the reference (it overflows its stack);
// here it stays as it is. Found by hand-written expressions: (reduce (fn [a & xs] [a xs]) 0 [1 2
// 3]) is [[[0 [3]] [3]] [3]].

import { Cell, type Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { beginUnsettled, endUnsettled } from "../../data/unsettled.ts";
import { Vector } from "../../data/vector.ts";

/** Units of work (data/free-work.ts) of a view that changes, and of a cell that may hold one. */
const CHANGE_WORK = 15;
const VISIT_WORK = 20;

interface View {
  readonly shared: SharedArguments;
  /** Which of the arguments is its first element. */
  readonly start: number;
}

/** The views that change still. */
const views = new WeakMap<Vector, View>();
/** The arguments of the innermost reduce. */
let innermost: SharedArguments | null = null;

/** The two arguments of all steps of one reduce. */
export class SharedArguments {
  readonly args: Value[] = [null, null];
  #views: Vector[] = [];
  #hasViews = false;

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

  add(vector: Vector, start: number): void {
    if (!this.#hasViews) beginUnsettled();
    this.#hasViews = true;
    views.set(vector, { shared: this, start });
    this.#views.push(vector);
  }

  /** The arguments of the next step; what was made of them before changes with them. */
  next(result: Value, element: Value): Value[] {
    this.args[0] = result;
    this.args[1] = element;
    if (this.#views.length > 0) this.#change();
    return this.args;
  }

  #change(): void {
    doWork(this.#views.length * CHANGE_WORK);
    const isCyclic = this.#hasFirst() && this.#isHeldBy(this.args[0] as Value);
    this.#views = this.#views.filter((vector) => {
      const view = views.get(vector);
      if (view === undefined) return false;
      if (isNeeded(vector) || (isCyclic && view.start === 0)) {
        views.delete(vector);
        return false;
      }
      for (let i = 0; i < vector.count; i++) {
        vector.fillSlot(i, this.args[view.start + i] as Value);
      }
      return true;
    });
  }

  #hasFirst(): boolean {
    return this.#views.some((vector) => views.get(vector)?.start === 0);
  }

  /**
   * Whether a value holds a view of the first argument. Which old cells are visited, and so their
   * work, depends on the hashes that are known: peers could differ for a program that ends at the
   * very limit of free work.
   */
  #isHeldBy(value: Value): boolean {
    const open: Value[] = [value];
    const seen = new Set<Cell>();
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      if (!(cell instanceof Cell) || cell.hashCache !== null || seen.has(cell)) continue;
      seen.add(cell);
      doWork(VISIT_WORK);
      const view = cell instanceof Vector ? views.get(cell) : undefined;
      if (view !== undefined && view.shared === this && view.start === 0) return true;
      for (let i = 0; i < cell.slotCount; i++) {
        const slot = cell.slotAt(i);
        if (slot instanceof Cell) open.push(slot);
      }
    }
    return false;
  }
}

/** Whether the encoding of a cell, and so of all that it holds, may have been needed. */
function isNeeded(cell: Cell): boolean {
  return cell.lengthCache !== 0 || cell.hashCache !== null || cell.encodingCache !== null;
}

/** The arguments from one on as a Vector, which is a view when they are those of a reduce. */
export function argumentsAsVector(args: readonly Value[], start: number, end: number): Vector {
  if (innermost === null || args !== innermost.args || start >= end) {
    return Vector.from(start === 0 && end === args.length ? args : args.slice(start, end));
  }
  const vector = Vector.owning(args.slice(start, end));
  innermost.add(vector, start);
  return vector;
}

/** A part of a view is one, too. */
export function partOfView(vector: Vector, part: Vector, start: number): Vector {
  const view = views.get(vector);
  if (view === undefined || part === vector || part.count === 0) return part;
  const copy = Vector.owning(part.toArray());
  view.shared.add(copy, view.start + start);
  return copy;
}

/** Notes that a Vector is needed in the place of a view: it changes no more. */
export function settleView(vector: Vector): void {
  if (innermost !== null) views.delete(vector);
}
