// hot: see test/bench. The State (sheet 03 §2; tag d5): accounts, peers, globals, schedule. Each
// part is loaded when it is touched, down to the single account.

import type { Address } from "../data/address.ts";
import type { Blob } from "../data/blob.ts";
import { Cell, type Integer, resolveAt, type Slot, type Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { DataRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { CHUNK_SIZE } from "../data/vector-shape.ts";
import { AccountStatus } from "./account-status.ts";
import { fullLeafOf, replaceAccount, replaceAccounts, staysBranch } from "./accounts-vector.ts";
import {
  carrySizes,
  isExact,
  lengthInParent,
  mayMeasure,
  measure,
  measureEmbedded,
} from "./carry-size.ts";
import { GLOBAL, globalLong, protocolVersion } from "./globals.ts";
import { HostError } from "./host-error.ts";
import { PeerStatus } from "./peer-status.ts";
import { PENDING_ACCOUNTS_MAX, PendingAccounts } from "./pending-accounts.ts";

export const STATE_TAG = 0xd5;
export const STATE_FIELDS = 4;

const FIELD_NAMES = ["accounts", "peers", "globals", "schedule"].map(Keyword.of);

const ACCOUNTS = 0;
const PEERS = 1;
const GLOBALS = 2;
const SCHEDULE = 3;

/** Position of the core account (#8), at which every lookup of a symbol ends. */
export const CORE_POSITION = 8;

export class State extends DataRecord {
  #accounts: Slot;
  #peers: Slot;
  #globals: Slot;
  #schedule: Slot;
  /** The core account, once it was asked for; States made from this one take it over. */
  #core: AccountStatus | null = null;
  /** Changed accounts that are still to be replaced in the vector (pending-accounts.ts). */
  #pending: PendingAccounts | null = null;
  #identity: object | null = null;

  /** Use `of` or `fromFields`. */
  constructor(accounts: Slot, peers: Slot, globals: Slot, schedule: Slot) {
    super();
    this.#accounts = accounts;
    this.#peers = peers;
    this.#globals = globals;
    this.#schedule = schedule;
  }

  static of(accounts: Vector, peers: Index, globals: Vector, schedule: Index): State {
    return new State(accounts, peers, globals, schedule);
  }

  static fromFields({ slots }: Vector): State {
    return new State(
      slots[ACCOUNTS] as Slot,
      slots[PEERS] as Slot,
      slots[GLOBALS] as Slot,
      slots[SCHEDULE] as Slot,
    );
  }

  override get tag(): number {
    return STATE_TAG;
  }
  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }

  /** T41. @throws HostError for a field of the wrong type */
  override namedField(i: number): Value {
    const value = this.field(i);
    const isVector = i === ACCOUNTS || i === GLOBALS;
    if (value === null || value instanceof (isVector ? Vector : Index)) return value;
    throw new HostError(`State without ${FIELD_NAMES[i]?.name}`);
  }

  // The parts of a decoded State are not checked before they are used: then one of the wrong type
  // throws HostError, as in the reference.

  /** All accounts, by the number of their Address. */
  get accounts(): Vector {
    this.#writePending();
    return this.#written;
  }
  /** PeerStatus by public key. */
  get peers(): Index {
    const peers = this.#peers;
    return peers instanceof Index ? peers : this.#loadIndex(PEERS);
  }
  get globals(): Vector {
    const globals = this.#globals;
    return globals instanceof Vector ? globals : this.#loadVector(GLOBALS);
  }
  /** Vector of [address op] by time, an 8-byte big-endian blob. */
  get schedule(): Index {
    const schedule = this.#schedule;
    return schedule instanceof Index ? schedule : this.#loadIndex(SCHEDULE);
  }

  /** An object that stands for this State in caches, so that they don't keep the State alive. */
  get identity(): object {
    this.#identity ??= {};
    return this.#identity;
  }

  /** Whether two States certainly have the same accounts: the same objects. */
  sharesAccounts(other: State): boolean {
    return this.#accounts === other.#accounts && this.#pending === other.#pending;
  }

  /** Record of an account, null when there is none. @throws HostError when it is no account */
  account(address: Address | Integer): AccountStatus | null {
    const i = position(address);
    const pending = this.#pending;
    if (pending !== null) {
      const changed = pending.get(i as number);
      if (changed !== undefined) return changed;
    }
    const accounts = this.#written;
    if (i >= accounts.count || i < 0) return null;
    const account = accounts.get(i);
    if (account instanceof AccountStatus) return account;
    throw new HostError(`Not an account at #${i}`);
  }

  /** The core account (#8). Remembered, since every lookup ends there: 5 ns instead of 25. */
  get coreAccount(): AccountStatus | null {
    this.#core ??= this.account(CORE_POSITION);
    return this.#core;
  }

  /** Record of a peer by its public key, null when there is none. */
  peer(key: Blob): PeerStatus | null {
    const peer = this.peers.get(key);
    if (peer === undefined || peer === null) return null;
    if (peer instanceof PeerStatus) return peer;
    throw new HostError("Not a peer record");
  }

  /** Milliseconds: the latest timestamp of a valid block. */
  get timestamp(): Integer {
    return globalLong(this.globals, GLOBAL.TIMESTAMP);
  }
  /** Copper a unit of juice. */
  get juicePrice(): Integer {
    return globalLong(this.globals, GLOBAL.JUICE_PRICE);
  }
  /** Bytes in the memory pool. */
  get memoryPool(): Integer {
    return globalLong(this.globals, GLOBAL.MEMORY);
  }
  /** Copper in the memory pool. */
  get memoryValue(): Integer {
    return globalLong(this.globals, GLOBAL.MEMORY_VALUE);
  }
  /** Number of the last valid block; -1 before the first. */
  get blockNumber(): Integer {
    return globalLong(this.globals, GLOBAL.BLOCK);
  }
  /** Number of upgrades applied. */
  get protocolVersion(): Integer {
    return protocolVersion(this.globals);
  }

  /** Replaces an account, or appends one if the address is the next one. */
  withAccount(address: Address | Integer, account: AccountStatus): State {
    const i = position(address);
    const accounts = this.#written;
    if (i === accounts.count) return this.withAccounts(this.accounts.append(account));
    const next = this.#withPending(i, account) ?? this.#withWritten(i, account);
    if (i !== CORE_POSITION) next.#core = this.#core;
    return next;
  }

  /**
   * The State with a changed account pending; null unless the account is in a full leaf, so that
   * the sizes of the State follow from those of the account alone.
   */
  #withPending(i: Integer, account: AccountStatus): State | null {
    if (typeof i !== "number" || !(i >= 0)) return null;
    const pending = this.#pending;
    const isMeasured = mayMeasure() && this.lengthCache !== 0 && isExact(this.memoryCache);
    const known = pending?.get(i);
    let old = known;
    if (old === undefined) {
      if (pending !== null && pending.size >= PENDING_ACCOUNTS_MAX) return null;
      const leaf = fullLeafOf(this.#written, i);
      if (leaf === null) return null;
      old = leaf.slots[i % CHUNK_SIZE] as AccountStatus;
      if (isMeasured) measure(old);
      if (isMeasured && !staysBranch(leaf, old)) return null;
    }
    const next = new State(this.#accounts, this.#peers, this.#globals, this.#schedule);
    next.#pending =
      pending === null ? PendingAccounts.of(i, account) : pending.with(i, account, known);
    if (isMeasured) next.#carrySizesOf(this, old, account);
    return next;
  }

  /** Sets the sizes of this State by those of one that differs in an account in a full leaf. */
  #carrySizesOf(before: State, old: AccountStatus, account: AccountStatus): void {
    measure(old);
    measure(account);
    if (!isExact(old.memoryCache) || !isExact(account.memoryCache)) return;
    const length = lengthInParent(account.lengthCache) - lengthInParent(old.lengthCache);
    this.lengthCache = before.lengthCache;
    this.memoryCache = before.memoryCache + length + account.memoryCache - old.memoryCache;
  }

  /** Replaces an account in the vector. Accounts after the last full leaf are never pending. */
  #withWritten(i: Integer, account: AccountStatus): State {
    const isInTail = i >= this.#written.count - (this.#written.count % CHUNK_SIZE);
    const accounts = isInTail ? this.#written : this.accounts;
    // Read before anything is measured: the account may hold this very State, and measuring that
    // writes what is pending.
    const pending = this.#pending;
    measureEmbedded(accounts);
    const { lengthCache, memoryCache } = accounts;
    const changed = replaceAccount(accounts, i, account);
    const next = this.withAccounts(changed);
    next.#pending = pending;
    carrySizes(this, next, lengthCache, memoryCache, changed);
    return next;
  }

  withAccounts(accounts: Vector): State {
    return new State(accounts, this.#peers, this.#globals, this.#schedule);
  }

  /** Replaces, adds or (with null) removes a peer. */
  withPeer(key: Blob, peer: PeerStatus | null): State {
    const { peers } = this;
    return this.withPeers(peer === null ? peers.dissoc(key) : (peers.assoc(key, peer) as Index));
  }

  withPeers(peers: Index): State {
    const next = new State(this.#accounts, peers, this.#globals, this.#schedule);
    return this.#carried(next, PEERS, peers);
  }
  withGlobals(globals: Vector): State {
    const next = new State(this.#accounts, this.#peers, globals, this.#schedule);
    return this.#carried(next, GLOBALS, globals);
  }
  withSchedule(schedule: Index): State {
    const next = new State(this.#accounts, this.#peers, this.#globals, schedule);
    return this.#carried(next, SCHEDULE, schedule);
  }

  /** Sets what the memory pool holds, in bytes and copper. */
  withMemoryPool(bytes: Integer, coins: Integer): State {
    const { globals } = this;
    return this.withGlobals(globals.assoc(GLOBAL.MEMORY, bytes).assoc(GLOBAL.MEMORY_VALUE, coins));
  }

  /**
   * Finishes `next`, which differs in part i (not the accounts): takes over the core account and
   * what is pending, and the sizes if something is.
   */
  #carried(next: State, i: number, value: Cell): State {
    next.#core = this.#core;
    if (this.#pending === null) return next;
    next.#pending = this.#pending;
    const old = this.field(i);
    if (old instanceof Cell) {
      measureEmbedded(old);
      measure(value);
      carrySizes(this, next, this.slotAt(i) === old ? old.lengthCache : 0, old.memoryCache, value);
    }
    return next;
  }

  /** The accounts vector, in which what is pending is not replaced yet. */
  get #written(): Vector {
    const accounts = this.#accounts;
    return accounts instanceof Vector ? accounts : this.#loadAccounts();
  }

  /** Loads the vector when it is a Ref. Not by `field`, which would write what is pending first. */
  #loadAccounts(): Vector {
    const slots = [this.#accounts];
    const value = resolveAt(slots, 0);
    this.#accounts = slots[0] as Slot;
    if (value instanceof Vector) return value;
    throw new HostError(`State without ${FIELD_NAMES[ACCOUNTS]?.name}`);
  }

  /** Replaces the pending accounts in the vector. */
  #writePending(): void {
    if (this.#pending === null) return;
    this.#accounts = replaceAccounts(this.#written, this.#pending.entries());
    this.#pending = null;
  }

  override get slotCount(): number {
    return STATE_FIELDS;
  }
  override slotAt(index: number): Slot {
    if (index === ACCOUNTS) {
      this.#writePending();
      return this.#accounts;
    }
    if (index === PEERS) return this.#peers;
    return index === GLOBALS ? this.#globals : this.#schedule;
  }
  override fillSlot(index: number, value: Value): void {
    if (index === ACCOUNTS) this.#accounts = value;
    else if (index === PEERS) this.#peers = value;
    else if (index === GLOBALS) this.#globals = value;
    else this.#schedule = value;
  }

  #loadVector(i: number): Vector {
    const value = this.field(i);
    if (value instanceof Vector) return value;
    throw new HostError(`State without ${FIELD_NAMES[i]?.name}`);
  }

  #loadIndex(i: number): Index {
    const value = this.field(i);
    if (value instanceof Index) return value;
    throw new HostError(`State without ${FIELD_NAMES[i]?.name}`);
  }
}

function position(address: Address | Integer): Integer {
  return typeof address === "object" ? address.value : address;
}
