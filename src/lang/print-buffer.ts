// The bytes that printing makes, with its limit (sheet 01 §17). The limit is tested after each
// element and not at each write, so what is written as a whole may pass it. How far it does reaches
// the State through `str`.

import { isUtf8 } from "node:buffer";
import type { Blob } from "../data/blob.ts";
import { writeForHex } from "../data/blob-damaged.ts";
import { Writer } from "../data/writer.ts";
import { codePointBytes, laxCodePointAt, utf8Length } from "./utf8.ts";

/** Bytes of text above which printing stops unless the caller says otherwise (PRINT_LIMIT). */
export const PRINT_LIMIT = 65536;

/** Bytes of the longest string that is printed character by character; longer ones byte by byte. */
const CHARACTERWISE_MAX = 4096;
const QUOTE = 0x22;
/** Room, in hex digits, of an infinite limit. */
const MAX_DIGITS = 2n ** 63n - 1n;
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");
const REPLACEMENT = codePointBytes(0xfffd);

/** Second character of the escape of each byte that has one. */
const ESCAPES = new Uint8Array(256);
for (const [raw, letter] of ['""', "\\\\", "\tt", "\bb", "\nn", "\rr", "\ff"]) {
  ESCAPES[(raw as string).charCodeAt(0)] = (letter as string).charCodeAt(0);
}

export class PrintBuffer {
  readonly limit: number;
  readonly #writer = new Writer(256);

  /** `limit` in bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Whether what was written keeps the limit. */
  get withinLimit(): boolean {
    return this.#writer.pos <= this.limit;
  }

  /** Bytes that the limit has room for, negative beyond it. */
  get room(): number {
    return this.limit - this.#writer.pos;
  }

  /** Writes ASCII text. */
  ascii(text: string): void {
    this.#writer.latin1(text);
  }

  bytes(bytes: Uint8Array): void {
    this.#writer.write(bytes);
  }

  /** A copy of all that was written. */
  take(): Uint8Array {
    return this.#writer.take(0);
  }

  /**
   * Writes `0x` and the digits of as many bytes as the limit has room for; false when bytes are
   * left.
   * @param hasHalves whether the limit may cut between the two digits of a byte (T39)
   */
  blob(blob: Blob, hasHalves = false): boolean {
    this.ascii("0x");
    return hasHalves ? this.digits(blob.toHex()) : this.hex(blob);
  }

  /** Writes two digits for each byte that the limit has room for; false when bytes are left. */
  hex(blob: Blob): boolean {
    const { room } = this;
    if (room < 0) return false;
    const length = Math.min(blob.count, Math.floor(room / 2));
    if (!blob.isSoundIn(0, length)) {
      const digits = room === Number.POSITIVE_INFINITY ? MAX_DIGITS : BigInt(Math.floor(room));
      return writeForHex(blob, digits, (bytes) => this.#hexBytes(bytes));
    }
    this.#hexBytes(blob.bytesOf(0, length));
    return length === blob.count;
  }

  #hexBytes(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#writer.byte(HEX_DIGITS[byte >> 4] as number);
      this.#writer.byte(HEX_DIGITS[byte & 15] as number);
    }
  }

  /** Writes as many digits as the limit has room for; false when some are left. */
  digits(digits: string): boolean {
    const { room } = this;
    this.ascii(digits.slice(0, Math.max(room, 0)));
    return digits.length <= room;
  }

  /**
   * Writes a string in quotes; or as much as the limit has room for, without the last quote: false.
   */
  string(raw: Blob): boolean {
    const { room } = this;
    const whole = raw.count + 2 <= room;
    if (!whole && room <= 0) return false;
    const end = whole ? raw.count : room - 1;
    this.#writer.byte(QUOTE);
    if (raw.count <= CHARACTERWISE_MAX) this.#characters(raw.toBytes(), end);
    else this.#escaped(raw.bytesOf(0, end));
    if (!whole) return false;
    this.#writer.byte(QUOTE);
    return this.withinLimit;
  }

  #escaped(bytes: Uint8Array): void {
    let plain = 0;
    for (let i = 0; i < bytes.length; i++) {
      if (ESCAPES[bytes[i] as number] === 0) continue;
      this.#writer.write(bytes.subarray(plain, i));
      this.#escape(bytes[i] as number);
      plain = i + 1;
    }
    this.#writer.write(bytes.subarray(plain));
  }

  /**
   * Writes the characters that begin before `end`, each to its last byte. Malformed bytes become
   * U+FFFD, which takes the place of two bytes; of an overlong form as many bytes are copied as its
   * shortest form has.
   */
  #characters(bytes: Uint8Array, end: number): void {
    if (isUtf8(bytes)) {
      let last = end;
      while (last < bytes.length && ((bytes[last] as number) & 0xc0) === 0x80) last++;
      this.#escaped(bytes.subarray(0, last));
      return;
    }
    for (let i = 0; i < end; ) {
      const byte = bytes[i] as number;
      const codePoint = laxCodePointAt(bytes, i);
      if (codePoint < 0) {
        this.#writer.write(REPLACEMENT);
        i += 2;
      } else if (ESCAPES[byte] !== 0) {
        this.#escape(byte);
        i++;
      } else {
        const next = i + utf8Length(codePoint);
        this.#writer.write(bytes.subarray(i, next));
        i = next;
      }
    }
  }

  #escape(byte: number): void {
    this.#writer.byte(0x5c);
    this.#writer.byte(ESCAPES[byte] as number);
  }
}
