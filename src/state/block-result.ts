// A BlockResult (sheet 03 §9.1; tag de): the State after a block and the Result of each of its
// transactions. Kept by each peer for itself.

import type { Slot, Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { expectUnhashed } from "../data/noted-hash.ts";
import { SlotRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { HostError } from "./host-error.ts";
import { Result } from "./result.ts";
import { State } from "./state.ts";

export const BLOCK_RESULT_TAG = 0xde;
export const BLOCK_RESULT_FIELDS = 2;

const FIELD_NAMES = ["state", "results"].map(Keyword.of);

export class BlockResult extends SlotRecord {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(BLOCK_RESULT_TAG, slots);
  }

  /** @param results a Result for each transaction; null for what was no block at all */
  static of(state: State, results: Vector | null): BlockResult {
    return new BlockResult([state, results]);
  }

  static fromFields(fields: Vector): BlockResult {
    expectUnhashed();
    return new BlockResult(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  /**
   * Nil (T41): the reference finds no field by name in a decoded BlockResult, and code sees no
   * others.
   */
  override namedField(): Value {
    return null;
  }
  /** The reference compares what it has found in them before: in those of code nothing (T50). */
  override get isEqualUnhashed(): boolean {
    return true;
  }
  /** @throws HostError when a decoded BlockResult has no State */
  get state(): State {
    const state = this.field(0);
    if (state instanceof State) return state;
    throw new HostError("BlockResult without State");
  }
  get results(): Vector | null {
    const results = this.field(1);
    return results instanceof Vector ? results : null;
  }
  /** Result of transaction i; null when there is none. */
  result(i: number): Result | null {
    const { results } = this;
    if (results === null || i >= results.count) return null;
    const result = results.get(i);
    return result instanceof Result ? result : null;
  }
}
