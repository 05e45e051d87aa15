// hot: see test/bench. Blobs (sheet 01 §5): flat up to 4096 bytes, above that a tree of blobs. A
// tree may name the same child many times, so a few cells can have up to 2^63-1 bytes: positions
// are Integers. Decoding accepts a tree whose children are no blobs, or of another length. Of such
// a damaged tree (T46, blob-damaged.ts) the bytes are read where their positions lead, and
// BadStructureError is thrown where there is none.

import { fromHex, toHex } from "../crypto/hex.ts";
import { CHUNK_LENGTH, childSize } from "./blob-shape.ts";
import { Cell, type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { BadStructureError, BlobFaultError } from "./errors.ts";
import { doWork, WorkLimitError } from "./free-work.ts";
import { integerFromBytes, lesser, minus, plus } from "./integer.ts";
import { checkDepth, checkNesting } from "./nesting.ts";
import { TAG } from "./tag.ts";
import { vlqLength, Writer } from "./writer.ts";

/** Most bytes that are copied out of a blob at once: the most that a Java array holds. */
const MAX_FLAT_BYTES = 2 ** 31 - 1;
/** Most new cells of a slice of a blob; those that it shares do not count. */
const MAX_SLICE_CELLS = 2 ** 16;
/** Units of work (free-work.ts) to visit a cell of a damaged tree. */
export const CELL_WORK = 250;

export abstract class Blob extends Cell {
  /** Number of bytes; rounded above 2^53-1. */
  abstract readonly count: number;
  /** Number of bytes, exact. */
  abstract readonly countInteger: Integer;

  /** The canonical blob of these bytes, which are the blob's from now on. */
  static of(bytes: Uint8Array): Blob {
    return bytes.length <= CHUNK_LENGTH ? new FlatBlob(bytes) : BlobTree.build(bytes);
  }

  /** The blob of these hex digits; null when they are not that, or odd in number. */
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

  /** Length of the encoding without its tag; strings share that. */
  abstract bodyLength(): number;
  /** Writes the encoding without its tag. */
  abstract writeBody(w: Writer): void;

  /** @throws RangeError unless 0 ≤ i < count */
  abstract byteAt(i: Integer): number;
  /** Copies the bytes start … end-1 to `target` from `at`; the range is inside the blob. */
  abstract copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void;
  /**
   * Called before room is made for the bytes start … end-1. @throws BadStructureError if some are
   * missing, or cells nest too deep
   */
  abstract checkStructure(start: Integer, end: Integer, depth?: number): void;
  /**
   * Byte i, whatever the count says. @throws BadStructureError when there is none, or cells nest
   * too deep
   */
  abstract byteIn(i: Integer, depth?: number): number;
  /**
   * Whether all cells that hold the bytes start … end-1 have the lengths that their places require.
   */
  abstract isSoundIn(start: Integer, end: Integer): boolean;
  /** Writes all bytes of the leaves, whatever the counts say. */
  abstract writeContent(w: Writer, depth?: number): void;
  /** The cell in this tree that has exactly the bytes start … end-1; null when there is none. */
  abstract cellAt(start: Integer, end: Integer): Blob | null;

  get isSound(): boolean {
    return this.isSoundIn(0, this.countInteger);
  }

  /**
   * As many bytes as the count says; not to be changed. Of a damaged tree the bytes of its leaves,
   * one after the other, then zeros.
   * @throws WorkLimitError above MAX_FLAT_BYTES
   * @throws BadStructureError when the leaves have more
   */
  toBytes(): Uint8Array {
    const { countInteger } = this;
    if (countInteger > MAX_FLAT_BYTES || this.isSound) return this.bytesOf(0, countInteger);
    const content = this.content();
    if (content.length > countInteger) throw new BadStructureError("more bytes than counted");
    doWork(this.count);
    const bytes = new Uint8Array(this.count);
    bytes.set(content);
    return bytes;
  }

  /** The bytes of all leaves, one after the other, whatever the count says; not to be changed. */
  content(): Uint8Array {
    if (this.isSound) return this.toBytes();
    const w = new Writer(CHUNK_LENGTH);
    this.writeContent(w);
    return w.take(0);
  }

  /**
   * The bytes by their positions; not to be changed. Of a damaged tree not the same as `toBytes`.
   */
  bytesByPosition(): Uint8Array {
    return this.bytesOf(0, this.countInteger);
  }

  /**
   * A copy of the bytes start … end-1, by position.
   * @throws RangeError unless 0 ≤ start ≤ end ≤ count, WorkLimitError above MAX_FLAT_BYTES
   * @throws BadStructureError when one is missing
   */
  bytesOf(start: Integer, end: Integer): Uint8Array {
    checkRange(this, start, end);
    const length = minus(end, start);
    if (length > MAX_FLAT_BYTES) throw new WorkLimitError();
    this.checkStructure(start, end);
    const bytes = new Uint8Array(length as number);
    this.copyTo(bytes, 0, start, end);
    return bytes;
  }

  /**
   * The canonical blob of the bytes start … end-1, which shares the cells that it can.
   * @throws WorkLimitError when it takes more than MAX_SLICE_CELLS new ones
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
  override byteIn(i: Integer): number {
    const byte = this.bytes[Number(i)];
    if (byte === undefined) throw new BadStructureError(`no byte ${i} in a leaf`);
    return byte;
  }
  override checkStructure(_start: Integer, end: Integer): void {
    if (end <= this.bytes.length) return;
    throw new BadStructureError(`no byte ${end} in a leaf of ${this.bytes.length}`);
  }
  override isSoundIn(): boolean {
    return true;
  }
  override writeContent(w: Writer): void {
    doWork(CELL_WORK + this.bytes.length);
    w.write(this.bytes);
  }
  override bytesByPosition(): Uint8Array {
    return this.bytes;
  }
  override cellAt(start: Integer, end: Integer): Blob | null {
    return start === 0 && end === this.bytes.length ? this : null;
  }
  override toBytes(): Uint8Array {
    return this.bytes;
  }
}

/** More than 4096 bytes, in 2 to 16 children, each of `childSize` bytes but the last. */
export class BlobTree extends Blob {
  override readonly count: number;
  override readonly countInteger: Integer;
  readonly slots: Slot[];
  readonly childSize: number;
  /** Whether it is known to be sound, and so for ever. */
  #seenSound = false;

  /** `slots` has as many children as the count requires. */
  constructor(count: Integer, slots: Slot[]) {
    super();
    this.count = Number(count);
    this.countInteger = count;
    this.slots = slots;
    this.childSize = childSize(count);
  }

  /** The canonical tree of more than 4096 bytes. */
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

  /** Child i, of whatever length. @throws BlobFaultError when there is none, or it is no blob */
  child(i: number): Blob {
    const { length } = this.slots;
    if (i >= length) throw new BlobFaultError({ index: i, length });
    const part = resolveAt(this.slots, i);
    if (part instanceof Blob) return part;
    throw new BlobFaultError({ part });
  }

  override byteAt(i: Integer): number {
    checkIndex(this, i);
    return this.byteIn(i);
  }

  override byteIn(i: Integer, depth = 0): number {
    checkDepth(depth);
    const at = this.childIndex(i);
    return this.child(at).byteIn(minus(i, this.childStart(at)), depth + 1);
  }

  override copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void {
    this.#overlapping(start, end, (i, from, to) => {
      const offset = this.childStart(i);
      this.child(i).copyTo(target, at + (minus(plus(offset, from), start) as number), from, to);
      return true;
    });
  }

  override checkStructure(start: Integer, end: Integer, depth = 0): void {
    checkDepth(depth);
    this.#overlapping(start, end, (i, from, to) => {
      this.child(i).checkStructure(from, to, depth + 1);
      return true;
    });
  }

  override isSoundIn(start: Integer, end: Integer): boolean {
    if (this.#seenSound) return true;
    const isSound = this.#overlapping(start, end, (i, from, to) => {
      const child = resolveAt(this.slots, i);
      const expected = lesser(
        integerOf(this.childSize),
        minus(this.countInteger, this.childStart(i)),
      );
      return child instanceof Blob && child.countInteger === expected && child.isSoundIn(from, to);
    });
    if (isSound && start === 0 && end === this.countInteger) this.#seenSound = true;
    return isSound;
  }

  override writeContent(w: Writer, depth = 0): void {
    checkNesting(depth);
    doWork(CELL_WORK);
    for (let i = 0; i < this.slots.length; i++) this.child(i).writeContent(w, depth + 1);
  }

  override cellAt(start: Integer, end: Integer): Blob | null {
    if (start === 0 && end === this.countInteger) return this;
    const at = this.childIndex(start);
    const offset = this.childStart(at);
    const inChild = minus(end, offset);
    return inChild > this.childSize ? null : this.child(at).cellAt(minus(start, offset), inChild);
  }

  /** Index of the child that has byte i. */
  childIndex(i: Integer): number {
    if (typeof i === "number") return Math.floor(i / this.childSize);
    return Number(i / BigInt(this.childSize));
  }

  /** Position of the first byte of child i. */
  childStart(i: number): Integer {
    return integerOf(i * this.childSize);
  }

  /**
   * Calls `visit` with the index of each child in the range, and the part of that child: from …
   * to-1. Stops when it returns false, and returns that.
   */
  #overlapping(
    start: Integer,
    end: Integer,
    visit: (i: number, from: Integer, to: Integer) => boolean,
  ): boolean {
    const size = integerOf(this.childSize);
    for (let i = this.childIndex(start); this.childStart(i) < end; i++) {
      const offset = this.childStart(i);
      const from = start > offset ? minus(start, offset) : 0;
      if (!visit(i, from, lesser(minus(end, offset), size))) return false;
    }
    return true;
  }
}

