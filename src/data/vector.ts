// hot: see test/bench. Vectors (sheet 01 §6): persistent, radix 16, in the two shapes that the
// encoding has. A leaf holds its last 1 … 16 elements and, when there are more, a prefix: the
// vector of all elements before them. A tree holds 2 … 16 vectors, all full but the last. Which of
// the two a vector is follows from its count, so one class serves both.
//
// The rules are in files of their own: vector-shape.ts (what a count implies), vector-tree.ts (the
// ordinary case), vector-huge.ts (2^31 elements and more), vector-sound.ts and vector-damaged.ts
// (hand-made vectors), vector-range.ts (slices as views).

import { Cell, type Integer, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { VectorFaultError } from "./errors.ts";
import { exactCount } from "./exact-count.ts";
import { WorkLimitError } from "./free-work.ts";
import { minus } from "./integer.ts";
import { withLast } from "./slot-copy.ts";
import { TAG } from "./tag.ts";
import { joined, partOf, pushElements } from "./vector-damaged.ts";
import { appendHuge, assocHuge, getHuge, takeHuge } from "./vector-huge.ts";
import { VectorIterator } from "./vector-iterator.ts";
import { writePatched } from "./vector-patch.ts";
import { fullRanges, rangeOf, slotsOf } from "./vector-range.ts";
import { CHUNK_SIZE, childShift, MAX_SMALL_COUNT } from "./vector-shape.ts";
import { isSound, isSoundIn } from "./vector-sound.ts";
import {
  appendChunk,
  assocIn,
  copyIn,
  getIn,
  partIn,
  prefixOf,
  takeIn,
  vectorOf,
} from "./vector-tree.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Most elements that are copied at once. A vector whose parts are shared may have more. */
export const MAX_COPY_COUNT = 2 ** 24;

const NO_SLOTS: Slot[] = [];

export class Vector extends Cell {
  static readonly EMPTY: Vector = new Vector(0, NO_SLOTS, null, false);

  /** Number of elements; rounded above 2^53-1, see `countInteger`. */
  readonly count: number;
  /** Elements of a leaf (those after its prefix), or children of a tree. */
  readonly slots: Slot[];
  /** In a leaf of more than 16 elements: the vector of those before its slots. Else null. */
  prefix: Slot;
  readonly isTree: boolean;
  /** An encoded vector of this shape that differs in few elements; see vector-patch.ts. */
  encodedBase: Vector | null = null;
  /** Whether its parts are known to be those that the count implies; see vector-sound.ts. */
  isSound = false;

  /** Builds one cell as it is; the count must fit the slots. Use `of`, `from` or the methods. */
  constructor(count: number, slots: Slot[], prefix: Slot, isTree: boolean) {
    super();
    this.count = count;
    this.slots = slots;
    this.prefix = prefix;
    this.isTree = isTree;
  }

  /** The vector of these values; much cheaper than appending them one by one. */
  static from(values: readonly Value[]): Vector {
    return vectorOf(values);
  }

  /** As `from`; the array belongs to the vector from now on. */
  static owning(values: Value[]): Vector {
    const { length } = values;
    if (length === 0 || length > CHUNK_SIZE) return vectorOf(values);
    return new Vector(length, values, null, false);
  }

  static of(...values: Value[]): Vector {
    return vectorOf(values);
  }

  /** Number of elements, exact. */
  get countInteger(): Integer {
    return exactCount(this);
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  override get tag(): number {
    return TAG.VECTOR;
  }

  override get slotCount(): number {
    return this.hasPrefix ? this.slots.length + 1 : this.slots.length;
  }

  private get hasPrefix(): boolean {
    return !this.isTree && this.count > CHUNK_SIZE;
  }

  override slotAt(index: number): Slot {
    if (!this.hasPrefix) return this.slots[index] as Slot;
    return index === 0 ? this.prefix : (this.slots[index - 1] as Slot);
  }

  override fillSlot(index: number, value: Value): void {
    if (!this.hasPrefix) this.slots[index] = value;
    else if (index === 0) this.prefix = value;
    else this.slots[index - 1] = value;
  }

  override measure(): number {
    return 1 + this.bodyLength();
  }

  override writeTo(w: Writer): void {
    if (this.encodedBase !== null) {
      writePatched(this, this.encodedBase, w);
      return;
    }
    w.byte(TAG.VECTOR);
    this.writeBody(w);
  }

  /** Length of the encoding behind the tag, which lists and dense records share. */
  bodyLength(): number {
    let length = vlqLength(this.countInteger);
    for (const slot of this.slots) length += slotLength(slot);
    return this.hasPrefix ? length + slotLength(this.prefix) : length;
  }

  /** Writes the encoding behind the tag: elements first, then the prefix. */
  writeBody(w: Writer): void {
    w.vlq(this.countInteger);
    for (const slot of this.slots) writeSlot(w, slot);
    if (this.hasPrefix) writeSlot(w, this.prefix);
  }

  /** This vector, with `slots` and `prefix` filled in: a VectorView does that when first needed. */
  built(): this {
    return this;
  }

  /** @throws RangeError unless 0 ≤ i < count */
  get(i: Integer): Value {
    const { count } = this;
    if (count > MAX_SMALL_COUNT) return getHuge(this, i);
    if (!(i >= 0 && i < count)) throw outOfRange(i, this);
    if (count <= CHUNK_SIZE) return resolveAt(this.slots, i as number);
    return getIn(this, i as number);
  }

  /** This vector with one more element. */
  append(value: Value): Vector {
    const v = this.built();
    const { count, slots } = v;
    if (count > MAX_SMALL_COUNT - CHUNK_SIZE) return appendHuge(v, value);
    if (v.isTree || slots.length === CHUNK_SIZE) return new Vector(count + 1, [value], v, false);
    const grown = withLast(slots, value);
    if (grown.length < CHUNK_SIZE || count < CHUNK_SIZE) {
      return new Vector(count + 1, grown, v.prefix, false);
    }
    const chunk = new Vector(CHUNK_SIZE, grown, null, false);
    return appendChunk(partIn(resolveSlot(v, 0), false), chunk);
  }

  /** This vector with element i replaced. @throws RangeError unless 0 ≤ i < count */
  assoc(i: Integer, value: Value): Vector {
    const v = this.built();
    if (v.count > MAX_SMALL_COUNT) return assocHuge(v, i, value);
    if (!(i >= 0 && i < v.count)) throw outOfRange(i, v);
    return assocIn(v, i as number, value);
  }

  /**
   * The elements start … end-1. The cells of a long slice are built when they are first encoded or
   * changed, so that walking a vector by `slice(1, count)` costs nothing per step.
   * @throws RangeError unless 0 ≤ start ≤ end ≤ count, WorkLimitError for a copy of more than
   *   MAX_COPY_COUNT elements out of a vector of 2^31 or more
   */
  slice(start: Integer, end: Integer): Vector {
    const part = this.sliceOrNil(start, end);
    if (part === null) throw new VectorFaultError(null);
    return part;
  }

  /** `slice`; null where a hand-made vector ends before its count says (reference: nil). */
  sliceOrNil(start: Integer, end: Integer): Vector | null {
    checkRange(this, start, end);
    if (start === end) return Vector.EMPTY;
    if (!isSoundIn(this.built(), start as number, end as number)) return partOf(this, start, end);
    if (start === 0) {
      if (end === this.countInteger) return this;
      return this.count > MAX_SMALL_COUNT ? takeHuge(this, end) : takeIn(this, end as number);
    }
    if (this.count <= MAX_SMALL_COUNT) {
      return rangeOf(this.built(), start as number, (end as number) - (start as number), false);
    }
    const slots: Slot[] = [];
    this.copySlots(start, end, slots);
    return vectorOf(slots);
  }

  /** The elements from last to first, as a view. @throws WorkLimitError above 2^31-1 elements */
  backwards(): Vector {
    if (this.count > MAX_SMALL_COUNT) throw new WorkLimitError();
    return this.count === 0 ? this : rangeOf(this.built(), 0, this.count, true);
  }

  /** @throws WorkLimitError when `other` has more than MAX_COPY_COUNT elements */
  concat(other: Vector): Vector {
    if (other.count === 0) return this;
    if (this.count === 0 && isSound(other)) return other;
    if (other.count > MAX_COPY_COUNT) throw new WorkLimitError();
    const v = this.built();
    const isHuge = this.count + other.count > MAX_COPY_COUNT;
    if (isHuge || !isSound(v) || !isSound(other)) return joined(v, other.built());
    const slots: Slot[] = v.isTree ? [] : v.slots.slice();
    const kept = v.count - slots.length;
    other.copySlots(0, other.count, slots);
    if (kept === 0) return vectorOf(slots);
    let result = v.isTree ? v : prefixOf(v);
    let at = 0;
    for (; at + CHUNK_SIZE <= slots.length; at += CHUNK_SIZE) {
      const chunk = new Vector(CHUNK_SIZE, slots.slice(at, at + CHUNK_SIZE), null, false);
      result = appendChunk(result, chunk);
    }
    if (at === slots.length) return result;
    return new Vector(result.count + slots.length - at, slots.slice(at), result, false);
  }

  /** All elements in order. @throws WorkLimitError above MAX_COPY_COUNT elements */
  toArray(): Value[] {
    if (this.count > MAX_COPY_COUNT) throw new WorkLimitError();
    if (this.count <= CHUNK_SIZE) return this.slots.map((_, i) => resolveAt(this.slots, i));
    const values: Value[] = [];
    for (const value of this) values.push(value);
    return values;
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return new VectorIterator(this, 0, this.count, 1);
  }

  /** The elements from last to first. */
  reversed(): IterableIterator<Value> {
    return new VectorIterator(this, minus(this.countInteger, 1), this.count, -1);
  }

  /** Adds the slots of the elements start … end-1, unresolved. @throws WorkLimitError */
  copySlots(start: Integer, end: Integer, target: Slot[]): void {
    const count = Number(minus(end, start));
    if (count > MAX_COPY_COUNT) throw new WorkLimitError();
    const v = this.built();
    if (v.count > MAX_SMALL_COUNT) pushElements(v, BigInt(start), BigInt(end), target);
    else copyIn(v, start as number, end as number, target);
  }
}

let viewCount = 0;

/** How many VectorViews this process has made: while it does not change, there are no new ones. */
export function viewsMade(): number {
  return viewCount;
}

/**
 * A range of more than 16 elements of a built vector, `base`; from last to first when `isReversed`.
 * Its own cell is built when it is first encoded or changed, that of each part likewise. Until then
 * it reads the elements of `base`, and keeps all of that alive.
 */
export class VectorView extends Vector {
  #base: Vector | null;
  readonly #start: number;
  readonly #isReversed: boolean;

  constructor(base: Vector, start: number, count: number, isReversed: boolean) {
    super(count, [], null, count % CHUNK_SIZE === 0);
    viewCount++;
    this.isSound = true;
    this.#base = base;
    this.#start = start;
    this.#isReversed = isReversed;
  }

  get isUnbuilt(): boolean {
    return this.#base !== null;
  }

  override built(): this {
    const base = this.#base;
    if (base === null) return this;
    const { count } = this;
    const start = this.#start;
    const isReversed = this.#isReversed;
    let slots: Slot[];
    if (this.isTree) {
      const size = 2 ** childShift(count);
      const rest = count % size;
      const first = isReversed ? start + rest : start;
      slots = fullRanges(base, first, size, (count - rest) / size, isReversed);
      if (isReversed) slots.reverse();
      if (rest > 0) slots.push(this.#part(base, count - rest, count));
    } else {
      const rest = count % CHUNK_SIZE;
      slots = slotsOf(base, isReversed ? start : start + count - rest, rest, isReversed);
      this.prefix = this.#part(base, 0, count - rest);
    }
    this.slots.push(...slots);
    this.#base = null;
    return this;
  }

  /** The elements from … to-1 of this range. */
  #part(base: Vector, from: number, to: number): Vector {
    const start = this.#isReversed ? this.#start + this.count - to : this.#start + from;
    return rangeOf(base, start, to - from, this.#isReversed);
  }

  override get slotCount(): number {
    return this.built().slots.length + (this.isTree ? 0 : 1);
  }

  override slotAt(index: number): Slot {
    this.built();
    return super.slotAt(index);
  }

  override fillSlot(index: number, value: Value): void {
    this.built();
    super.fillSlot(index, value);
  }

  override bodyLength(): number {
    this.built();
    return super.bodyLength();
  }

  override writeBody(w: Writer): void {
    this.built();
    super.writeBody(w);
  }

  override get(i: Integer): Value {
    const base = this.#base;
    if (base === null || !(i >= 0 && i < this.count)) return super.get(i);
    const at = this.#isReversed ? this.count - 1 - (i as number) : (i as number);
    return base.get(this.#start + at);
  }

  override sliceOrNil(start: Integer, end: Integer): Vector | null {
    const base = this.#base;
    if (base === null) return super.sliceOrNil(start, end);
    checkRange(this, start, end);
    if (start === 0 && end === this.count) return this;
    return start === end ? Vector.EMPTY : this.#part(base, start as number, end as number);
  }

  override backwards(): Vector {
    const base = this.#base;
    if (base === null) return super.backwards();
    return rangeOf(base, this.#start, this.count, !this.#isReversed);
  }

  override copySlots(start: Integer, end: Integer, target: Slot[]): void {
    const base = this.#base;
    if (base === null || this.#isReversed) super.copySlots(start, end, target);
    else base.copySlots(this.#start + (start as number), this.#start + (end as number), target);
  }

  override [Symbol.iterator](): IterableIterator<Value> {
    return this.#walk(false) ?? super[Symbol.iterator]();
  }

  override reversed(): IterableIterator<Value> {
    return this.#walk(true) ?? super.reversed();
  }

  /** Walks the elements of `base`; null once this range has a cell of its own. */
  #walk(fromLast: boolean): IterableIterator<Value> | null {
    const base = this.#base;
    if (base === null) return null;
    if (fromLast === this.#isReversed) return new VectorIterator(base, this.#start, this.count, 1);
    return new VectorIterator(base, this.#start + this.count - 1, this.count, -1);
  }
}

function checkRange(v: Vector, start: Integer, end: Integer): void {
  const all = v.countInteger;
  if (start >= 0 && start <= end && end <= all) return;
  throw new RangeError(`no elements ${start} … ${end} in a vector of ${all}`);
}

function outOfRange(i: Integer, v: Vector): RangeError {
  return new RangeError(`no element ${i} in a vector of ${v.countInteger}`);
}
