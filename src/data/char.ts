// A character (sheet 01 §4): one code point, in as few bytes as it needs; not UTF-8.

import { LeafCell } from "./cell.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

export const MAX_CODE_POINT = 0x10ffff;
const SHARED = 0x80;

export class CVMChar extends LeafCell {
  /** 0 … 0x10FFFF, surrogates included. */
  readonly codePoint: number;

  private constructor(codePoint: number) {
    super();
    this.codePoint = codePoint;
  }

  static readonly #ascii = Array.from({ length: SHARED }, (_, i) => new CVMChar(i));

  /** @throws RangeError unless it is an integer 0 … 0x10FFFF */
  static of(codePoint: number): CVMChar {
    if (!Number.isInteger(codePoint) || codePoint < 0 || codePoint > MAX_CODE_POINT) {
      throw new RangeError(`code point ${codePoint}`);
    }
    return CVMChar.#ascii[codePoint] ?? new CVMChar(codePoint);
  }

  /** Bytes of the code point, 1 … 3. */
  get byteLength(): number {
    return this.codePoint <= 0xff ? 1 : this.codePoint <= 0xffff ? 2 : 3;
  }

  override get tag(): number {
    return TAG.CHAR_BASE + this.byteLength - 1;
  }
  override measure(): number {
    return 1 + this.byteLength;
  }
  override writeTo(w: Writer): void {
    w.byte(this.tag);
    for (let shift = 8 * (this.byteLength - 1); shift >= 0; shift -= 8) {
      w.byte((this.codePoint >> shift) & 0xff);
    }
  }
}
