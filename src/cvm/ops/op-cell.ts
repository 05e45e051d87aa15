// The three shapes of op cells (sheet 02 §3): a coded value of two children, a record of ops, or an
// extension value, which is a number.

import { type Integer, Ref, resolveSlot, type Slot, type Value } from "../../data/cell.ts";
import { slotLength, writeSlot } from "../../data/encode.ts";
import type { PrintSink } from "../../data/printable.ts";
import type { Vector } from "../../data/vector.ts";
import { vlqLength, type Writer } from "../../data/writer.ts";
import { Op } from "./op.ts";

/** Tags of ops, functions and core definitions. */
export const OP_TAG = {
  CODED: 0xc0,
  LOOKUP: 0xc1,
  LET: 0xc2,
  LOOP: 0xc3,
  DEF: 0xcd,
  DO: 0xda,
  INVOKE: 0xdb,
  COND: 0xdc,
  FUNCTION: 0xdf,
  SPECIAL: 0xe5,
  LOCAL: 0xe6,
  CORE: 0xed,
} as const;

/** First child of a coded op `c0`; a Constant has `false`, whose encoding is b0. */
export const OP_CODE = { TRY: 0xba, QUERY: 0xbb, LAMBDA: 0xbf } as const;

/** An op of a tag and two children. */
export abstract class PairOp extends Op {
  #first: Slot;
  #second: Slot;
  readonly #tag: number;

  constructor(tag: number, first: Slot, second: Slot) {
    super();
    this.#tag = tag;
    this.#first = first;
    this.#second = second;
  }

  protected get first(): Value {
    const first = this.#first;
    return first instanceof Ref ? resolveSlot(this, 0) : first;
  }
  protected get second(): Value {
    const second = this.#second;
    return second instanceof Ref ? resolveSlot(this, 1) : second;
  }

  override get tag(): number {
    return this.#tag;
  }
  override get slotCount(): number {
    return 2;
  }
  override slotAt(index: number): Slot {
    return index === 0 ? this.#first : this.#second;
  }
  override fillSlot(index: number, value: Value): void {
    if (index === 0) this.#first = value;
    else this.#second = value;
  }
  override measure(): number {
    return 1 + slotLength(this.#first) + slotLength(this.#second);
  }
  override writeTo(w: Writer): void {
    w.byte(this.#tag);
    writeSlot(w, this.#first);
    writeSlot(w, this.#second);
  }
}

/** An op of a record tag and ops. */
export abstract class VectorOp extends Op {
  readonly ops: Vector;
  readonly #tag: number;

  constructor(tag: number, ops: Vector) {
    super();
    this.#tag = tag;
    this.ops = ops;
  }

  override get tag(): number {
    return this.#tag;
  }
  override get slotCount(): number {
    return this.ops.slotCount;
  }
  override slotAt(index: number): Slot {
    return this.ops.slotAt(index);
  }
  override fillSlot(index: number, value: Value): void {
    this.ops.fillSlot(index, value);
  }
  override measure(): number {
    return 1 + this.ops.bodyLength();
  }
  override writeTo(w: Writer): void {
    w.byte(this.#tag);
    this.ops.writeBody(w);
  }
}

/** An op of an extension tag and a number; it has no children. */
export abstract class ExtensionOp extends Op {
  /** The number, 0 … 2^63-1. */
  protected abstract get operand(): Integer;

  override get isSimple(): boolean {
    return true;
  }
  override get slotCount(): number {
    return 0;
  }
  override slotAt(index: number): Slot {
    throw new RangeError(`an op without children has no slot ${index}`);
  }
  override fillSlot(index: number): void {
    throw new RangeError(`an op without children has no slot ${index}`);
  }
  override measure(): number {
    return 1 + vlqLength(this.operand);
  }
  override writeTo(w: Writer): void {
    w.byte(this.tag);
    w.vlq(this.operand);
  }
}

/** Prints `(name a b …)`; an empty name prints `(a b …)`. */
export function printForm(
  sink: PrintSink,
  name: string,
  ops: Iterable<Value>,
  printOne: (sink: PrintSink, op: Value) => boolean = (to, op) => to.value(op),
): boolean {
  if (!sink.text(`(${name}`)) return false;
  let first = name === "";
  for (const op of ops) {
    if (!first && !sink.text(" ")) return false;
    first = false;
    if (!printOne(sink, op)) return false;
  }
  return sink.text(")");
}
