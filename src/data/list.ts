// Lists (sheet 01 §6): a vector of the same elements in reverse order under another tag, so that
// `cons` is an append and `reverse` between the two kinds costs nothing.

import type { ByteReader } from "./byte-reader.ts";
import { Cell, type Integer, type Slot, type Value } from "./cell.ts";
import { minus } from "./integer.ts";
import { TAG } from "./tag.ts";
import { Vector } from "./vector.ts";
import { readVector } from "./vector-reader.ts";
import { CHUNK_SIZE, MAX_SMALL_COUNT } from "./vector-shape.ts";
import type { Writer } from "./writer.ts";

export class List extends Cell {
  static readonly EMPTY: List = new List(Vector.EMPTY);

  /** The elements in reverse order: the first of the list is the last here. */
  readonly vector: Vector;

  private constructor(vector: Vector) {
    super();
    this.vector = vector;
  }

  /** The list of these values, first to last. */
  static from(values: readonly Value[]): List {
    return values.length === 0 ? List.EMPTY : new List(Vector.from(values.toReversed()));
  }

  /** The list of these values, first to last. */
  static of(...values: Value[]): List {
    return List.from(values);
  }

  /** The list of the elements of a vector in reverse order. */
  static reverseOf(vector: Vector): List {
    return vector.count === 0 ? List.EMPTY : new List(vector);
  }

  /** Number of elements; rounded above 2^53-1. */
  get count(): number {
    return this.vector.count;
  }

  /** Number of elements, exact. */
  get countInteger(): Integer {
    return this.vector.countInteger;
  }

  override get tag(): number {
    return TAG.LIST;
  }

  override get slotCount(): number {
    return this.vector.slotCount;
  }

  override slotAt(index: number): Slot {
    return this.vector.slotAt(index);
  }

  override fillSlot(index: number, value: Value): void {
    this.vector.fillSlot(index, value);
  }

  override measure(): number {
    return 1 + this.vector.bodyLength();
  }

  override writeTo(w: Writer): void {
    w.byte(TAG.LIST);
    this.vector.writeBody(w);
  }

  /** @throws RangeError unless 0 ≤ i < count */
  get(i: Integer): Value {
    const { vector } = this;
    if (typeof i === "number" && vector.count <= MAX_SMALL_COUNT) {
      return vector.get(vector.count - 1 - i);
    }
    return vector.get(minus(this.#last(), i));
  }

  #last(): Integer {
    return minus(this.countInteger, 1);
  }

  /** This list with a value before its first. */
  cons(value: Value): List {
    return new List(this.vector.append(value));
  }

  /**
   * This list after the first `count` of `values`. In a small list that takes one copy, not
   * `count`.
   */
  withFirst(values: readonly Value[], count: number): List {
    const { vector } = this;
    if (vector.count + count > CHUNK_SIZE) {
      let list: List = this;
      for (let i = count - 1; i >= 0; i--) list = list.cons(values[i] as Value);
      return list;
    }
    const slots = vector.slots.slice();
    for (let i = count - 1; i >= 0; i--) slots.push(values[i] as Value);
    return List.reverseOf(new Vector(slots.length, slots, null, false));
  }

  /** This list with element i replaced. @throws RangeError unless 0 ≤ i < count */
  assoc(i: Integer, value: Value): List {
    const vector = this.vector.assoc(minus(this.#last(), i), value);
    return vector === this.vector ? this : new List(vector);
  }

  /** All but the first element; null when that leaves none. */
  next(): List | null {
    return this.count <= 1 ? null : new List(this.vector.slice(0, this.#last()));
  }

  /** The elements start … end-1. @throws RangeError unless 0 ≤ start ≤ end ≤ count */
  slice(start: Integer, end: Integer): List {
    const { countInteger } = this;
    if (start === 0 && end === countInteger) return this;
    const from = minus(countInteger, end);
    return List.reverseOf(this.vector.slice(from, minus(countInteger, start)));
  }

  /** All elements in order. @throws WorkLimitError above MAX_COPY_COUNT elements (vector.ts) */
  toArray(): Value[] {
    return this.vector.toArray().reverse();
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.vector.reversed();
  }
}

/** Reads the encoding behind a list's tag; as `readVector`. */
export function readList(r: ByteReader): List {
  return List.reverseOf(readVector(r));
}
