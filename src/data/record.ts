// Records as cells (sheet 01 §10): a tag `d0`–`df`, and the body of the vector of their fields.
// DataRecord is the base of the records that the layers above know, SlotRecord the usual way to
// hold their fields. DenseRecord is a record that no layer knows; it keeps its bytes and hash.

import { Cell, resolveAt, resolveSlot, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { Keyword } from "./keyword.ts";
import { SignedData } from "./signed.ts";
import type { Vector } from "./vector.ts";
import { vlqLength, type Writer } from "./writer.ts";

/** Most fields whose vector is one leaf; no known record has more. */
const LEAF_FIELDS = 16;

/** A value whose parts are found by keyword. */
export interface RecordFields {
  readonly fieldNames: readonly Keyword[];
  field(i: number): Value;
  namedField(i: number): Value;
}

/** A record that a layer above knows; how it holds its fields is its own affair. */
export abstract class DataRecord extends Cell implements RecordFields {
  abstract get fieldNames(): readonly Keyword[];

  get fieldCount(): number {
    return this.slotCount;
  }

  /** Value of field i, loaded when it was a Ref. */
  field(i: number): Value {
    return resolveSlot(this, i);
  }

  /**
   * What code finds under the name of field i. For a field of the wrong type in a hand-made record
   * the reference gives nil or throws, depending on the field (T41): subclasses say which.
   */
  namedField(i: number): Value {
    return this.field(i);
  }

  /** Value of the field that a keyword names, undefined when k names none. */
  fieldByKey(k: Value): Value | undefined {
    return fieldByKey(this, k);
  }

  override measure(): number {
    const { slotCount } = this;
    let length = 1 + vlqLength(slotCount);
    for (let i = 0; i < slotCount; i++) length += slotLength(this.slotAt(i));
    return length;
  }

  override writeTo(w: Writer): void {
    const { slotCount } = this;
    w.byte(this.tag);
    w.vlq(slotCount);
    for (let i = 0; i < slotCount; i++) writeSlot(w, this.slotAt(i));
  }
}

/** A record that holds its fields in an array. */
export abstract class SlotRecord extends DataRecord {
  protected readonly slots: Slot[];
  readonly #tag: number;

  /** `slots` has one entry for each field name, and belongs to the record from now on. */
  constructor(tag: number, slots: Slot[]) {
    super();
    if (slots.length > LEAF_FIELDS) throw new RangeError(`a record of ${slots.length} fields`);
    this.#tag = tag;
    this.slots = slots;
  }

  override field(i: number): Value {
    return resolveAt(this.slots, i);
  }

  override get tag(): number {
    return this.#tag;
  }
  override get slotCount(): number {
    return this.slots.length;
  }
  override slotAt(index: number): Slot {
    return this.slots[index] as Slot;
  }
  override fillSlot(index: number, value: Value): void {
    this.slots[index] = value;
  }

  override measure(): number {
    let length = 1 + vlqLength(this.slots.length);
    for (const slot of this.slots) length += slotLength(slot);
    return length;
  }

  override writeTo(w: Writer): void {
    w.byte(this.#tag);
    w.vlq(this.slots.length);
    for (const slot of this.slots) writeSlot(w, slot);
  }
}

/** A record that no layer knows; not a CVM value. */
export class DenseRecord extends Cell {
  readonly fields: Vector;
  readonly #tag: number;

  /** `tag` is one of `d0`–`df`. */
  constructor(tag: number, fields: Vector) {
    super();
    this.#tag = tag;
    this.fields = fields;
  }

  override get tag(): number {
    return this.#tag;
  }
  override get slotCount(): number {
    return this.fields.slotCount;
  }
  override slotAt(index: number): Slot {
    return this.fields.slotAt(index);
  }
  override fillSlot(index: number, value: Value): void {
    this.fields.fillSlot(index, value);
  }
  override measure(): number {
    return this.fields.lengthCache || this.fields.measure();
  }
  override writeTo(w: Writer): void {
    const start = w.pos;
    this.fields.writeTo(w);
    w.bytes[start] = this.#tag;
  }
}

/** Value of the field that a keyword names, undefined when k names none. */
export function fieldByKey(record: RecordFields, k: Value): Value | undefined {
  const i = fieldIndex(record, k);
  return i < 0 ? undefined : record.namedField(i);
}

/** Which field k names, -1 when it names none. */
export function fieldIndex(record: RecordFields, k: Value): number {
  if (!(k instanceof Keyword)) return -1;
  return record.fieldNames.findIndex((name) => name === k || name.name === k.name);
}

/** Whether v has fields that keywords name. */
export function isRecord(v: Value): v is DataRecord | SignedData {
  return v instanceof DataRecord || v instanceof SignedData;
}
