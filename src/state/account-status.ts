// hot: see test/bench. The record of one account (sheet 03 §3; tag d8): nine fields, of which
// absent ones are nil. The numbers are checked when the record is decoded, the others when they are
// used.
//
// Changing a number is the commonest thing that a peer does: it takes one allocation, and length
// and memory size follow from the old ones. The fields are in the object and not in an array beside
// it, since with 10^6 accounts each object on the way is a cache miss or two (a first look at an
// account takes 1.09 µs instead of 1.46; apply-form +20 %). Fields that few accounts have are in an
// object of their own, so that other accounts take 112 bytes instead of 160.

import { PUBLIC_KEY_LENGTH } from "../crypto/ed25519.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import { type Integer, Ref, type Slot, type Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { integerEncodedLength } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { DataRecord } from "../data/record.ts";
import type { CVMSymbol } from "../data/symbol.ts";
import type { Vector } from "../data/vector.ts";
import { ownMemory } from "./carry-size.ts";
import { HostError } from "./host-error.ts";
import { longField, touchField } from "./record-reader.ts";

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

/** The slots of the nine fields, in order. */
type Fields = [Slot, Slot, Slot, Slot, Slot, Slot, Slot, Slot, Slot];

/** Fields to set; those that are left out keep their values. */
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

/** Fields that are nil in the accounts of most users. */
class Extras {
  static readonly NONE = new Extras(null, null, null, null);

  holdings: Slot;
  controller: Slot;
  metadata: Slot;
  parent: Slot;

  private constructor(holdings: Slot, controller: Slot, metadata: Slot, parent: Slot) {
    this.holdings = holdings;
    this.controller = controller;
    this.metadata = metadata;
    this.parent = parent;
  }

  static of(holdings: Slot, controller: Slot, metadata: Slot, parent: Slot): Extras {
    const isNone = holdings === null && controller === null && metadata === null && parent === null;
    return isNone ? Extras.NONE : new Extras(holdings, controller, metadata, parent);
  }

  with(fields: AccountFields): Extras {
    const { holdings, controller, metadata, parent } = fields;
    return Extras.of(
      holdings === undefined ? this.holdings : orNull(holdings),
      controller === undefined ? this.controller : controller,
      metadata === undefined ? this.metadata : metadata,
      parent === undefined ? this.parent : parent,
    );
  }
}

export class AccountStatus extends DataRecord {
  /** The record of a new account: an actor without coins. */
  static readonly EMPTY = new AccountStatus(0, null, 0, 0, null, Extras.NONE);

  /** Number of transactions executed. */
  readonly sequence: Integer;
  /** Copper. */
  readonly balance: Integer;
  /** Bytes of memory allowance. */
  readonly allowance: Integer;
  #key: Slot;
  #environment: Slot;
  readonly #extras: Extras;

  /** Use `of` or `fromFields`, which check the fields. */
  private constructor(
    sequence: Integer,
    key: Slot,
    balance: Integer,
    allowance: Integer,
    environment: Slot,
    extras: Extras,
  ) {
    super();
    this.sequence = sequence;
    this.balance = balance;
    this.allowance = allowance;
    this.#key = key;
    this.#environment = environment;
    this.#extras = extras;
  }

  /** A new account with some fields set. */
  static of(fields: AccountFields): AccountStatus {
    return AccountStatus.EMPTY.with(fields);
  }

  /** The record of nine decoded fields; null when they are not those of an account. */
  static fromFields(fields: Vector): AccountStatus | null {
    const sequence = longField(fields, SEQUENCE);
    if (sequence === null) return null;
    touchField(fields, KEY);
    const balance = longField(fields, BALANCE);
    if (balance === null) return null;
    const allowance = longField(fields, ALLOWANCE);
    if (allowance === null) return null;
    touchField(fields, PARENT);
    const [, key, , , holdings, controller, environment, metadata, parent] = fields.slots as Fields;
    const extras = Extras.of(holdings, controller, metadata, parent);
    return new AccountStatus(sequence, key, balance, allowance, environment, extras);
  }

