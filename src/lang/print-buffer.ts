// The bytes that printing makes, with the limit that printing keeps (sheet 01 §17). The limit is
// tested after each element and not at each write: what is written whole may pass it, and how far
// it does reaches the state through `str`.

import { isUtf8 } from "node:buffer";
import type { Blob } from "../data/blob.ts";
import { Writer } from "../data/writer.ts";
import { codePointBytes, laxCodePointAt, utf8Length } from "./utf8.ts";

/** Bytes of text above which printing stops unless the caller says otherwise (PRINT_LIMIT). */
export const PRINT_LIMIT = 65536;

/** Longest string that is printed character by character, in bytes; longer ones go as they are. */
const CHARACTERWISE_MAX = 4096;
const QUOTE = 0x22;
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

  /** Whether what is written keeps the limit. */
  get withinLimit(): boolean {
    return this.#writer.pos <= this.limit;
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

  /** Writes `0x` and the digits of as many whole bytes as the limit has room for. */
  blob(blob: Blob): boolean {
    this.ascii("0x");
    return this.hex(blob);
  }

  /**
   * Writes two digits a byte up to the limit, none for half of a byte; false when bytes are left
   * over.
   */
  hex(blob: Blob): boolean {
    const room = this.limit - this.#writer.pos;
    if (room < 0) return false;
    const bytes = blob.bytesOf(0, Math.min(blob.count, Math.floor(room / 2)));
    for (const byte of bytes) {
      this.#writer.byte(HEX_DIGITS[byte >> 4] as number);
      this.#writer.byte(HEX_DIGITS[byte & 15] as number);
    }
    return bytes.length === blob.count;
  }

  /**
   * Writes a string in quotes, or as much of it as the limit has room for without the last quote.
   */
  string(raw: Blob): boolean {
    const room = this.limit - this.#writer.pos;
    const whole = raw.count + 2 <= room;
    if (!whole && room <= 0) return false;
    const bytes = whole ? raw.toBytes() : raw.bytesOf(0, room - 1);
    this.#writer.byte(QUOTE);
    if (bytes.length <= CHARACTERWISE_MAX && !isUtf8(bytes)) this.#escapedCharacters(bytes);
    else this.#escaped(bytes);
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

  /** Malformed bytes become U+FFFD, which takes the place of two bytes. */
  #escapedCharacters(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; ) {
      const codePoint = laxCodePointAt(bytes, i);
      if (codePoint < 0) {
        this.#writer.write(REPLACEMENT);
        i += 2;
      } else {
        if (codePoint < 0x80 && ESCAPES[codePoint] !== 0) this.#escape(codePoint);
        else this.#writer.write(codePointBytes(codePoint));
        i += utf8Length(codePoint);
      }
    }
  }

  #escape(byte: number): void {
    this.#writer.byte(0x5c);
    this.#writer.byte(ESCAPES[byte] as number);
  }
}
