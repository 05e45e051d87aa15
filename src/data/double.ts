// A Double (sheet 01 §4): 64 bits IEEE 754. Each bit pattern is a value of its own. The CVM
// computes only one NaN, the canonical one; others can be decoded, and last until something
// computes with them.

import { LeafCell } from "./cell.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

const CANONICAL_NAN = 0x7ff8000000000000n;
const view = new DataView(new ArrayBuffer(8));

export class CVMDouble extends LeafCell {
  static readonly NAN = new CVMDouble(Number.NaN, CANONICAL_NAN);

  readonly value: number;
  /** The bits of a NaN, since a JS engine need not keep them; null for every other number. */
  readonly #nanBits: bigint | null;

  private constructor(value: number, nanBits: bigint | null) {
    super();
    this.value = value;
    this.#nanBits = nanBits;
  }

  /** Any NaN gives the canonical one. */
  static of(value: number): CVMDouble {
    return Number.isNaN(value) ? CVMDouble.NAN : new CVMDouble(value, null);
  }

  /** The Double of 64 bits, given unsigned; a NaN keeps its payload. */
  static fromBits(bits: bigint): CVMDouble {
    view.setBigUint64(0, bits);
    const value = view.getFloat64(0);
    if (!Number.isNaN(value)) return new CVMDouble(value, null);
    return bits === CANONICAL_NAN ? CVMDouble.NAN : new CVMDouble(Number.NaN, bits);
  }

  /** Whether this is a NaN other than the one that the CVM makes. */
  get isOddNaN(): boolean {
    return this.#nanBits !== null && this.#nanBits !== CANONICAL_NAN;
  }

  override get tag(): number {
    return TAG.DOUBLE;
  }
  override measure(): number {
    return 9;
  }
  override writeTo(w: Writer): void {
    w.byte(TAG.DOUBLE);
    if (this.#nanBits === null) view.setFloat64(0, this.value);
    else view.setBigUint64(0, this.#nanBits);
    for (let i = 0; i < 8; i++) w.byte(view.getUint8(i));
  }
}
