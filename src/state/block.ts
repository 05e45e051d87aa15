// A Block (sheet 03 §9.1; tag d6): transactions that one peer proposes. Neither its number nor the
// peer is in it; the peer is who signed it.

import type { Integer, Slot, Value } from "../data/cell.ts";
import { BadStructureError } from "../data/errors.ts";
import { Keyword } from "../data/keyword.ts";
import { SlotRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { MAX_TRANSACTIONS_PER_BLOCK } from "./constants.ts";
import { longField } from "./record-reader.ts";

export const BLOCK_TAG = 0xd6;
export const BLOCK_FIELDS = 2;

const FIELD_NAMES = ["timestamp", "transactions"].map(Keyword.of);

export class Block extends SlotRecord {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(BLOCK_TAG, slots);
  }

  /** @param timestamp milliseconds; @param transactions SignedData of transactions */
  static of(timestamp: Integer, transactions: Vector): Block {
    return new Block([timestamp, transactions]);
  }

  static fromFields(fields: Vector): Block | null {
    return longField(fields, 0) === null ? null : new Block(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  /** Milliseconds since 1970, by the clock of the peer. */
  get timestamp(): Integer {
    return this.slots[0] as Integer;
  }
  /** SignedData of transactions, unchecked; null when the field is no Vector. */
  get transactions(): Vector | null {
    const transactions = this.field(1);
    return transactions instanceof Vector ? transactions : null;
  }
  /**
   * The transactions that are really there, at most as many as a block may have. For who looks at a
   * block whose vector may be hand-made and claim more: such a block is applied all the same, as
   * void.
   */
  listed(): Value[] {
    const { transactions } = this;
    const listed: Value[] = [];
    const count = Math.min(transactions?.count ?? 0, MAX_TRANSACTIONS_PER_BLOCK);
    try {
      for (let i = 0; i < count; i++) listed.push((transactions as Vector).get(i));
    } catch (error) {
      if (!(error instanceof BadStructureError)) throw error;
    }
    return listed;
  }
  /** Nil for a field of the wrong type (T41). */
  override namedField(i: number): Value {
    return i === 1 ? this.transactions : this.field(i);
  }
}
