// The four transactions (sheet 03 §6; tags d0–d3). They only hold data here; what they do is in
// transition/transactions. A record with one of these tags that fails the tests of §6.1 stays a
// generic record, which is no transaction.

import { Address } from "../data/address.ts";
import type { Integer, Slot, Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { SlotRecord } from "../data/record.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Vector } from "../data/vector.ts";
import { CALL_READS } from "./call-reads.ts";
import { longField, touchField } from "./record-reader.ts";

export const INVOKE_TAG = 0xd0;
export const TRANSFER_TAG = 0xd1;
export const CALL_TAG = 0xd2;
export const MULTI_TAG = 0xd3;
export const INVOKE_FIELDS = 3;
export const TRANSFER_FIELDS = 4;
export const CALL_FIELDS = 6;
export const MULTI_FIELDS = 4;

/** When a Multi stops, and whether a failure undoes it. */
export const MULTI_MODE = {
  /** Runs all children whatever happens. */
  ANY: 0,
  /** Stops at the first failure and undoes everything. */
  ALL: 1,
  /** Stops at the first success. */
  FIRST: 2,
  /** Stops at the first failure, keeping what was done before. */
  UNTIL: 3,
} as const;

const ORIGIN = 0;
const SEQUENCE = 1;

const INVOKE_NAMES = ["origin", "sequence", "command"].map(Keyword.of);
const TRANSFER_NAMES = ["origin", "sequence", "target", "amount"].map(Keyword.of);
const CALL_NAMES = ["origin", "sequence", "target", "offer", "call", "args"].map(Keyword.of);
const MULTI_NAMES = ["origin", "sequence", "mode", "txs"].map(Keyword.of);

export abstract class Transaction extends SlotRecord {
  /** Account that acts, pays and whose sequence moves. */
  get origin(): Address {
    return this.slots[ORIGIN] as Address;
  }
  /** One more than the account's sequence when the transaction is to be executed. */
  get sequence(): Integer {
    return this.slots[SEQUENCE] as Integer;
  }
}

/** Whether a value is one of the four; a generic record with one of their tags is none. */
export function isTransaction(v: Value): v is Transaction {
  return v instanceof Transaction;
}

/** Whether the first two fields are those of every transaction. */
function hasOrigin(fields: Vector): boolean {
  return fields.get(ORIGIN) instanceof Address && longField(fields, SEQUENCE) !== null;
}

/** Runs a command: an op, or a form to evaluate. */
export class Invoke extends Transaction {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(INVOKE_TAG, slots);
  }

  static of(origin: Address, sequence: Integer, command: Value): Invoke {
    return new Invoke([origin, sequence, command]);
  }

  static fromFields(fields: Vector): Invoke | null {
    return hasOrigin(fields) ? new Invoke(fields.slots) : null;
  }

  override get fieldNames(): readonly Keyword[] {
    return INVOKE_NAMES;
  }
  get command(): Value {
    return this.field(2);
  }
}

/** Moves coins. */
export class Transfer extends Transaction {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(TRANSFER_TAG, slots);
  }

  /** @param amount copper */
  static of(origin: Address, sequence: Integer, target: Address, amount: Integer): Transfer {
    return new Transfer([origin, sequence, target, amount]);
  }

  static fromFields(fields: Vector): Transfer | null {
    if (!hasOrigin(fields)) return null;
    touchField(fields, 2);
    if (longField(fields, 3) === null) return null;
    return new Transfer(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return TRANSFER_NAMES;
  }
  /** Null when the field is no Address, which is not checked before the transaction is applied. */
  get target(): Address | null {
    const target = this.field(2);
    return target instanceof Address ? target : null;
  }
  /** Nil for a field of the wrong type (T41). */
  override namedField(i: number): Value {
    return i === 2 ? this.target : this.field(i);
  }
  /** Copper; any 64-bit integer. */
  get amount(): Integer {
    return this.slots[3] as Integer;
  }
}

/** Calls a function of an actor. */
export class Call extends Transaction {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(CALL_TAG, slots);
  }

  /** @param offer copper */
  static of(
    origin: Address,
    sequence: Integer,
    target: Value,
    offer: Integer,
    symbol: CVMSymbol,
    args: Vector,
  ): Call {
    return new Call([origin, sequence, target, offer, symbol, args]);
  }

  static fromFields(fields: Vector): Call | null {
    if (!hasOrigin(fields)) return null;
    touchField(fields, 2);
    if (longField(fields, 3) === null) return null;
    touchField(fields, 4);
    return new Call(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return CALL_NAMES;
  }
  /** Should be an Address or [Address scope]; unchecked, and so are symbol and arguments. */
  get target(): Value {
    return this.field(2);
  }
  /** Copper; any 64-bit integer. */
  get offer(): Integer {
    return this.slots[3] as Integer;
  }
  get symbol(): Value {
    return this.field(4);
  }
  get args(): Value {
    return this.field(5);
  }
  /** Nil for a field of the wrong type (T41). */
  override namedField(i: number): Value {
    const value = this.field(i);
    if (i === 4) return value instanceof CVMSymbol ? value : null;
    if (i !== 5) return value;
    CALL_READS.current?.add(this);
    return value instanceof Vector ? value : null;
  }
}

/** Several transactions as one. */
export class Multi extends Transaction {
  /** Use `of` or `fromFields`, which check the fields. */
  constructor(slots: Slot[]) {
    super(MULTI_TAG, slots);
  }

  /** @param mode one of MULTI_MODE */
  static of(origin: Address, sequence: Integer, mode: number, txs: Vector): Multi {
    return new Multi([origin, sequence, mode, txs]);
  }

  static fromFields(fields: Vector): Multi | null {
    if (!hasOrigin(fields)) return null;
    const mode = longField(fields, 2);
    if (mode === null || mode < MULTI_MODE.ANY || mode > MULTI_MODE.UNTIL) return null;
    return new Multi(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return MULTI_NAMES;
  }
  get mode(): number {
    return this.slots[2] as number;
  }
  /** The children, unchecked; null when the field is no Vector. */
  get transactions(): Vector | null {
    const txs = this.field(3);
    return txs instanceof Vector ? txs : null;
  }
  /** Nil for a field of the wrong type (T41). */
  override namedField(i: number): Value {
    return i === 3 ? this.transactions : this.field(i);
  }
}
