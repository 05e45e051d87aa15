// A form with metadata (sheet 01 §9). The metadata map is written inline, however long it is, and
// as nil when it is empty. So its children, and not the map, are children of this cell.

import { Cell, resolveSlot, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import type { CVMMap } from "./map.ts";
import { TAG } from "./tag.ts";
import type { Writer } from "./writer.ts";

export class Syntax extends Cell {
  #datum: Slot;
  readonly meta: CVMMap;

  private constructor(datum: Slot, meta: CVMMap) {
    super();
    this.#datum = datum;
    this.meta = meta;
  }

  /** The datum may be Syntax itself; it is not unwrapped. */
  static of(datum: Slot, meta: CVMMap): Syntax {
    return new Syntax(datum, meta);
  }

  get datum(): Value {
    return resolveSlot(this, 0);
  }

  override get tag(): number {
    return TAG.SYNTAX;
  }
  override get slotCount(): number {
    return 1 + this.meta.slotCount;
  }
  override slotAt(index: number): Slot {
    return index === 0 ? this.#datum : this.meta.slotAt(index - 1);
  }
  override fillSlot(index: number, value: Value): void {
    if (index === 0) this.#datum = value;
    else this.meta.fillSlot(index - 1, value);
  }

  override measure(): number {
    const metaLength = this.meta.count === 0 ? 1 : this.meta.lengthCache || this.meta.measure();
    return 1 + slotLength(this.#datum) + metaLength;
  }

  override writeTo(w: Writer): void {
    w.byte(TAG.SYNTAX);
    writeSlot(w, this.#datum);
    if (this.meta.count === 0) w.byte(TAG.NIL);
    else if (this.meta.encodingCache !== null) w.write(this.meta.encodingCache);
    else this.meta.writeTo(w);
  }
}
