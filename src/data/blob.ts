// hot: see test/bench. Blobs (sheet 01 §5): flat up to 4096 bytes, above that a tree of blobs. A
// tree may name the same child many times, so a small one can have up to 2^63-1 bytes: positions
// are Integers. Decoding accepts a tree whose children are something else; reading their bytes
// then throws BadStructureError.

import { fromHex, toHex } from "../crypto/hex.ts";
import { CHUNK_LENGTH, childSize } from "./blob-shape.ts";
import { Cell, type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { BadStructureError } from "./errors.ts";
import { add, integerFromBytes, subtract } from "./integer.ts";
import { TAG } from "./tag.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Most bytes that are copied out of a blob at once, as a Java array would hold them. */
const MAX_FLAT_BYTES = 2 ** 31 - 1;
/** Most cells that a slice of a blob may have to build; what it shares does not count. */
const MAX_SLICE_CELLS = 2 ** 16;

export abstract class Blob extends Cell {
  /** Number of bytes; rounded above 2^53-1. */
  abstract readonly count: number;
  /** Number of bytes, exact. */
  abstract readonly countInteger: Integer;

  /** The canonical blob of these bytes, which are the blob's from now on. */
  static of(bytes: Uint8Array): Blob {
    return bytes.length <= CHUNK_LENGTH ? new FlatBlob(bytes) : BlobTree.build(bytes);
  }

  /** Null when the text is not an even number of hex digits. */
  static fromHex(text: string): Blob | null {
    const bytes = fromHex(text);
    return bytes === null ? null : Blob.of(bytes);
  }

  override get tag(): number {
    return TAG.BLOB;
  }

  override measure(): number {
    return 1 + this.bodyLength();
  }

  override writeTo(w: Writer): void {
    w.byte(TAG.BLOB);
    this.writeBody(w);
  }

  /** Length of the encoding behind the tag, which strings share. */
  abstract bodyLength(): number;
  abstract writeBody(w: Writer): void;

  /** @throws RangeError unless 0 ≤ i < count */
  abstract byteAt(i: Integer): number;
  /** Copies the bytes start … end-1 to `target` from `at`; the range is inside the blob. */
  abstract copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void;
  /** Makes sure that the bytes start … end-1 are there before room is made for them. */
  abstract checkStructure(start: Integer, end: Integer): void;
  /** The cell of this tree that has exactly the bytes start … end-1, null when there is none. */
  abstract cellAt(start: Integer, end: Integer): Blob | null;

  /**
   * All bytes; those of a flat blob are not to be changed.
   * @throws RangeError above MAX_FLAT_BYTES
   */
  toBytes(): Uint8Array {
    return this.bytesOf(0, this.countInteger);
  }

  /** A copy of the bytes start … end-1. */
  bytesOf(start: Integer, end: Integer): Uint8Array {
    checkRange(this, start, end);
    const length = minus(end, start);
    if (length > MAX_FLAT_BYTES) throw new RangeError(`${length} bytes at once`);
    this.checkStructure(start, end);
    const bytes = new Uint8Array(length as number);
    this.copyTo(bytes, 0, start, end);
    return bytes;
  }

  /**
   * The canonical blob of the bytes start … end-1, sharing what lies alike.
   * @throws RangeError when it takes more than MAX_SLICE_CELLS new cells
   */
  slice(start: Integer, end: Integer): Blob {
    checkRange(this, start, end);
    return slicePart(this, start, end, { cells: MAX_SLICE_CELLS });
  }

  toHex(): string {
    return toHex(this.toBytes());
  }

  /** The signed 64-bit value of the last 8 bytes, shorter blobs sign-extended (sheet 01 §5.7). */
  longValue(): Integer {
    const end = this.countInteger;
    return integerFromBytes(this.bytesOf(end > 8 ? minus(end, 8) : 0, end));
  }
}

/** At most 4096 bytes. */
export class FlatBlob extends Blob {
  static readonly EMPTY = new FlatBlob(new Uint8Array(0));

  /** Not to be changed. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }

  override get count(): number {
    return this.bytes.length;
  }
  override get countInteger(): Integer {
    return this.bytes.length;
  }
  override get slotCount(): number {
    return 0;
  }
  override slotAt(index: number): Slot {
    throw new RangeError(`a flat blob has no slot ${index}`);
  }
  override fillSlot(index: number): void {
    throw new RangeError(`a flat blob has no slot ${index}`);
  }
  override bodyLength(): number {
    return vlqLength(this.bytes.length) + this.bytes.length;
  }
  override writeBody(w: Writer): void {
    w.vlq(this.bytes.length);
    w.write(this.bytes);
  }
  override byteAt(i: Integer): number {
    checkIndex(this, i);
    return this.bytes[i as number] as number;
  }
  override copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void {
    target.set(this.bytes.subarray(start as number, end as number), at);
  }
  override checkStructure(): void {}
  override cellAt(start: Integer, end: Integer): Blob | null {
    return start === 0 && end === this.bytes.length ? this : null;
  }
  override toBytes(): Uint8Array {
    return this.bytes;
  }
}

/** More than 4096 bytes, in 2 to 16 children of which all but the last have `childSize` bytes. */
export class BlobTree extends Blob {
  override readonly count: number;
  override readonly countInteger: Integer;
  readonly slots: Slot[];
  readonly childSize: number;

  /** `slots` has as many children as the count asks for. */
  constructor(count: Integer, slots: Slot[]) {
    super();
    this.count = Number(count);
    this.countInteger = count;
    this.slots = slots;
    this.childSize = childSize(count);
  }

  /** The tree of more than 4096 bytes. */
  static build(bytes: Uint8Array): BlobTree {
    const size = childSize(bytes.length);
    const slots: Slot[] = [];
    for (let start = 0; start < bytes.length; start += size) {
      const end = Math.min(start + size, bytes.length);
      const part = bytes.subarray(start, end);
      slots.push(
        part.length > CHUNK_LENGTH ? BlobTree.build(part) : new FlatBlob(bytes.slice(start, end)),
      );
    }
    return new BlobTree(bytes.length, slots);
  }

  override get slotCount(): number {
    return this.slots.length;
  }
  override slotAt(index: number): Slot {
    return this.slots[index] as Slot;
  }
  override fillSlot(index: number, value: Value): void {
    this.slots[index] = value;
  }

  override bodyLength(): number {
    let length = vlqLength(this.countInteger);
    for (const slot of this.slots) length += slotLength(slot);
    return length;
  }

  override writeBody(w: Writer): void {
    w.vlq(this.countInteger);
    for (const slot of this.slots) writeSlot(w, slot);
  }

  /** Child i, made sure to be a blob of the length that the shape demands. */
  child(i: number): Blob {
    const value = resolveAt(this.slots, i);
    const last = i === this.slots.length - 1;
    const expected = last ? minus(this.countInteger, this.#offset(i)) : integerOf(this.childSize);
    if (value instanceof Blob && value.countInteger === expected) return value;
    throw new BadStructureError(`child ${i} of a blob tree is not a blob of ${expected} bytes`);
  }

  override byteAt(i: Integer): number {
    checkIndex(this, i);
    const at = this.#childAt(i);
    return this.child(at).byteAt(minus(i, this.#offset(at)));
  }

  override copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void {
    this.#overlapping(start, end, (child, from, to, offset) => {
      child.copyTo(target, at + (minus(plus(offset, from), start) as number), from, to);
    });
  }

  override checkStructure(start: Integer, end: Integer): void {
    this.#overlapping(start, end, (child, from, to) => child.checkStructure(from, to));
  }

  override cellAt(start: Integer, end: Integer): Blob | null {
    if (start === 0 && end === this.countInteger) return this;
    const at = this.#childAt(start);
    const offset = this.#offset(at);
    const inChild = minus(end, offset);
    return inChild > this.childSize ? null : this.child(at).cellAt(minus(start, offset), inChild);
  }

  /** Which child has byte i. */
  #childAt(i: Integer): number {
    if (typeof i === "number") return Math.floor(i / this.childSize);
    return Number(i / BigInt(this.childSize));
  }

  /** Where child i begins. */
  #offset(i: number): Integer {
    return integerOf(i * this.childSize);
  }

  /** Calls `visit` with each child in the range, the part of it, and where the child begins. */
  #overlapping(
    start: Integer,
    end: Integer,
    visit: (child: Blob, from: Integer, to: Integer, offset: Integer) => void,
  ): void {
    for (let i = this.#childAt(start); this.#offset(i) < end; i++) {
      const child = this.child(i);
      const offset = this.#offset(i);
      const from = start > offset ? minus(start, offset) : 0;
      const to = minus(end, offset);
      visit(child, from, lesser(to, child.countInteger), offset);
    }
  }
}

