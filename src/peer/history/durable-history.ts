// The history of a peer and its copy on disk. What the outside sees is always the written one; the
// current one may be ahead of it by what a pass has just done.
// A peer votes with its own key, or observes: then it follows consensus with an Order under a key
// that belongs to no peer, and its own key signs nothing. It observes after a sync or a restart,
// until it has heard what the network knows of it, and after a fork (sheet 04 §14.7).

import type { BeliefMerge, OrderSigner } from "../../consensus/merge.ts";
import { keyPairSigner, PeerHistory, type PeerRecord } from "../../consensus/peer-history.ts";
import { KeyPair } from "../../crypto/ed25519.ts";
import { hexOfKey } from "../../crypto/hex.ts";
import { sha3 } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { hashKey } from "../../data/encode.ts";
import type { Index } from "../../data/index-map.ts";
import type { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { firstElements } from "../../data/vector-first.ts";
import { Belief } from "../../state/belief.ts";
import { BlockResult } from "../../state/block-result.ts";
import { Order } from "../../state/order.ts";
import type { State } from "../../state/state.ts";
import { CollectionAtRest, collectGarbage } from "../../store/cell-cache.ts";
import { type Position, type Store, type StoreBatch, StoreError } from "../../store/store.ts";
import { HELD_PLACES_MAX } from "../bounds.ts";
import { OrderGuard } from "../rounds/order-guard.ts";
import { orderToVoteWith, timeToVoteFrom, type VoteOutcome } from "./first-vote.ts";
import { withoutFirst } from "./history-window.ts";
import {
  firstBatch,
  loadRecord,
  RESTORED_META,
  ROOT,
  recordBatch,
  type StoredPeer,
  TAKEN_BACK_META,
} from "./peer-record.ts";

/** What a peer on an empty store begins with. */
export interface HistoryStart {
  readonly genesis: State;
  /** What a sync has brought (join.ts); without it the peer begins with no blocks at all. */
  readonly joined?: JoinedBelief | null;
}

/** A Belief of the network, and the Order in it that is taken for the network's. */
export interface JoinedBelief {
  readonly belief: Belief;
  readonly order: Order;
  /** The latest Order under the own key that the network knows, null without any. */
  readonly own: Order | null;
}

type Positions = readonly (readonly [string, Position])[];

const OBSERVER_LABEL = new TextEncoder().encode("convex-peer observer");

export class DurableHistory {
  readonly guard: OrderGuard;
  readonly #observer: OrderSigner;
  readonly #store: Store;
  readonly #cacheBytes: number;
  readonly #collection = new CollectionAtRest();
  readonly #isNew: boolean;
  #isRestored: boolean;
  readonly #merge: BeliefMerge | undefined;
  #isVoting = false;
  #current: PeerHistory;
  #written: PeerHistory;
  /** Whether executed blocks have been taken back, which is not written down yet. */
  #hasTakenBack = false;
  /** Transactions and blocks whose places were written since their cells were let go last. */
  #writtenPlaces = 0;

  /**
   * The history in a store, or a new one. It observes, and nothing of it is written (`establish`).
   * @throws StoreError when the store is another peer's or network's, or is empty and there is
   * nothing to begin with
   */
  constructor(
    store: Store,
    keyPair: KeyPair,
    start: HistoryStart | null,
    cacheBytes: number,
    merge?: BeliefMerge,
  ) {
    this.#store = store;
    this.#merge = merge;
    this.#cacheBytes = cacheBytes;
    this.#observer = keyPairSigner(observerKey(keyPair));
    const stored = loadRecord(store, keyPair.publicKey);
    this.#isNew = stored === null;
    this.#isRestored = store.meta(RESTORED_META) === "yes";
    this.guard = new OrderGuard(keyPair, stored?.own ?? start?.joined?.own ?? null);
    if (stored !== null) {
      requireSameGenesis(stored.record.genesis, start?.genesis ?? null);
      this.#current = this.#history(this.#observer, this.#asObserver(stored.record));
    } else if (start !== null) {
      this.#current = this.#begin(start);
    } else {
      const reason = "The store is empty: a genesis State is needed to begin with.";
      throw new StoreError("FOREIGN", reason);
    }
    this.#written = this.#current;
  }

  /** Writes what the history begins with; before anything else. @throws StoreError as `write` */
  establish(): void {
    const { publicKey } = this.guard;
    if (this.#isNew) {
      this.#store.write(firstBatch(this.#stored(), publicKey));
    } else if (this.#store.root(ROOT.BELIEF) !== hashKey(this.#current.belief)) {
      this.#store.write(recordBatch(this.#stored(), publicKey, []));
    }
    this.#written = this.#current;
  }

  #begin({ genesis, joined = null }: HistoryStart): PeerHistory {
    const history = PeerHistory.create(this.#observer, genesis, this.#merge);
    if (joined === null) return history;
    const belief = this.#withOrder(joined.belief, this.#observer, joined.order);
    return history.with({ belief });
  }

  #history(signer: OrderSigner, record: PeerRecord): PeerHistory {
    return new PeerHistory(signer, record, this.#merge);
  }

  get current(): PeerHistory {
    return this.#current;
  }

  get written(): PeerHistory {
    return this.#written;
  }

  /** Whether the store came from a backup, and the own key has signed nothing since. */
  get isRestored(): boolean {
    return this.#isRestored;
  }

  /** The signed block at a position of the current Order, null where there is none. */
  blockAt(position: number): SignedData | null {
    const count = this.#current.order?.blockCount ?? 0;
    return position >= 0 && position < count ? this.#current.blockAt(position) : null;
  }

  get isWritten(): boolean {
    return this.#current === this.#written;
  }

  /** Whether the current history differs from the written one in Orders of others alone. */
  get isHearsay(): boolean {
    const { current, written } = this;
    if (current.signer !== written.signer || current.position !== written.position) return false;
    return hashOf(current.order) === hashOf(written.order);
  }

  /** Whether this peer's own key signs its Orders. */
  get isVoting(): boolean {
    return this.#isVoting;
  }

  /** Least time of what the own key signs next, in ms: that of its last Order, and the record's. */
  get signingTime(): number {
    const { last } = this.guard;
    return Math.max(Number(this.#current.timestamp), last === null ? 0 : Number(last.timestamp));
  }

  /** Goes on in memory alone. */
  advance(next: PeerHistory): void {
    this.#current = next;
  }

  /**
   * Makes the current history durable, with the places of what it executed: it is the written one
   * once the disk has it.
   * @throws StoreError when the disk is full, or fails; the written history is then as it was
   */
  async write(positions: Positions): Promise<void> {
    if (this.isWritten) return;
    const { batch, wrote } = this.#writing(positions);
    this.#store.writeUnsynced(batch);
    await this.#store.synced();
    wrote();
  }

  /** What is to be written of the current history, and what that being done means. */
  #writing(positions: Positions): { readonly batch: StoreBatch; readonly wrote: () => void } {
    const writing = this.#current;
    const hasReturned = this.#isRestored && this.#isVoting;
    const meta: [string, string][] = [];
    if (hasReturned) meta.push([RESTORED_META, ""]);
    if (this.#hasTakenBack) meta.push([TAKEN_BACK_META, "yes"]);
    const batch = recordBatch(this.#stored(), this.guard.publicKey, positions);
    const wrote = () => {
      if (hasReturned) this.#isRestored = false;
      this.#hasTakenBack = false;
      this.#written = writing;
      this.#writtenPlaces += positions.length;
    };
    return { batch: meta.length > 0 ? { ...batch, meta } : batch, wrote };
  }

  /**
   * Forgets the BlockResults before a position, except the last one of all; durable when it
   * returns. Only for a history that is written.
   * @throws StoreError as `write`; the current history is then as it was, too
   */
  forgetResults(before: number): void {
    const remembering = this.#current;
    const results = withoutFirst(remembering.record.results, before);
    if (results === remembering.record.results) return;
    this.#current = remembering.with({ results });
    try {
      const { batch, wrote } = this.#writing([]);
      this.#store.write(batch);
      wrote();
    } catch (error) {
      // Nobody would write it later: no pass is due for it.
      this.#current = remembering;
      throw error;
    }
  }

  #stored(): StoredPeer {
    return { record: this.#current.record, own: this.guard.last };
  }

  /**
   * Begins to vote where the observer is: its Order goes out under the own key from now on.
   * @param now milliseconds
   */
  vote(now: number): VoteOutcome {
    if (this.#isVoting) return "voting";
    const { current, guard } = this;
    const own = orderToVoteWith(current.order ?? Order.EMPTY, guard, now);
    if (own === "waiting" || own === "contradicted") return own;
    const signed = guard.signOrder(own);
    if (signed === null) return "waiting";
    const orders = current.belief.orders.dissoc(Blob.of(this.#observer.publicKey));
    const belief = Belief.of(orders.assoc(Blob.of(guard.publicKey), signed) as Index);
    this.#isVoting = true;
    const timestamp = timeToVoteFrom(current.timestamp, own, now);
    this.#current = this.#history(guard, { ...current.record, belief, timestamp });
    return "voting";
  }

  /** Stops voting, and goes on as observer where it is. */
  observe(): void {
    if (!this.#isVoting) return;
    this.#isVoting = false;
    const { record } = this.#current;
    this.#current = this.#history(this.#observer, this.#asObserver(record));
  }

  /**
   * Follows another Order from where it agrees with what was executed; what was executed beyond is
   * taken back. Observes.
   */
  follow(order: Order): void {
    this.observe();
    const { record } = this.#current;
    const { consensusOrder } = record;
    const agreed =
      consensusOrder === null ? 0 : commonPrefixLength(order.blocks, consensusOrder.blocks);
    const back = Math.min(record.position, agreed);
    const last = back === 0 ? null : record.results.get(back - 1);
    // From a State that is forgotten there is no way on but from the beginning.
    const position = last instanceof BlockResult ? back : 0;
    if (position < record.position) this.#hasTakenBack = true;
    const belief = this.#withOrder(record.belief, this.#observer, order);
    this.#current = this.#history(this.#observer, {
      ...record,
      belief,
      position,
      consensusOrder: position === 0 ? null : order,
      state: last instanceof BlockResult ? last.state : record.genesis,
      results: position === 0 ? Vector.EMPTY : firstElements(record.results, position),
    });
  }

  /** The record as the observer's: with an Order of its own that is where the record stands. */
  #asObserver(record: PeerRecord): PeerRecord {
    const order =
      record.belief.orderOf(this.#observer.publicKey) ??
      record.belief.orderOf(this.guard.publicKey) ??
      record.consensusOrder ??
      Order.EMPTY;
    return { ...record, belief: this.#withOrder(record.belief, this.#observer, order) };
  }

  #withOrder(belief: Belief, signer: OrderSigner, order: Order): Belief {
    const key = Blob.of(signer.publicKey);
    const signed = signer.signOrder(order) as SignedData;
    return Belief.of(belief.orders.assoc(key, signed) as Index);
  }

  /**
   * Drops cells from memory once there are more than the cache may hold, and goes on with the
   * written history, loaded as it is touched: memory then depends on what is used, and not on the
   * size of the State.
   */
  unpin(): void {
    if (!this.isWritten) return;
    if (this.#store.heldBytes > this.#cacheBytes) this.reload();
    else if (this.#writtenPlaces > HELD_PLACES_MAX) this.#reloadBlocks();
  }

  /** Goes on with the written history, of which nothing is loaded yet. */
  reload(): void {
    this.#store.forget();
    const { record, own } = this.#loaded();
    this.#goOnWith(record, own);
    this.#collection.wish(this.#cacheBytes);
  }

  /**
   * The same, but keeps what is loaded of the State: blocks and results are not looked at again.
   */
  #reloadBlocks(): void {
    const { state, genesis } = this.#current.record;
    const { record, own } = this.#loaded();
    this.#goOnWith({ ...record, state, genesis }, own);
  }

  #goOnWith(record: PeerRecord, own: Order | null): void {
    this.#current = this.#history(this.#current.signer, record);
    this.#written = this.#current;
    this.guard.reload(own);
    this.#writtenPlaces = 0;
  }

  #loaded(): StoredPeer {
    const stored = loadRecord(this.#store, this.guard.publicKey);
    if (stored === null) throw new Error("the record of the peer has left its store");
    return stored;
  }
}

/**
 * Writes what a sync has brought as what the peer of an empty store begins with. A peer is then
 * started on the store alone: whoever holds the history of a network holds all of it in memory.
 * @throws StoreError when it can't be written
 */
export function beginWith(store: Store, keyPair: KeyPair, start: HistoryStart): void {
  new DurableHistory(store, keyPair, start, 0).establish();
  store.forget();
  collectGarbage();
}

/** A key that only this peer can know, and that is no peer's. */
function observerKey(keyPair: KeyPair): KeyPair {
  return KeyPair.fromSeed(sha3(keyPair.sign(OBSERVER_LABEL)));
}

function requireSameGenesis(own: State, given: State | null): void {
  if (given === null || hashKey(given) === hashKey(own)) return;
  throw new StoreError(
    "FOREIGN",
    `The store belongs to the network with genesis ${hex(own)}, not to that with ${hex(given)}. ` +
      "Use another data directory for another network.",
  );
}

function hex(state: State): string {
  return `0x${hexOfKey(hashKey(state))}`;
}

function hashOf(order: Order | null): string | null {
  return order === null ? null : hashKey(order);
}
