// Cells of CAD3 categories whose meaning no layer knows (sheet 01 §3, §11): coded values `c0`–`cf`,
// extension values `e0`–`ef`, byte flags `b2`–`bf`. They keep their bytes and hash.

import { Cell, type Integer, LeafCell, resolveSlot, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { TAG } from "./tag.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** A tag and two children. */
export class CodedValue extends Cell {
  #code: Slot;
  #value: Slot;
  readonly #tag: number;

  /** `tag` is one of `c0`–`cf`. */
  constructor(tag: number, code: Slot, value: Slot) {
    super();
    this.#tag = tag;
    this.#code = code;
    this.#value = value;
  }

  get code(): Value {
    return resolveSlot(this, 0);
  }
  get value(): Value {
    return resolveSlot(this, 1);
  }

  override get tag(): number {
    return this.#tag;
  }
  override get slotCount(): number {
    return 2;
  }
  override slotAt(index: number): Slot {
    return index === 0 ? this.#code : this.#value;
  }
  override fillSlot(index: number, value: Value): void {
    if (index === 0) this.#code = value;
    else this.#value = value;
  }
  override measure(): number {
    return 1 + slotLength(this.#code) + slotLength(this.#value);
  }
  override writeTo(w: Writer): void {
    w.byte(this.#tag);
    writeSlot(w, this.#code);
    writeSlot(w, this.#value);
  }
}

/** A tag and a count 0 … 2^63-1. */
export class ExtensionValue extends LeafCell {
  readonly value: Integer;
  readonly #tag: number;

  /** `tag` is one of `e0`–`ef`. */
  constructor(tag: number, value: Integer) {
    super();
    this.#tag = tag;
    this.value = value;
  }

  override get tag(): number {
    return this.#tag;
  }
  override measure(): number {
    return 1 + vlqLength(this.value);
  }
  override writeTo(w: Writer): void {
    w.byte(this.#tag);
    w.vlq(this.value);
  }
}

/** A tag alone, `b2`–`bf`; there is one object for each. */
export class ByteFlag extends LeafCell {
  readonly #tag: number;

  private constructor(tag: number) {
    super();
    this.#tag = tag;
  }

  static readonly #flags = Array.from(
    { length: 16 },
    (_, i) => new ByteFlag(TAG.BYTE_FLAG_BASE + i),
  );

  /** @throws RangeError unless tag is one of `b2`–`bf` */
  static of(tag: number): ByteFlag {
    const flag = tag > TAG.TRUE ? ByteFlag.#flags[tag - TAG.BYTE_FLAG_BASE] : undefined;
    if (flag === undefined) throw new RangeError(`byte flag 0x${tag.toString(16)}`);
    return flag;
  }

  override get tag(): number {
    return this.#tag;
  }
  override measure(): number {
    return 1;
  }
  override writeTo(w: Writer): void {
    w.byte(this.#tag);
  }
}
