// hot: see test/bench. The record of one account (sheet 03 §3; tag d8). Nine fields, always all of
// them; what is absent is nil. The numbers are checked when the record is read, the rest when used.
// A change of a number is the commonest thing a peer does: it costs two allocations, and length
// and memory size are carried over instead of being measured again.

import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Integer, Slot, Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { integerEncodedLength } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { DataRecord } from "../data/record.ts";
import type { CVMSymbol } from "../data/symbol.ts";
import type { Vector } from "../data/vector.ts";
import { ownMemory } from "./carry-size.ts";
import { longField } from "./record-reader.ts";

export const ACCOUNT_STATUS_TAG = 0xd8;
export const ACCOUNT_STATUS_FIELDS = 9;

const FIELD_NAMES = [
  "sequence",
  "key",
  "balance",
  "allowance",
  "holdings",
  "controller",
  "environment",
  "metadata",
  "parent",
].map(Keyword.of);

const SEQUENCE = 0;
const KEY = 1;
const BALANCE = 2;
const ALLOWANCE = 3;
const HOLDINGS = 4;
const CONTROLLER = 5;
const ENVIRONMENT = 6;
const METADATA = 7;
const PARENT = 8;

/** Fields to set; those left out keep their value. */
export interface AccountFields {
  readonly sequence?: Integer;
  readonly key?: Blob | null;
  readonly balance?: Integer;
  readonly allowance?: Integer;
  readonly holdings?: Index | null;
  readonly controller?: Value;
  readonly environment?: CVMMap | null;
  readonly metadata?: CVMMap | null;
  readonly parent?: Address | null;
}

export class AccountStatus extends DataRecord {
  /** A new account: an actor without coins. */
  static readonly EMPTY = new AccountStatus([0, null, 0, 0, null, null, null, null, null]);

  /** The fields, as `of` and `fromFields` check them. */
  constructor(slots: Slot[]) {
    super(ACCOUNT_STATUS_TAG, slots);
  }

  /** A new account with some fields set. */
  static of(fields: AccountFields): AccountStatus {
    return AccountStatus.EMPTY.with(fields);
  }

