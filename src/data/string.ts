// Strings (sheet 01 §5): any bytes, meant as UTF-8. A long one has the tree of the blob of the
// same bytes; only the tag of the root differs.

import { Blob } from "./blob.ts";
import { Cell, type Slot, type Value } from "./cell.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export class CVMString extends Cell {
  static readonly EMPTY = CVMString.fromBytes(new Uint8Array(0));

  readonly blob: Blob;

  constructor(blob: Blob) {
    super();
    this.blob = blob;
  }

  /** The UTF-8 of a text; a lone surrogate becomes U+FFFD. */
  static of(text: string): CVMString {
    return CVMString.fromBytes(new TextEncoder().encode(text));
  }

  /** The bytes are the string's from now on. */
  static fromBytes(bytes: Uint8Array): CVMString {
    return new CVMString(Blob.of(bytes));
  }

  /** Number of bytes; rounded above 2^53-1, see `blob.countInteger`. */
  get count(): number {
    return this.blob.count;
  }

  override get tag(): number {
    return TAG.STRING;
  }
  override get slotCount(): number {
    return this.blob.slotCount;
  }
  override slotAt(index: number): Slot {
    return this.blob.slotAt(index);
  }
  override fillSlot(index: number, value: Value): void {
    this.blob.fillSlot(index, value);
  }
  override measure(): number {
    return 1 + this.blob.bodyLength();
  }
  override writeTo(w: Writer): void {
    w.byte(TAG.STRING);
    this.blob.writeBody(w);
  }

  /** The bytes; not to be changed. @throws as Blob.toBytes */
  toBytes(): Uint8Array {
    return this.blob.toBytes();
  }

  /** The text, with U+FFFD for what is not UTF-8. @throws as Blob.toBytes */
  override toString(): string {
    return decoder.decode(this.toBytes());
  }
}