  override get tag(): number {
    return ACCOUNT_STATUS_TAG;
  }
  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }
  override get slotCount(): number {
    return ACCOUNT_STATUS_FIELDS;
  }
  override slotAt(index: number): Slot {
    if (index === SEQUENCE) return this.sequence;
    if (index === KEY) return this.#key;
    if (index === BALANCE) return this.balance;
    if (index === ALLOWANCE) return this.allowance;
    if (index === ENVIRONMENT) return this.#environment;
    const extras = this.#extras;
    if (index === HOLDINGS) return extras.holdings;
    if (index === CONTROLLER) return extras.controller;
    return index === METADATA ? extras.metadata : extras.parent;
  }
  override fillSlot(index: number, value: Value): void {
    if (index === KEY) this.#key = value;
    else if (index === ENVIRONMENT) this.#environment = value;
    else if (index === HOLDINGS) this.#extras.holdings = value;
    else if (index === CONTROLLER) this.#extras.controller = value;
    else if (index === METADATA) this.#extras.metadata = value;
    else this.#extras.parent = value;
  }

  /** T41. @throws HostError for an environment or metadata of the wrong type */
  override namedField(i: number): Value {
    const value = this.field(i);
    if (i === KEY) return value instanceof Blob && value.count === PUBLIC_KEY_LENGTH ? value : null;
    if (i === PARENT) return value instanceof Address ? value : null;
    const isMap = i === ENVIRONMENT || i === METADATA;
    if (!isMap || value === null || value instanceof CVMMap) return value;
    throw new HostError(`Account without ${FIELD_NAMES[i]?.name}`);
  }

  /** Public key, null for an actor. */
  get key(): Blob | null {
    const key = this.#key instanceof Ref ? this.field(KEY) : this.#key;
    return key instanceof Blob ? key : null;
  }
  /** Values by the Address of another account; null instead of empty. */
  get holdings(): Index | null {
    const { holdings: slot } = this.#extras;
    const holdings = slot instanceof Ref ? this.field(HOLDINGS) : slot;
    return holdings instanceof Index ? holdings : null;
  }
  /** Address or [Address scope], or nil. */
  get controller(): Value {
    const { controller } = this.#extras;
    return controller instanceof Ref ? this.field(CONTROLLER) : controller;
  }
  /** Values by symbol; never null again once it was a map (sheet 02 T14). */
  get environment(): CVMMap | null {
    const map = this.#environment instanceof Ref ? this.field(ENVIRONMENT) : this.#environment;
    return map instanceof CVMMap ? map : null;
  }
  /** Metadata map by symbol, for those symbols that have some. */
  get metadata(): CVMMap | null {
    const { metadata } = this.#extras;
    const map = metadata instanceof Ref ? this.field(METADATA) : metadata;
    return map instanceof CVMMap ? map : null;
  }
  /** Account whose environment is searched next. */
  get parent(): Address | null {
    const { parent: slot } = this.#extras;
    const parent = slot instanceof Ref ? this.field(PARENT) : slot;
    return parent instanceof Address ? parent : null;
  }

  /** Value of a symbol in the account's own environment; undefined when it has none. */
  definition(symbol: CVMSymbol): Value | undefined {
    return this.environment?.get(symbol);
  }

  /** Metadata of a symbol in this account; undefined when there is no entry. */
  metadataOf(symbol: CVMSymbol): Value | undefined {
    return this.metadata?.get(symbol);
  }

  /** The holding for the account at that address, or nil. */
  holding(address: Address): Value {
    return this.holdings?.get(address) ?? null;
  }

  /** This record with some fields changed. */
  with(fields: AccountFields): AccountStatus {
    return new AccountStatus(
      fields.sequence ?? this.sequence,
      fields.key === undefined ? this.#key : fields.key,
      fields.balance ?? this.balance,
      fields.allowance ?? this.allowance,
      fields.environment === undefined ? this.#environment : fields.environment,
      this.#extras.with(fields),
    );
  }

  withBalance(balance: Integer): AccountStatus {
    return this.withBalanceAndSequence(balance, this.sequence);
  }

  /** This record with balance and sequence changed; its sizes follow from the old ones. */
  withBalanceAndSequence(balance: Integer, sequence: Integer): AccountStatus {
    const next = new AccountStatus(
      sequence,
      this.#key,
      balance,
      this.allowance,
      this.#environment,
      this.#extras,
    );
    const { lengthCache, memoryCache } = this;
    if (lengthCache === 0) return next;
    next.lengthCache =
      lengthCache +
      integerEncodedLength(balance) -
      integerEncodedLength(this.balance) +
      integerEncodedLength(sequence) -
      integerEncodedLength(this.sequence);
    if (memoryCache >= 0 && memoryCache <= Number.MAX_SAFE_INTEGER) {
      next.memoryCache = memoryCache - ownMemory(lengthCache) + ownMemory(next.lengthCache);
    }
    return next;
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

  /** Sets the holding for the account at that address; nil removes it. */
  withHolding(address: Address, value: Value): AccountStatus {
    const holdings = this.holdings ?? Index.EMPTY;
    if (value === null) {
      const fewer = holdings.dissoc(address);
      return fewer === holdings ? this : this.with({ holdings: fewer });
    }
    return this.with({ holdings: holdings.assoc(address, value) });
  }
}

/** Holdings become nil when the last one goes. */
function orNull(holdings: Index | null): Index | null {
  return holdings === null || holdings.count === 0 ? null : holdings;
}