  /** Null when the nine fields are not those of an account. */
  static fromFields(fields: Vector): AccountStatus | null {
    for (const i of [SEQUENCE, BALANCE, ALLOWANCE]) {
      if (longField(fields, i) === null) return null;
    }
    return new AccountStatus(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }

  /** Number of transactions executed. */
  get sequence(): Integer {
    return this.slots[SEQUENCE] as Integer;
  }
  /** Public key, null for an actor. */
  get key(): Blob | null {
    const key = this.field(KEY);
    return key instanceof Blob ? key : null;
  }
  /** Copper. */
  get balance(): Integer {
    return this.slots[BALANCE] as Integer;
  }
  /** Bytes of memory that may be used without buying. */
  get allowance(): Integer {
    return this.slots[ALLOWANCE] as Integer;
  }
  /** Values that other accounts attached, by their Address; never empty. */
  get holdings(): Index | null {
    const holdings = this.field(HOLDINGS);
    return holdings instanceof Index ? holdings : null;
  }
  /** Address or [Address scope], or nil. */
  get controller(): Value {
    return this.field(CONTROLLER);
  }
  /** Values by symbol; never nil again once it was something (sheet 02 T14). */
  get environment(): CVMMap | null {
    const environment = this.field(ENVIRONMENT);
    return environment instanceof CVMMap ? environment : null;
  }
  /** Metadata map by symbol, for those symbols that have some. */
  get metadata(): CVMMap | null {
    const metadata = this.field(METADATA);
    return metadata instanceof CVMMap ? metadata : null;
  }
  /** Account whose environment is searched next. */
  get parent(): Address | null {
    const parent = this.field(PARENT);
    return parent instanceof Address ? parent : null;
  }

  /** An account without a key; transactions of its own are refused. */
  get isActor(): boolean {
    return this.field(KEY) === null;
  }

  /** Value of a symbol in the account's own environment; undefined when it has none. */
  definition(symbol: CVMSymbol): Value | undefined {
    return this.environment?.get(symbol);
  }

  /** Metadata of a symbol in this account; undefined when there is no entry. */
  metadataOf(symbol: CVMSymbol): Value | undefined {
    return this.metadata?.get(symbol);
  }

  /** What the account at that address attached to this one, or nil. */
  holding(address: Address): Value {
    return this.holdings?.get(address) ?? null;
  }

  with(fields: AccountFields): AccountStatus {
    const slots = this.slots.slice();
    if (fields.sequence !== undefined) slots[SEQUENCE] = fields.sequence;
    if (fields.key !== undefined) slots[KEY] = fields.key;
    if (fields.balance !== undefined) slots[BALANCE] = fields.balance;
    if (fields.allowance !== undefined) slots[ALLOWANCE] = fields.allowance;
    if (fields.holdings !== undefined) slots[HOLDINGS] = orNull(fields.holdings);
    if (fields.controller !== undefined) slots[CONTROLLER] = fields.controller;
    if (fields.environment !== undefined) slots[ENVIRONMENT] = fields.environment;
    if (fields.metadata !== undefined) slots[METADATA] = fields.metadata;
    if (fields.parent !== undefined) slots[PARENT] = fields.parent;
    return new AccountStatus(slots);
  }

  withBalance(balance: Integer): AccountStatus {
    const slots = this.slots.slice();
    const change = integerEncodedLength(balance) - integerEncodedLength(this.balance);
    slots[BALANCE] = balance;
    return this.#grown(new AccountStatus(slots), change);
  }

  /** Balance and sequence after a transaction, in one step. */
  withBalanceAndSequence(balance: Integer, sequence: Integer): AccountStatus {
    const slots = this.slots.slice();
    const change =
      integerEncodedLength(balance) -
      integerEncodedLength(this.balance) +
      integerEncodedLength(sequence) -
      integerEncodedLength(this.sequence);
    slots[BALANCE] = balance;
    slots[SEQUENCE] = sequence;
    return this.#grown(new AccountStatus(slots), change);
  }

  withSequence(sequence: Integer): AccountStatus {
    return this.with({ sequence });
  }
  withAllowance(allowance: Integer): AccountStatus {
    return this.with({ allowance });
  }
  withKey(key: Blob | null): AccountStatus {
    return this.with({ key });
  }
  withController(controller: Value): AccountStatus {
    return this.with({ controller });
  }
  withParent(parent: Address | null): AccountStatus {
    return this.with({ parent });
  }
  withEnvironment(environment: CVMMap | null): AccountStatus {
    return this.with({ environment });
  }
  withMetadata(metadata: CVMMap | null): AccountStatus {
    return this.with({ metadata });
  }
  withHoldings(holdings: Index | null): AccountStatus {
    return this.with({ holdings });
  }

  /** Attaches a value for the account at that address; nil removes. */
  withHolding(address: Address, value: Value): AccountStatus {
    const holdings = this.holdings ?? Index.EMPTY;
    if (value === null) {
      const fewer = holdings.dissoc(address);
      return fewer === holdings ? this : this.with({ holdings: fewer });
    }
    return this.with({ holdings: holdings.assoc(address, value) });
  }

  /** Gives `next`, whose encoding is `change` bytes longer than this one, what is known of this. */
  #grown(next: AccountStatus, change: number): AccountStatus {
    const { lengthCache, memoryCache } = this;
    if (lengthCache === 0) return next;
    next.lengthCache = lengthCache + change;
    if (memoryCache >= 0 && memoryCache <= Number.MAX_SAFE_INTEGER) {
      next.memoryCache = memoryCache - ownMemory(lengthCache) + ownMemory(next.lengthCache);
    }
    return next;
  }
}

/** Holdings become nil when the last one goes. */
function orNull(holdings: Index | null): Index | null {
  return holdings === null || holdings.count === 0 ? null : holdings;
}
