// hot: see test/bench. The State (sheet 03 §2; tag d5): accounts, peers, globals, schedule. Each
// part is loaded when it is touched, down to the single account.

import type { Address } from "../data/address.ts";
import type { Blob } from "../data/blob.ts";
import type { Integer, Slot, Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { DataRecord } from "../data/record.ts";
import { Vector } from "../data/vector.ts";
import { AccountStatus } from "./account-status.ts";
import { replaceAccount } from "./accounts-vector.ts";
import { carrySizes, measureEmbedded } from "./carry-size.ts";
import { GLOBAL, globalLong, protocolVersion } from "./globals.ts";
import { HostError } from "./host-error.ts";
import { PeerStatus } from "./peer-status.ts";

export const STATE_TAG = 0xd5;
export const STATE_FIELDS = 4;

const FIELD_NAMES = ["accounts", "peers", "globals", "schedule"].map(Keyword.of);

const ACCOUNTS = 0;
const PEERS = 1;
const GLOBALS = 2;
const SCHEDULE = 3;

/** Position of the account whose environment everybody has. */
export const CORE_POSITION = 8;

export class State extends DataRecord {
  /** Record of the core account once it was asked for; a State made from this one takes it over. */
  #core: AccountStatus | null = null;

  /** The fields, as `of` and `fromFields` check them. */
  constructor(slots: Slot[]) {
    super(STATE_TAG, slots);
  }

  static of(accounts: Vector, peers: Index, globals: Vector, schedule: Index): State {
    return new State([accounts, peers, globals, schedule]);
  }

  static fromFields(fields: Vector): State {
    return new State(fields.slots);
  }

  override get fieldNames(): readonly Keyword[] {
    return FIELD_NAMES;
  }

  // A State that arrives from elsewhere is not checked when it is read: a part of the wrong type
  // makes the reference throw when it is used.

  get accounts(): Vector {
    return this.#vector(ACCOUNTS);
  }
  /** PeerStatus by public key. */
  get peers(): Index {
    return this.#index(PEERS);
  }
  get globals(): Vector {
    return this.#vector(GLOBALS);
  }
  /** Vector of [address op] by time, an 8-byte big-endian blob. */
  get schedule(): Index {
    return this.#index(SCHEDULE);
  }

  get accountCount(): number {
    return this.accounts.count;
  }

  /** Record of an account, null when there is none. @throws HostError when it is no account */
  account(address: Address | Integer): AccountStatus | null {
    const { accounts } = this;
    const i = position(address);
    if (i >= accounts.count || i < 0) return null;
    const account = accounts.get(i);
    if (account instanceof AccountStatus) return account;
    throw new HostError(`Not an account at #${i}`);
  }

  /** `account` of the core account, which every lookup ends at: 5 ns instead of 25. */
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

  /** Replaces an account, or appends one at the address that is next. */
  withAccount(address: Address | Integer, account: AccountStatus): State {
    return this.withAccountSince(this, address, account);
  }

  /**
   * As withAccount, for a State made out of `base` that nobody else holds any more: of its cells
   * those that `base` does not have are not copied again but changed. Saves a third of a transfer.
   */
  withAccountSince(base: State, address: Address | Integer, account: AccountStatus): State {
    const { accounts } = this;
    const i = position(address);
    if (i === accounts.count) return this.withAccounts(accounts.append(account));
    measureEmbedded(accounts);
    const { lengthCache, memoryCache } = accounts;
    const changed = replaceAccount(accounts, base.accounts, i, account);
    const next = this.withAccounts(changed);
    if (i !== CORE_POSITION) next.#core = this.#core;
    carrySizes(this, next, lengthCache, memoryCache, changed);
    return next;
  }

  withAccounts(accounts: Vector): State {
    return this.#with(ACCOUNTS, accounts);
  }

  /** Replaces, adds or (with null) removes a peer. */
  withPeer(key: Blob, peer: PeerStatus | null): State {
    const { peers } = this;
    return this.withPeers(peer === null ? peers.dissoc(key) : (peers.assoc(key, peer) as Index));
  }

  withPeers(peers: Index): State {
    return this.#with(PEERS, peers);
  }
  withGlobals(globals: Vector): State {
    return this.#with(GLOBALS, globals);
  }
  withSchedule(schedule: Index): State {
    return this.#with(SCHEDULE, schedule);
  }

  /** Sets what the memory pool holds, in bytes and copper. */
  withMemoryPool(bytes: Integer, coins: Integer): State {
    const { globals } = this;
    return this.withGlobals(globals.assoc(GLOBAL.MEMORY, bytes).assoc(GLOBAL.MEMORY_VALUE, coins));
  }

  #with(i: number, value: Value): State {
    const slots = this.slots.slice();
    slots[i] = value;
    return new State(slots);
  }

  #vector(i: number): Vector {
    const value = this.field(i);
    if (value instanceof Vector) return value;
    throw new HostError(`State without ${FIELD_NAMES[i]?.name}`);
  }

  #index(i: number): Index {
    const value = this.field(i);
    if (value instanceof Index) return value;
    throw new HostError(`State without ${FIELD_NAMES[i]?.name}`);
  }
}

function position(address: Address | Integer): Integer {
  return typeof address === "object" ? address.value : address;
}
