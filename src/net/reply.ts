// The reply to a request: a Result, decoded when it is looked at. The reply to a data request is
// read as bytes instead, since its cells are parts whose own parts are elsewhere.

import { sha3Key } from "../crypto/sha3.ts";
import type { DecodeTable } from "../data/byte-reader.ts";
import {
  type Cell,
  type CellSource,
  MissingDataError,
  Ref,
  type Slot,
  type Value,
} from "../data/cell.ts";
import { CAD3_TABLE, decode } from "../data/decode.ts";
import { encoding, slotHashKey } from "../data/encode.ts";
import { BadFormatError } from "../data/errors.ts";
import { Keyword } from "../data/keyword.ts";
import { branchEncodings, decodeMultiCell, topCellLength } from "../data/multi-cell.ts";
import { DataRecord, DenseRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { CHUNK_SIZE } from "../data/vector-shape.ts";
import { leafSlots } from "../data/vector-tree.ts";
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
   * to what was asked for count, so that a liar can withhold, but not deceive. Cells are not read
   * but for those that the vector of them consists of: whoever is asked can put what it likes
   * behind them, and 2 MB of small ones take 300 ms.
   * @throws BadFormatError, BadStructureError when the payload is no message
   */
  dataCells(asked: readonly string[]): Map<string, Uint8Array> {
    const wanted = new Set(asked);
    const found = new Map<string, Uint8Array>();
    const parts = new UnreadCells();
    const top = parts.take(this.payload);
    if (!(top instanceof DenseRecord)) throw new BadFormatError("a reply that is no Result");
    const cells = resultField(top, RESULT_FIELD.VALUE);
    if (!(cells instanceof Vector)) return found;
    const count = Math.min(cells.count, asked.length);
    for (let i = 0; i < count; i++) {
      const slot = presentAt(cells, i);
      if (slot === null) continue;
      const hash = slotHashKey(slot);
      if (!wanted.has(hash)) continue;
      const bytes = slot instanceof Ref ? parts.encodingOf(hash) : encoding(slot);
      if (bytes !== null) found.set(hash, bytes);
    }
    return found;
  }
}

/** The cells of a message by hash key, each read when it is needed. */
class UnreadCells implements CellSource {
  readonly #encodings = new Map<string, Uint8Array>();

  /** The top cell. As plain cells: records would look at parts that are not in the reply. */
  take(message: Uint8Array): Value {
    const length = topCellLength(message, CAD3_TABLE);
    for (const bytes of branchEncodings(message, length)) {
      this.#encodings.set(sha3Key(bytes), bytes);
    }
    return decode(message.slice(0, length), CAD3_TABLE, this);
  }

  encodingOf(key: string): Uint8Array | null {
    return this.#encodings.get(key) ?? null;
  }

  cell(key: string): Cell | bigint | null {
    const bytes = this.encodingOf(key);
    return bytes === null ? null : (decode(bytes, CAD3_TABLE, this) as Cell | bigint);
  }

  memorySize(): number {
    return -1;
  }
}

/** Null also for an element that the sender left out because the message grew too long. */
function presentAt(cells: Vector, index: number): Slot {
  try {
    return leafSlots(cells, index)[index % CHUNK_SIZE] ?? null;
  } catch (error) {
    if (error instanceof MissingDataError) return null;
    throw error;
  }
}