/** `Blob.slice`; `budget.cells` is how many cells it may still build. */
function slicePart(blob: Blob, start: Integer, end: Integer, budget: { cells: number }): Blob {
  const n = minus(end, start);
  if (n === 0) return FlatBlob.EMPTY;
  const shared = blob.cellAt(start, end);
  if (shared !== null) return shared;
  if (budget.cells-- === 0) throw new WorkLimitError();
  if (n <= CHUNK_LENGTH) return new FlatBlob(blob.bytesOf(start, end));
  const size = integerOf(childSize(n));
  const slots: Slot[] = [];
  for (let from = start; from < end; from = plus(from, size)) {
    const to = plus(from, size);
    slots.push(slicePart(blob, from, lesser(to, end), budget));
  }
  return new BlobTree(n, slots);
}

/** The Integer of a number that is exact although it may be above 2^53: i times a power of two. */
function integerOf(n: number): Integer {
  return Number.isSafeInteger(n) ? n : BigInt(n);
}

function checkIndex(blob: Blob, i: Integer): void {
  if (i >= 0 && i < blob.countInteger) return;
  throw new RangeError(`no byte ${i} in a blob of ${blob.countInteger}`);
}

function checkRange(blob: Blob, start: Integer, end: Integer): void {
  if (start >= 0 && start <= end && end <= blob.countInteger) return;
  throw new RangeError(`no bytes ${start} … ${end} in a blob of ${blob.countInteger}`);
}
