// Small networks for tests of the peer: a State of users with coins and keys and of peers with
// stake, no libraries, and a clock that stands still until it is told to move.

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { LANG } from "../../src/cvm/account/definitions.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Integer } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import type { Clock } from "../../src/peer/clock.ts";
import { Peer, type PeerOptions } from "../../src/peer/peer.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { GOLD, INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import type { Result } from "../../src/state/result.ts";
import { CORE_POSITION, State } from "../../src/state/state.ts";
import { Transfer } from "../../src/state/transaction.ts";
import { memoryStore } from "../../src/store/memory-store.ts";

export const USERS = 40;
/** Account without a key. */
export const ACTOR = USERS + 1;
/** Account without coins. */
export const POOR = USERS + 2;
const STAKE = 100_000 * GOLD;

/** Key pair i: peers have the first ones, and user i the i-th. */
export function keyPair(i: number): KeyPair {
  return KeyPair.fromSeed(new Uint8Array(32).fill(i + 1));
}

function user(i: number, balance: number): AccountStatus {
  const key = Blob.of(keyPair(i).publicKey);
  // The core account says by what forms are evaluated; here it is a user as well.
  const environment = i === CORE_POSITION ? CVMMap.EMPTY.assoc(LANG, null) : null;
  return AccountStatus.EMPTY.with({ key, balance, allowance: 10_000, environment });
}

/** A State with peers of these stakes (copper), users #1 … #USERS, an actor and a poor user. */
export function newState(stakes: readonly number[] = [STAKE]): State {
  const accounts = [AccountStatus.EMPTY];
  for (let i = 1; i <= USERS; i++) accounts.push(user(i, 1000 * GOLD));
  accounts.push(AccountStatus.EMPTY, user(POOR, 0));
  let peers = Index.EMPTY;
  stakes.forEach((stake, i) => {
    const key = Blob.of(keyPair(i).publicKey);
    peers = peers.assoc(key, PeerStatus.create(Address.of(1), stake)) as Index;
  });
  return State.of(Vector.from(accounts), peers, initialGlobals(), Index.EMPTY);
}

export function transfer(from: number, sequence: number, to = 1, amount: Integer = 1): SignedData {
  const transaction = Transfer.of(Address.of(from), sequence, Address.of(to), amount);
  return SignedData.sign(keyPair(from), transaction);
}

export class TestClock implements Clock {
  #now = INITIAL_TIMESTAMP + 1000;
  #timers: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  soon(task: () => void): void {
    setImmediate(task);
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** Moves on, and runs what falls due. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { task } of due) task();
  }
}

/** A clock whose time of day can be set; how long something takes goes by another one. */
export class SetClock<C extends Clock = TestClock> implements Clock {
  readonly steady: C;
  /** Milliseconds by which the time of day is ahead. */
  aheadMs = 0;

  constructor(steady: C) {
    this.steady = steady;
  }
  now(): number {
    return this.steady.now() + this.aheadMs;
  }
  soon(task: () => void): void {
    this.steady.soon(task);
  }
  after(delayMs: number, task: () => void): () => void {
    return this.steady.after(delayMs, task);
  }
}

/** A peer on an empty store in memory, alone in its network, unless told otherwise. */
export function newPeer(options: Partial<PeerOptions> = {}): Peer {
  return new Peer({
    store: memoryStore(CVM_TABLE),
    keyPair: keyPair(0),
    genesis: newState(),
    clock: new TestClock(),
    ...options,
  });
}

/** Code of an error Result, null for a success. */
export function errorOf(result: Result): string | null {
  const { error } = result;
  if (error === null || error instanceof Keyword) return error?.name ?? null;
  throw new Error("an error code that is no keyword");
}

export function stateHash(peer: Peer): string {
  return hashKey(peer.state());
}
