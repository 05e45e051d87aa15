// What applying one transaction gave: the next State, what the block has to distribute, and the
// parts of the Result (sheet 03 §8).

import { CODE } from "../cvm/error-code.ts";
import type { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import { hashKey } from "../data/encode.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import type { Readability } from "../data/readable.ts";
import { CVMString } from "../data/string.ts";
import { Vector } from "../data/vector.ts";
import { Result } from "../state/result.ts";
import type { State } from "../state/state.ts";

const KEY = {
  TRACE: Keyword.of("trace"),
  EADDR: Keyword.of("eaddr"),
  MEM: Keyword.of("mem"),
  FEES: Keyword.of("fees"),
  JUICE: Keyword.of("juice"),
  SOURCE: Keyword.of("source"),
};

/**
 * In the order of their hashes, so that the info can be built without sorting: each Result has one.
 */
const KEYS_IN_ORDER = Object.values(KEY).sort((a, b) => (hashKey(a) < hashKey(b) ? -1 : 1));

/** The source of an error: the code that ran, or the machine that ran it. */
export const SOURCE = { CODE: Keyword.of("CODE"), CVM: Keyword.of("CVM") } as const;

/** A failed transaction as its Result shows it. */
export interface TransactionError {
  readonly code: Value;
  readonly message: Value;
  readonly source: Keyword;
  /** Trace and account of a CVM error; null for failures, which have neither. */
  readonly origin: { readonly trace: readonly string[]; readonly address: Value } | null;
}

export interface OutcomeFields {
  readonly state: State;
  readonly error: TransactionError | null;
  /** Value of a success. */
  readonly value: Value;
  readonly log: Vector;
  /** Juice used by execution. */
  readonly juice: number;
  /** Copper that the block distributes for juice, whether or not the account could pay it. */
  readonly fees: Integer;
  /** Copper that the account paid, memory included. */
  readonly paid: Integer;
  /** Bytes the State grew, negative when it shrank; 0 when it was not measured. */
  readonly memoryUsed: Integer;
}

export class TransactionOutcome implements OutcomeFields {
  readonly state: State;
  readonly error: TransactionError | null;
  readonly value: Value;
  readonly log: Vector;
  readonly juice: number;
  readonly fees: Integer;
  readonly paid: Integer;
  readonly memoryUsed: Integer;

  constructor(fields: OutcomeFields) {
    this.state = fields.state;
    this.error = fields.error;
    this.value = fields.value;
    this.log = fields.log;
    this.juice = fields.juice;
    this.fees = fields.fees;
    this.paid = fields.paid;
    this.memoryUsed = fields.memoryUsed;
  }

  /**
   * Of a transaction that changes nothing, and whose account pays nothing.
   * @param fees copper that the block distributes all the same (sheet 02 T7)
   */
  static withoutEffect(state: State, error: TransactionError, fees: Integer): TransactionOutcome {
    return new TransactionOutcome({
      state,
      error,
      value: null,
      log: Vector.EMPTY,
      juice: 0,
      fees,
      paid: 0,
      memoryUsed: 0,
    });
  }

  /** The Result outside of blocks. */
  get result(): Result {
    return this.toResult(null);
  }

  /** The Result under an id: in a block, the index of the transaction. */
  toResult(id: Value): Result {
    const { error, log } = this;
    const info = this.#info();
    if (error === null) return Result.of({ id, result: this.value, log, info });
    return Result.of({ id, result: error.message, error: error.code, log, info });
  }

  /** The Result without value, message and log, when they are too large to be kept. */
  toShortResult(id: Value): Result {
    const code = this.error?.code ?? null;
    // Any value can be a code, and be what is too large.
    const error = code === null || code instanceof Keyword ? code : CODE.EXCEPTION;
    return this.#without(id, "The value is too large to be kept", error);
  }

  /** Whether the Result could be decoded again (T48). */
  isReadable(readability: Readability): boolean {
    const { error, value, log } = this;
    if (!readability.isReadable(value) || !readability.isReadable(log)) return false;
    if (error === null) return true;
    return readability.isReadable(error.code) && readability.isReadable(error.message);
  }

  /** The Result without value, message and log, when they could never be decoded again. */
  toReadableResult(id: Value, readability: Readability): Result {
    const code = this.error?.code ?? null;
    const error = readability.isReadable(code) ? code : CODE.EXCEPTION;
    return this.#without(id, "The value could never be read again", error);
  }

  #without(id: Value, reason: string, error: Value): Result {
    return Result.of({ id, result: CVMString.of(reason), error });
  }

  #info(): CVMMap {
    const slots: Value[] = [];
    for (const key of KEYS_IN_ORDER) {
      const value = this.#infoOf(key);
      if (value !== undefined) slots.push(key, value);
    }
    return CVMMap.ofOrdered(slots);
  }

  /** Value of a key in the info; undefined when it has no such entry. */
  #infoOf(key: Keyword): Value | undefined {
    if (key === KEY.MEM) return positive(this.memoryUsed);
    if (key === KEY.FEES) return positive(this.paid);
    if (key === KEY.JUICE) return positive(this.juice);
    const { error } = this;
    if (key === KEY.SOURCE) return error?.source;
    const origin = error?.origin ?? null;
    if (origin === null) return undefined;
    if (key === KEY.EADDR) return origin.address;
    return Vector.from(origin.trace.map((line) => CVMString.of(line)));
  }
}

function positive(n: Integer): Integer | undefined {
  return n > 0 ? n : undefined;
}

/**
 * An error found by the machine.
 * @param address account of a CVM error, whose trace is empty; null for a failure
 */
export function machineError(
  code: Keyword,
  message: string,
  address: Address | null = null,
): TransactionError {
  const origin = address === null ? null : { trace: [], address };
  return { code, message: CVMString.of(message), source: SOURCE.CVM, origin };
}
