// The reply to a request: a Result, decoded when it is looked at. The reply to a data request is
// read as bytes instead, since its cells are parts whose own parts are elsewhere.

import type { DecodeTable } from "../data/byte-reader.ts";
import { type CellSource, MissingDataError, NO_CELLS, type Value } from "../data/cell.ts";
import { CAD3_TABLE } from "../data/decode.ts";
import { encoding, hashKey } from "../data/encode.ts";
import { BadFormatError } from "../data/errors.ts";
import { Keyword } from "../data/keyword.ts";
import { decodeMultiCell } from "../data/multi-cell.ts";
import { DataRecord, DenseRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { RESULT_FIELD, resultField } from "./message.ts";

/** The getters that look at the Result throw as `result` does. */
export class Reply {
  readonly payload: Uint8Array;
  readonly #table: DecodeTable;
  readonly #source: CellSource;
  #result: DataRecord | DenseRecord | null = null;

  constructor(payload: Uint8Array, table: DecodeTable, source: CellSource) {
    this.payload = payload;
    this.#table = table;
    this.#source = source;
  }

  /**
   * The Result itself.
   * @throws BadFormatError when the payload is none
   * @throws MissingDataError when reading it needs a cell that is not there
   */
  get result(): DataRecord | DenseRecord {
    this.#result ??= this.#decode();
    return this.#result;
  }

  #decode(): DataRecord | DenseRecord {
    const value = decodeMultiCell(this.payload, this.#table, this.#source);
    if (value instanceof DataRecord || value instanceof DenseRecord) return value;
    throw new BadFormatError("a reply that is no Result");
  }

  get value(): Value {
    return resultField(this.result, RESULT_FIELD.VALUE);
  }

  get error(): Value {
    return resultField(this.result, RESULT_FIELD.ERROR);
  }

  /** Name of the error code, null for a success. */
  get errorCode(): string | null {
    const { error } = this;
    if (error === null) return null;
    return error instanceof Keyword ? error.name : "UNKNOWN";
  }

  get info(): Value {
    return resultField(this.result, RESULT_FIELD.INFO);
  }

  /**
   * Encodings of the cells that a reply to a data request brings, by hash key. Only cells that hash
   * to what was asked for count, so that a liar can withhold, but not deceive.
   * @throws BadFormatError when the payload is no message
   */
  dataCells(asked: readonly string[]): Map<string, Uint8Array> {
    const wanted = new Set(asked);
    const found = new Map<string, Uint8Array>();
    // As plain cells: records would look at parts that are not in the reply.
    const top = decodeMultiCell(this.payload, CAD3_TABLE, NO_CELLS);
    if (!(top instanceof DenseRecord)) throw new BadFormatError("a reply that is no Result");
    const cells = resultField(top, RESULT_FIELD.VALUE);
    if (!(cells instanceof Vector)) return found;
    const count = Math.min(cells.count, asked.length);
    for (let i = 0; i < count; i++) {
      const cell = presentAt(cells, i);
      if (cell === null) continue;
      const hash = hashKey(cell);
      if (wanted.has(hash)) found.set(hash, encoding(cell));
    }
    return found;
  }
}

/** Null also for an element that the sender left out because the message grew too long. */
function presentAt(cells: Vector, index: number): Value {
  try {
    return cells.get(index);
  } catch (error) {
    if (error instanceof MissingDataError) return null;
    throw error;
  }
}
