// The Address of an account (sheet 01 §4): a count 0 … 2^63-1.

import { type Integer, LeafCell } from "./cell.ts";
import { LONG_MAX } from "./integer.ts";
import { TAG } from "./tag.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Addresses below this are shared, with their hashes. */
const SHARED = 1024;

export class Address extends LeafCell {
  readonly value: Integer;

  private constructor(value: Integer) {
    super();
    this.value = value;
  }

  static readonly #low = Array.from({ length: SHARED }, (_, i) => new Address(i));

  /** @throws RangeError unless 0 ≤ value < 2^63 */
  static of(value: Integer): Address {
    const address = Address.fromInteger(value);
    if (address === null) throw new RangeError(`address ${value}`);
    return address;
  }

  /** As `of`, null where that throws. */
  static fromInteger(value: Integer): Address | null {
    if (value < 0 || value > LONG_MAX) return null;
    if (value < SHARED) return Address.#low[value as number] as Address;
    return new Address(value);
  }

  override get tag(): number {
    return TAG.ADDRESS;
  }
  override measure(): number {
    return 1 + vlqLength(this.value);
  }
  override writeTo(w: Writer): void {
    w.byte(TAG.ADDRESS);
    w.vlq(this.value);
  }
}
