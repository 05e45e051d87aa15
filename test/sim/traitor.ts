// A peer that lies. It runs the production peer, so that it is connected and believed, and what it
// sends goes through here: it tells each half of the network another Order, goes back in time,
// claims points that it has not, signs what is no Order, repeats old Orders of others, forges
// theirs, says that it has come to another State, and sends damaged cells or none.

import { finalityPoint } from "../../src/consensus/points.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { Index } from "../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { BELIEF_TAG, RESULT_TAG } from "../../src/net/message.ts";
import { beliefDelta, deltaPayload } from "../../src/peer/beliefs/belief-delta.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { Result } from "../../src/state/result.ts";
import type { Chance } from "./chance.ts";
import type { SimNetwork } from "./sim-network.ts";
import type { SimPeer } from "./sim-peer.ts";
import type { Timeline } from "./timeline.ts";

/** Old Orders that are kept to be repeated. */
const KEPT_MAX = 50;
/** Most by which the time of an Order is ahead of the clock where others keep it until then. */
const AHEAD_MS = 4_000;
/** Most by which it is ahead where they drop it. */
const FAR_AHEAD_MS = 600_000;
/** Most by which it is behind. */
const BEHIND_MS = 60_000;
/** Number of fields of a status, and which of them is the State (sheet 04 §5.4). */
const STATUS_COUNT = 9;
const STATUS_STATE = 4;

/** A signed lie made of the Order that it goes by, for one receiver; null when it has none. */
type Lie = (order: Order, to: number) => SignedData | null;

export class Traitor {
  readonly #sim: SimPeer;
  readonly #chance: Chance;
  readonly #network: SimNetwork;
  readonly #others: readonly SimPeer[];
  /** The lies that this one tells. */
  readonly #lies: readonly Lie[];
  /** Share of its Beliefs in which it lies. */
  readonly #lying: number;
  /** Share of its answers that it damages. */
  readonly #damaging: number;
  /** Share of its answers that it does not send. */
  readonly #withholding: number;
  /** Whether it says that it has come to another State. */
  readonly #isLyingOfState: boolean;
  /** What it says of itself then, the same each time. */
  #falseStatus: Vector | null = null;
  /** Orders of others to be repeated. */
  readonly #old: SignedData[] = [];

  /** @param stateChance for lies about the State, apart from all others */
  constructor(
    sim: SimPeer,
    others: readonly SimPeer[],
    network: SimNetwork,
    chance: Chance,
    stateChance: Chance,
  ) {
    this.#sim = sim;
    this.#others = others;
    this.#network = network;
    this.#chance = chance;
    const lies: Lie[] = [
      (order, to) => this.#otherOrder(order, to),
      (order, to) => this.#otherOrder(order, to),
      (order) => this.#earlier(order),
      (order) => this.#later(order),
      (order) => this.#misshapen(order),
      (order) => this.#badBlock(order),
      () => this.#repeated(),
      (order) => this.#forged(order),
    ];
    const chosen = chance.some(lies, 0.5);
    this.#lies = chosen.length === 0 ? lies : chosen;
    this.#lying = chance.between(0.05, 1);
    this.#damaging = chance.happens(0.5) ? chance.between(0, 0.5) : 0;
    this.#withholding = chance.happens(0.5) ? chance.between(0, 1) : 0;
    this.#isLyingOfState = stateChance.happens(0.3);
  }