/** A range of a blob as a canonical one; `budget` is what it may still build. */
function slicePart(blob: Blob, start: Integer, end: Integer, budget: { cells: number }): Blob {
  const n = minus(end, start);
  if (n === 0) return FlatBlob.EMPTY;
  const shared = blob.cellAt(start, end);
  if (shared !== null) return shared;
  if (budget.cells-- === 0) throw new RangeError("slice of too many cells");
  if (n <= CHUNK_LENGTH) return new FlatBlob(blob.bytesOf(start, end));
  const size = integerOf(childSize(n));
  const slots: Slot[] = [];
  for (let from = start; from < end; from = plus(from, size)) {
    const to = plus(from, size);
    slots.push(slicePart(blob, from, lesser(to, end), budget));
  }
  return new BlobTree(n, slots);
}

/** A number that is exact as the Integer it means: a small multiple of a power of two. */
function integerOf(n: number): Integer {
  return Number.isSafeInteger(n) ? n : BigInt(n);
}

function plus(a: Integer, b: Integer): Integer {
  return add(a, b) as Integer;
}

function minus(a: Integer, b: Integer): Integer {
  return subtract(a, b) as Integer;
}

/** Math.min does not take a bigint. */
function lesser(a: Integer, b: Integer): Integer {
  if (a < b) return a;
  return b;
}

function checkIndex(blob: Blob, i: Integer): void {
  if (i >= 0 && i < blob.countInteger) return;
  throw new RangeError(`no byte ${i} in a blob of ${blob.countInteger}`);
}

function checkRange(blob: Blob, start: Integer, end: Integer): void {
  if (start >= 0 && start <= end && end <= blob.countInteger) return;
  throw new RangeError(`no bytes ${start} … ${end} in a blob of ${blob.countInteger}`);
}
