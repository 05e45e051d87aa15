// hot: see test/bench. A growing byte buffer with a position; the encoder keeps one for the whole
// process, since encoding is synchronous: a child is written in place and taken back when it turns
// out to be too long to be embedded.

/** Bytes of the longest VLQ count: 63 bits in groups of 7. */
export const MAX_VLQ_LENGTH = 9;

/** Bytes that the VLQ count form of n takes; n is 0 … 2^63-1. */
export function vlqLength(n: number | bigint): number {
  if (n < 0x80) return 1;
  if (n < 0x4000) return 2;
  let length = 2;
  for (
    let rest = typeof n === "bigint" ? n >> 14n : BigInt(Math.floor(n / 0x4000));
    rest > 0n;
    rest >>= 7n
  ) {
    length++;
  }
  return length;
}

/**
 * Writes at `pos`, which callers may set back. `bytes` is replaced by a larger array when there is
 * no room, so nobody may hold on to it.
 */
export class Writer {
  bytes: Uint8Array;
  pos = 0;

  constructor(capacityBytes = 4096) {
    this.bytes = new Uint8Array(capacityBytes);
  }

  /** Makes room for n more bytes. */
  ensure(n: number): void {
    const needed = this.pos + n;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.pos));
    this.bytes = grown;
  }

  byte(b: number): void {
    if (this.pos >= this.bytes.length) this.ensure(1);
    this.bytes[this.pos++] = b;
  }

  write(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  /** Writes a string of characters 0–255, one byte each. */
  latin1(text: string): void {
    const n = text.length;
    this.ensure(n);
    const { bytes } = this;
    let p = this.pos;
    for (let i = 0; i < n; i++) bytes[p++] = text.charCodeAt(i);
    this.pos = p;
  }

  /** Writes an unsigned VLQ count (sheet 01 §2), n in 0 … 2^63-1. */
  vlq(n: number | bigint): void {
    if (n < 0x80) {
      this.byte(Number(n));
      return;
    }
    const length = vlqLength(n);
    this.ensure(length);
    if (typeof n === "number" && n < 0x10000000) {
      for (let i = length - 1; i >= 0; i--) {
        this.bytes[this.pos++] = ((n >>> (7 * i)) & 0x7f) | (i > 0 ? 0x80 : 0);
      }
      return;
    }
    const big = BigInt(n);
    for (let i = length - 1; i >= 0; i--) {
      this.bytes[this.pos++] = Number((big >> BigInt(7 * i)) & 0x7fn) | (i > 0 ? 0x80 : 0);
    }
  }

  /** A copy of what was written from `start` to the position. */
  take(start: number): Uint8Array {
    return this.bytes.slice(start, this.pos);
  }
}