  /** Begins to lie. */
  begin(timeline: Timeline): void {
    this.#network.tongues.set(this.#sim.index, (payload, to) => this.#say(payload, to));
    const everyMs = this.#chance.between(50, 2_000);
    const repeat = () => {
      this.#speak();
      timeline.after(this.#chance.interval(everyMs), repeat);
    };
    timeline.after(everyMs, repeat);
  }

  /** What it sends in place of a payload. */
  #say(payload: Uint8Array, to: number): Uint8Array[] {
    if (payload[0] === BELIEF_TAG && this.#chance.happens(this.#lying)) {
      const lie = this.#lieTo(to);
      return lie === null ? [payload.slice()] : [lie];
    }
    if (payload[0] === RESULT_TAG) {
      if (this.#chance.happens(this.#withholding)) return [];
      if (this.#chance.happens(this.#damaging)) return [this.#damaged(payload)];
      if (this.#isLyingOfState) return [this.#otherState(payload)];
    }
    return [payload.slice()];
  }

  /** Lies without being asked. */
  #speak(): void {
    if (!this.#sim.isRunning) return;
    for (const link of this.#network.linksOf(this.#sim)) {
      const to = link.other?.owner.index ?? 0;
      const lie = this.#chance.happens(this.#lying) ? this.#lieTo(to) : null;
      if (lie !== null) this.#network.say(link, lie);
    }
  }

  /** What it says of itself with another State; other answers as they are. */
  #otherState(payload: Uint8Array): Uint8Array {
    const message = decodeMultiCell(payload.slice(), CVM_TABLE, this.#sim.running.peer.cells);
    const status = message instanceof Result ? message.result : null;
    if (!(message instanceof Result) || !(status instanceof Vector)) return payload.slice();
    if (status.count !== STATUS_COUNT) return payload.slice();
    const state = status.get(STATUS_STATE);
    if (!(state instanceof Blob)) return payload.slice();
    // The same each time: only what is said twice counts.
    const bytes = state.bytesOf(0, state.count).map((byte) => byte ^ 1);
    this.#falseStatus ??= status.assoc(STATUS_STATE, Blob.of(bytes));
    return encodeMultiCell(Result.of({ id: message.id, result: this.#falseStatus }));
  }

  #lieTo(to: number): Uint8Array | null {
    const { order } = this.#sim.running.peer;
    if (order === null) return null;
    this.#keepOld();
    const signed = this.#chance.pick(this.#lies)(order, to);
    if (signed === null) return null;
    const key = Blob.of(signed.publicKey as Uint8Array);
    const belief = Belief.of(Index.EMPTY.assoc(key, signed) as Index);
    const final = finalityPoint(order);
    const delta = beliefDelta(belief, null, Math.min(final, order.blockCount));
    return deltaPayload(delta, () => false);
  }

  #keepOld(): void {
    const { orders } = this.#sim.running.peer.belief;
    for (const [, signed] of orders.entries()) {
      if (!(signed instanceof SignedData) || !this.#chance.happens(0.1)) continue;
      if (this.#old.length < KEPT_MAX) this.#old.push(signed);
      else this.#old[this.#chance.below(KEPT_MAX)] = signed;
    }
  }

  #sign(order: Order): SignedData {
    return SignedData.sign(this.#sim.keyPair, order);
  }

  /**
   * An Order for half of the network: the blocks that are not final otherwise, as if all agreed.
   */
  #otherOrder(order: Order, to: number): SignedData {
    const final = Math.min(finalityPoint(order), order.blockCount);
    const tail = order.blocks.slice(final, order.blockCount).toArray();
    if (to % 2 === 0) tail.reverse();
    if (this.#chance.happens(0.2)) tail.push(this.#block(0));
    if (this.#chance.happens(0.2)) tail.shift();
    const blocks = order.blocks.slice(0, final).concat(Vector.from(tail));
    const claimed = () => final + this.#chance.below(blocks.count - final + 1);
    const points = this.#chance.happens(0.5)
      ? [blocks.count, blocks.count, blocks.count, blocks.count]
      : [blocks.count, claimed(), claimed(), claimed()].sort((a, b) => b - a);
    const now = this.#sim.clockMs + this.#chance.below(2) - this.#chance.below(20);
    return this.#sign(Order.of(now, Vector.from(points), blocks));
  }

  #earlier(order: Order): SignedData {
    const timestamp = this.#sim.clockMs - Math.floor(this.#chance.between(0, BEHIND_MS));
    const final = finalityPoint(order);
    const count = this.#chance.below(order.blockCount + 1);
    const points = [count, Math.min(count, final), Math.min(count, final), 0];
    return this.#sign(Order.of(timestamp, Vector.from(points), order.blocks.slice(0, count)));
  }

  #later(order: Order): SignedData {
    const aheadMs = this.#chance.pick([AHEAD_MS, FAR_AHEAD_MS]);
    const timestamp = this.#sim.clockMs + Math.floor(this.#chance.between(0, aheadMs));
    return this.#sign(order.withTimestamp(timestamp));
  }

  #misshapen(order: Order): SignedData {
    const count = order.blockCount;
    const points = this.#chance.pick([
      [],
      [count],
      [count, count, count],
      [0, count, count, count],
      [count, count + 9, count + 9, count + 9],
      [count, 0, 0, -1],
      [count, 0, count, count],
      [count, count, count, count, count],
    ]);
    return this.#sign(Order.of(this.#sim.clockMs, Vector.from(points), order.blocks));
  }

  #badBlock(order: Order): SignedData {
    const good = this.#block(0);
    const bad = this.#chance.pick([
      SignedData.of(good.publicKey, this.#chance.bytes(64), good.value),
      SignedData.of(this.#chance.pick(this.#others).keyPair.publicKey, good.signature, good.value),
      this.#block(FAR_AHEAD_MS),
      this.#block(-FAR_AHEAD_MS),
      this.#sign(Order.EMPTY),
      7,
    ]);
    const blocks = order.blocks.append(bad);
    const points = [blocks.count, blocks.count, 0, 0];
    return this.#sign(Order.of(this.#sim.clockMs, Vector.from(points), blocks));
  }

  #repeated(): SignedData | null {
    return this.#old.length === 0 ? null : this.#chance.pick(this.#old);
  }

  /** An Order in the name of another, with a signature that it does not have. */
  #forged(order: Order): SignedData {
    const { publicKey } = this.#chance.pick(this.#others).keyPair;
    const later = order.withTimestamp(this.#sim.clockMs);
    const own = this.#sign(later);
    const signature = this.#chance.happens(0.5) ? own.signature : this.#chance.bytes(64);
    return SignedData.of(publicKey, signature, later);
  }

  #block(aheadMs: number): SignedData {
    return SignedData.sign(this.#sim.keyPair, Block.of(this.#sim.clockMs + aheadMs, Vector.EMPTY));
  }

  #damaged(payload: Uint8Array): Uint8Array {
    const bytes = payload.slice();
    const at = this.#chance.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << this.#chance.below(8));
    return bytes;
  }
}
