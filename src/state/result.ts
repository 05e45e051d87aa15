// A Result (sheet 03 §8; tag dd): what a transaction, a query or a request over the network gave.
// It is no part of the State.

import type { Slot, Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import type { Printable, PrintSink } from "../data/printable.ts";
import { SlotRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";

export const RESULT_TAG = 0xdd;
export const RESULT_FIELDS = 5;

const FIELD_NAMES = ["id", "result", "error", "log", "info"].map(Keyword.of);

const ID = 0;
const RESULT = 1;
const ERROR = 2;
const LOG = 3;
const INFO = 4;

/** Fields of a Result; those left out are nil. */
export interface ResultFields {
  readonly id?: Value;
  /** The value, or what goes with the error code. */
  readonly result?: Value;
  /** Error code; nil for a success. */
  readonly error?: Value;
  readonly log?: Vector | null;
  readonly info?: CVMMap | null;
}

export class Result extends SlotRecord implements Printable {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(RESULT_TAG, slots);
  }

  static of(fields: ResultFields): Result {
    const { id = null, result = null, error = null, log = null, info = null } = fields;
    return new Result([id, result, error, log, info]);
  }

  static fromFields(fields: Vector): Result {
    return new Result(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  get id(): Value {
    return this.field(ID);
  }
  get result(): Value {
    return this.field(RESULT);
  }
  get error(): Value {
    return this.field(ERROR);
  }
  /** Vector of log entries (sheet 02 §14). */
  get log(): Vector | null {
    const log = this.field(LOG);
    return log instanceof Vector ? log : null;
  }
  /** Map of juice, fees, memory, source, trace … (sheet 03 §8). */
  get info(): CVMMap | null {
    const info = this.field(INFO);
    return info instanceof CVMMap ? info : null;
  }
  get isError(): boolean {
    return this.error !== null;
  }

  /** The same Result for another receiver. */
  withId(id: Value): Result {
    const slots = this.slots.slice();
    slots[ID] = id;
    return new Result(slots);
  }

  withLog(log: Vector | null): Result {
    const slots = this.slots.slice();
    slots[LOG] = log;
    return new Result(slots);
  }

  withInfo(info: CVMMap | null): Result {
    const slots = this.slots.slice();
    slots[INFO] = info;
    return new Result(slots);
  }

  /** `#Result {…}`: nil fields are left out, except the value. */
  printTo(sink: PrintSink): boolean {
    sink.text("#Result {");
    let isFirst = true;
    for (let i = 0; i < RESULT_FIELDS; i++) {
      const value = this.field(i);
      if (value === null && i !== RESULT) continue;
      if (!isFirst) sink.text(",");
      isFirst = false;
      if (!sink.value(FIELD_NAMES[i] as Keyword)) return false;
      sink.text(" ");
      if (!sink.value(value)) return false;
    }
    return sink.text("}");
  }
}
