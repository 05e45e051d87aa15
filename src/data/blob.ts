// hot: see test/bench. Blobs (sheet 01 §5): flat up to 4096 bytes, above that a tree of blobs. A
// tree may name the same child many times, so a small one can have up to 2^63-1 bytes: positions
// are Integers. Decoding accepts a tree whose children are something else, or of another length:
// bytes are then read where their positions lead (T46, blob-damaged.ts), and where there is none
// BadStructureError is thrown.

import { fromHex, toHex } from "../crypto/hex.ts";
import { CHUNK_LENGTH, childSize } from "./blob-shape.ts";
import { Cell, type Integer, resolveAt, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { BadStructureError, BlobFaultError } from "./errors.ts";
import { doWork, WorkLimitError } from "./free-work.ts";
import { integerFromBytes, lesser, minus, plus } from "./integer.ts";
import { TAG } from "./tag.ts";
import { vlqLength, Writer } from "./writer.ts";

/** Most bytes that are copied out of a blob at once, as a Java array would hold them. */
const MAX_FLAT_BYTES = 2 ** 31 - 1;
/** Most cells that a slice of a blob may have to build; what it shares does not count. */
const MAX_SLICE_CELLS = 2 ** 16;
/** Units of work (free-work.ts) of going to a cell of a damaged tree. */
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
  /** Byte i of a cell whose count is not asked. @throws BadStructureError when there is none */
  abstract byteIn(i: Integer): number;
  /** Whether all cells with the bytes start … end-1 have the lengths that their places demand. */
  abstract isSoundIn(start: Integer, end: Integer): boolean;
  /** Puts all that the leaves hold behind what was written, whatever the counts say. */
  abstract writeContent(w: Writer): void;
  /** The cell of this tree that has exactly the bytes start … end-1, null when there is none. */
  abstract cellAt(start: Integer, end: Integer): Blob | null;

  get isSound(): boolean {
    return this.isSoundIn(0, this.countInteger);
  }

  /**
   * As many bytes as the count says; those of a flat blob are not to be changed. A damaged tree has
   * the bytes of its leaves one behind the other, then zeros.
   * @throws RangeError above MAX_FLAT_BYTES
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

  /** The bytes of all leaves one behind the other; those of a flat blob are not to be changed. */
  content(): Uint8Array {
    if (this.isSound) return this.toBytes();
    const w = new Writer(CHUNK_LENGTH);
    this.writeContent(w);
    return w.take(0);
  }

  /** The bytes by their positions, which differ from the content in damaged trees. */
  positions(): Uint8Array {
    return this.bytesOf(0, this.countInteger);
  }

  /** A copy of the bytes start … end-1. */
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
   * The canonical blob of the bytes start … end-1, sharing what lies alike.
   * @throws WorkLimitError when it takes more than MAX_SLICE_CELLS new cells
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
  override positions(): Uint8Array {
    return this.bytes;
  }
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
  /** Whether it was seen to be sound; what holds once holds for ever. */
  #seenSound = false;

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

  /** Child i, of whatever length. @throws BlobFaultError when there is none, or that is no blob */
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

  override byteIn(i: Integer): number {
    const at = this.childAt(i);
    return this.child(at).byteIn(minus(i, this.offset(at)));
  }

  override copyTo(target: Uint8Array, at: number, start: Integer, end: Integer): void {
    this.#overlapping(start, end, (i, from, to) => {
      const offset = this.offset(i);
      this.child(i).copyTo(target, at + (minus(plus(offset, from), start) as number), from, to);
      return true;
    });
  }

  override checkStructure(start: Integer, end: Integer): void {
    this.#overlapping(start, end, (i, from, to) => {
      this.child(i).checkStructure(from, to);
      return true;
    });
  }

  override isSoundIn(start: Integer, end: Integer): boolean {
    if (this.#seenSound) return true;
    const isSound = this.#overlapping(start, end, (i, from, to) => {
      const child = resolveAt(this.slots, i);
      const expected = lesser(integerOf(this.childSize), minus(this.countInteger, this.offset(i)));
      return child instanceof Blob && child.countInteger === expected && child.isSoundIn(from, to);
    });
    if (isSound && start === 0 && end === this.countInteger) this.#seenSound = true;
    return isSound;
  }

  override writeContent(w: Writer): void {
    doWork(CELL_WORK);
    for (let i = 0; i < this.slots.length; i++) this.child(i).writeContent(w);
  }

  override cellAt(start: Integer, end: Integer): Blob | null {
    if (start === 0 && end === this.countInteger) return this;
    const at = this.childAt(start);
    const offset = this.offset(at);
    const inChild = minus(end, offset);
    return inChild > this.childSize ? null : this.child(at).cellAt(minus(start, offset), inChild);
  }

  /** Which child has byte i. */
  childAt(i: Integer): number {
    if (typeof i === "number") return Math.floor(i / this.childSize);
    return Number(i / BigInt(this.childSize));
  }

  /** Where child i begins. */
  offset(i: number): Integer {
    return integerOf(i * this.childSize);
  }

  /** Calls `visit` with each child in the range and the part of it, until it gives false. */
  #overlapping(
    start: Integer,
    end: Integer,
    visit: (i: number, from: Integer, to: Integer) => boolean,
  ): boolean {
    const size = integerOf(this.childSize);
    for (let i = this.childAt(start); this.offset(i) < end; i++) {
      const offset = this.offset(i);
      const from = start > offset ? minus(start, offset) : 0;
      if (!visit(i, from, lesser(minus(end, offset), size))) return false;
    }
    return true;
  }
}

/** A range of a blob as a canonical one; `budget` is what it may still build. */
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

/** A number that is exact as the Integer it means: a small multiple of a power of two. */
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
