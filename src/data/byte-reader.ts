// hot: see test/bench. Reads cells out of bytes by a table of 256 readers, one a tag (sheet 01 §3,
// §14). Time and depth are bounded by the bytes received: an embedded child may not read beyond
// its 140 bytes, so nesting ends there, and no declared count is ever used to allocate.

import { HASH_LENGTH, keyAt } from "../crypto/sha3.ts";
import { Cell, type CellSource, MAX_EMBEDDED_LENGTH, Ref, type Slot, type Value } from "./cell.ts";
import { BadFormatError } from "./errors.ts";
import { TAG } from "./tag.ts";
import { MAX_VLQ_LENGTH } from "./writer.ts";

/**
 * Reads the body of a cell: `r.pos` is just behind the tag, `r.tag` is the tag until a child is
 * read.
 */
export type CellReader = (r: ByteReader) => Value;
/** 256 readers by tag byte; null for a tag that no cell has. */
export type DecodeTable = readonly (CellReader | null)[];

/** Bytes of a VLQ count that certainly fit a safe integer: 7 × 7 bits. */
const SAFE_VLQ_LENGTH = 7;

export class ByteReader {
  readonly bytes: Uint8Array;
  pos: number;
  /** Reading at or beyond this position is a format error. */
  end: number;
  readonly table: DecodeTable;
  /** Given to the Refs that are read. */
  readonly source: CellSource | null;
  /** Whether a child may be a branch (`20`). */
  readonly branches: boolean;
  /**
   * Whether this peer has written the bytes itself. The entries of a leaf may then be in any order,
   * and the tree of a Set may have one child: code can make those, and the State may hold them
   * (T48).
   */
  isOwn = false;
  /** Tag of the cell whose reader is called, valid until that reader reads a child. */
  tag = 0;
  /** Cells that have branches among their own children, in the order in which they were read. */
  readonly holders: Cell[] = [];
  /** Branches read so far in the cell whose reader is called. */
  #branchCount = 0;
  /** Branches read so far in all. */
  #branchTotal = 0;
  /**
   * Whether a count above 2^53-1 was read: the rounded number in the cell may not give back the
   * same bytes, so the cell keeps those.
   */
  #unsafeCount = false;

  constructor(
    bytes: Uint8Array,
    table: DecodeTable,
    source: CellSource | null = null,
    branches = true,
    start = 0,
    end = bytes.length,
  ) {
    this.bytes = bytes;
    this.pos = start;
    this.end = end;
    this.table = table;
    this.source = source;
    this.branches = branches;
  }

  /** @throws BadFormatError at the end */
  byte(): number {
    if (this.pos >= this.end) throw outOfBounds(this);
    return this.bytes[this.pos++] as number;
  }

  /** The next byte, which stays the next. @throws BadFormatError at the end */
  peek(): number {
    if (this.pos >= this.end) throw outOfBounds(this);
    return this.bytes[this.pos] as number;
  }

  /**
   * Skips the next n bytes; returns where they begin. @throws BadFormatError when there are fewer
   */
  skip(n: number): number {
    const start = this.pos;
    if (n > this.end - start) throw outOfBounds(this);
    this.pos = start + n;
    return start;
  }

  /** A copy of the next n bytes. @throws BadFormatError when there are fewer, before allocating */
  take(n: number): Uint8Array {
    const start = this.skip(n);
    return this.bytes.slice(start, this.pos);
  }

  /**
   * An unsigned VLQ count 0 … 2^63-1 (sheet 01 §2); a bigint above 2^53-1.
   * @throws BadFormatError unless it is in its shortest form
   */
  vlq(): number | bigint {
    let b = this.byte();
    if (b < 0x80) return b;
    if (b === 0x80) throw new BadFormatError("superfluous leading zero on VLQ count");
    let n = b & 0x7f;
    for (let length = 2; length <= SAFE_VLQ_LENGTH; length++) {
      b = this.byte();
      n = n * 0x80 + (b & 0x7f);
      if (b < 0x80) return n;
    }
    return this.#longVlq(BigInt(n));
  }

  #longVlq(high: bigint): number | bigint {
    let n = high;
    for (let length = SAFE_VLQ_LENGTH + 1; length <= MAX_VLQ_LENGTH; length++) {
      const b = this.byte();
      n = (n << 7n) | BigInt(b & 0x7f);
      if (b < 0x80) {
        if (n <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(n);
        this.#unsafeCount = true;
        return n;
      }
    }
    throw new BadFormatError("VLQ count overflow");
  }

  /** A whole cell, tag included. @throws BadFormatError */
  value(): Value {
    const start = this.pos;
    const tag = this.byte();
    const reader = this.table[tag];
    if (!reader) throw new BadFormatError(`unrecognised tag byte 0x${tag.toString(16)}`);
    const outer = this.#unsafeCount;
    const outerCount = this.#branchCount;
    const totalBefore = this.#branchTotal;
    this.#unsafeCount = false;
    this.#branchCount = 0;
    this.tag = tag;
    const value = reader(this);
    if (value instanceof Cell) {
      const length = this.pos - start;
      value.lengthCache = length;
      // An embedded cell without branches at any depth takes no memory of its own (sheet 01 §15).
      if (length <= MAX_EMBEDDED_LENGTH && this.#branchTotal === totalBefore) value.memoryCache = 0;
      if (this.#unsafeCount) value.encodingCache = this.bytes.slice(start, this.pos);
      if (this.#branchCount > 0) this.holders.push(value);
    }
    this.#unsafeCount = outer;
    this.#branchCount = outerCount;
    return value;
  }

  /** A child: an embedded cell of at most 140 bytes, or a branch. @throws BadFormatError */
  slot(): Slot {
    const { pos, end } = this;
    if (pos >= end) throw outOfBounds(this);
    const tag = this.bytes[pos] as number;
    if (tag === TAG.REF) {
      this.pos = pos + 1;
      if (!this.branches) throw new BadFormatError("branch in a cell that is read without store");
      this.#branchCount++;
      this.#branchTotal++;
      const start = this.skip(HASH_LENGTH);
      return new Ref(keyAt(this.bytes, start, start + HASH_LENGTH), this.source);
    }
    if (tag === TAG.SIGNED_KEYLESS) {
      // The reference cannot write such a child, and refuses its parent (sheet 01 §9).
      throw new BadFormatError("signed data without key inside another cell");
    }
    if (pos + MAX_EMBEDDED_LENGTH >= end) return this.value();
    this.end = pos + MAX_EMBEDDED_LENGTH;
    const value = this.value();
    this.end = end;
    return value;
  }
}

function outOfBounds(r: ByteReader): BadFormatError {
  return new BadFormatError(`read out of bounds at byte ${r.pos} of ${r.bytes.length}`);
}
