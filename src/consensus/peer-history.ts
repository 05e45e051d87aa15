// The Peer object of sheet 04 §4.1: what one peer believes, and how far it has carried it out. A
// value: every step gives a new one, and nothing here knows a clock, a store or a connection.

import type { KeyPair } from "../crypto/ed25519.ts";
import { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";
import { commonPrefixLength } from "../data/common-prefix.ts";
import { Index } from "../data/index-map.ts";
import { compareIntegers } from "../data/integer.ts";
import { SignedData } from "../data/signed.ts";
import { Vector } from "../data/vector.ts";
import { Belief } from "../state/belief.ts";
import type { BlockResult } from "../state/block-result.ts";
import { Order } from "../state/order.ts";
import type { State } from "../state/state.ts";
import { type BeliefMerge, mergeBeliefs, type OrderSigner } from "./merge.ts";
import { clippedPoints, finalityPoint, pointsOf } from "./points.ts";

/** The peer's own Order contradicts blocks that it has already executed. */
export class ForkError extends Error {
  readonly code = "FORK";
  /** Number of executed blocks. */
  readonly position: number;
  /** Number of blocks on which the executed Order and the own one agree. */
  readonly agreed: number;
  constructor(position: number, agreed: number) {
    super(`own Order agrees with only ${agreed} of ${position} executed blocks`);
    this.position = position;
    this.agreed = agreed;
  }
}

/** Signs whatever it is given. */
export function keyPairSigner(keyPair: KeyPair): OrderSigner {
  return {
    publicKey: keyPair.publicKey,
    signOrder: (order) => SignedData.sign(keyPair, order),
  };
}

/** Everything of a peer that a restart needs. */
export interface PeerRecord {
  readonly belief: Belief;
  /** Milliseconds; only moves forward. */
  readonly timestamp: Integer;
  /** Number of executed blocks. */
  readonly position: number;
  /** The Order whose blocks were executed last; null before any. */
  readonly consensusOrder: Order | null;
  /** State after the executed blocks. */
  readonly state: State;
  readonly genesis: State;
  /** A BlockResult for each executed block. */
  readonly results: Vector;
}

export class PeerHistory {
  readonly signer: OrderSigner;
  readonly record: PeerRecord;
  readonly #merge: BeliefMerge;
  #order: Order | null | undefined;

  /**
   * @param merge how Beliefs are merged; simulations watch it, or put a wrong one in its place
   * @param order the peer's own Order, when that is known
   */
  constructor(
    signer: OrderSigner,
    record: PeerRecord,
    merge: BeliefMerge = mergeBeliefs,
    order?: Order | null,
  ) {
    this.signer = signer;
    this.record = record;
    this.#merge = merge;
    this.#order = order;
  }

  /** A peer that has an empty Order and nothing else, at the time of the genesis State. */
  static create(signer: OrderSigner, genesis: State, merge?: BeliefMerge): PeerHistory {
    const signed = signer.signOrder(Order.EMPTY);
    if (signed === null) throw new Error("a new peer must be able to sign an empty Order");
    return new PeerHistory(
      signer,
      {
        belief: Belief.of(withOrder(Index.EMPTY, signed)),
        timestamp: genesis.timestamp,
        position: 0,
        consensusOrder: null,
        state: genesis,
        genesis,
        results: Vector.EMPTY,
      },
      merge,
    );
  }

  get belief(): Belief {
    return this.record.belief;
  }
  get timestamp(): Integer {
    return this.record.timestamp;
  }
  get position(): number {
    return this.record.position;
  }
  get state(): State {
    return this.record.state;
  }

  /** The peer's own Order, null when its Belief holds none. */
  get order(): Order | null {
    if (this.#order === undefined) this.#order = this.belief.orderOf(this.signer.publicKey);
    return this.#order;
  }

  /** This peer at a later time; an earlier one is ignored. */
  withTimestamp(timestamp: Integer): PeerHistory {
    if (compareIntegers(timestamp, this.timestamp) <= 0) return this;
    const { belief, position, consensusOrder, state, genesis, results } = this.record;
    // Before each pass: written out, it is not copied name by name.
    const record = { belief, timestamp, position, consensusOrder, state, genesis, results };
    return new PeerHistory(this.signer, record, this.#merge, this.#order);
  }

  /** This peer with other parts of its record. */
  with(changes: Partial<PeerRecord>): PeerHistory {
    return new PeerHistory(this.signer, { ...this.record, ...changes }, this.#merge);
  }

  /**
   * Takes a Belief on. The Order that later blocks are checked against is then that of the Belief
   * before, since what was executed was executed by it.
   */
  updateBelief(belief: Belief): PeerHistory {
    if (belief === this.belief) return this;
    return this.with({ belief, consensusOrder: this.order ?? this.record.consensusOrder });
  }

  /** Merges Beliefs as of this peer's time and State. */
  mergeBeliefs(received: readonly (Belief | null)[]): PeerHistory {
    const { belief, signer, timestamp, state } = this;
    return this.updateBelief(this.#merge(belief, received, { signer, now: timestamp, state }));
  }

  /**
   * Number of blocks that are final and not executed yet.
   * @throws ForkError when the own Order contradicts executed blocks
   */
  finalBlocks(): number {
    const { order, position, record } = this;
    if (order === null) return 0;
    const { consensusOrder } = record;
    const agreed =
      consensusOrder === null ? 0 : commonPrefixLength(order.blocks, consensusOrder.blocks);
    if (agreed < position) throw new ForkError(position, agreed);
    return Math.max(0, finalityPoint(order) - position);
  }

  /** The signed block at a position of the own Order. */
  blockAt(position: number): SignedData {
    const signed = this.order?.blocks.get(position);
    if (signed instanceof SignedData) return signed;
    throw new Error(`no signed block at position ${position} of the own Order`);
  }

  /** This peer after the results of the blocks that follow its position. */
  withExecuted(results: readonly BlockResult[]): PeerHistory {
    const last = results.at(-1);
    if (last === undefined) return this;
    let all = this.record.results;
    for (const result of results) all = all.append(result);
    return this.with({
      state: last.state,
      results: all,
      position: this.position + results.length,
      consensusOrder: this.order,
    });
  }

  /**
   * Puts signed blocks behind the own Order, whose timestamp stays as it is: others take the Order
   * because it has more blocks. The same peer when its signer refuses.
   * @throws Error when the peer has no Order of its own
   */
  proposeBlocks(blocks: readonly SignedData[]): PeerHistory {
    const order = this.#ownOrder();
    let all = order.blocks;
    for (const block of blocks) all = all.append(block);
    const points = Vector.from(clippedPoints(pointsOf(order), all.count));
    return this.#signed(Order.of(order.timestamp, points, all));
  }

  /**
   * Puts other blocks in place of those of the own Order that it has not called consensus. The same
   * peer when its signer refuses.
   * @throws Error when the peer has no Order of its own
   */
  proposeInstead(blocks: Vector): PeerHistory {
    const order = this.#ownOrder();
    const agreed = commonPrefixLength(blocks, order.blocks);
    const points = pointsOf(order).map((point) => Math.min(point, agreed));
    const clipped = Vector.from(clippedPoints(points, blocks.count));
    return this.#signed(Order.of(this.timestamp, clipped, blocks));
  }

  #ownOrder(): Order {
    if (this.order !== null) return this.order;
    throw new Error("a peer proposes only with an Order of its own");
  }

  /** This peer with another Order of its own; the same when its signer refuses. */
  #signed(order: Order): PeerHistory {
    const signed = this.signer.signOrder(order);
    if (signed === null) return this;
    return this.updateBelief(Belief.of(withOrder(this.belief.orders, signed)));
  }
}

function withOrder(orders: Index, signed: SignedData): Index {
  const key = Blob.of(signed.publicKey as Uint8Array);
  return orders.assoc(key, signed) as Index;
}
