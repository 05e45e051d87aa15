// Beliefs on their way out (sheet 04 §8.2, §15): each connection gets the Orders that it has not
// had, and nothing when there are none. What a connection can't take at the moment is not queued:
// it gets the latest Belief as soon as it can. The whole Belief goes along once a second, so that a
// receiver that lacks an Order hears of it. A connection on which nothing was said for 300 ms is
// told that nothing is new, as peers of the reference do, and blocks that do not become final are
// sent again (resend-schedule.ts).

import { finalityPoint } from "../../consensus/points.ts";
import { keyOf } from "../../crypto/sha3.ts";
import type { Cell, Value } from "../../data/cell.ts";
import { encoding } from "../../data/encode.ts";
import { SignedData } from "../../data/signed.ts";
import type { Belief } from "../../state/belief.ts";
import type { Order } from "../../state/order.ts";
import { type Clock, isOver } from "../clock.ts";
import {
  BELIEF_QUEUE_BYTES,
  BELIEF_REBROADCAST_DELAY,
  FULL_BELIEF_BYTES_MAX,
  WHOLE_BELIEF_MS,
} from "../network-bounds.ts";
import {
  type BeliefDelta,
  beliefDelta,
  deltaPayload,
  hasMoreBytes,
  newsPayload,
} from "./belief-delta.ts";
import { type ChangedOrder, type HasGroup, type KnownOrders, knownOrder } from "./belief-groups.ts";
import { Delivery } from "./delivery.ts";
import { ResendSchedule } from "./resend-schedule.ts";

/** Where Beliefs are sent. */
export interface BeliefReceiver {
  /** Key of the peer that it has proved to be, as 32 characters; null without. */
  readonly key: string | null;
  readonly isOpen: boolean;
  /** Bytes that wait to be sent to it. */
  readonly queuedBytes: number;
  /** False when it was not taken. */
  sendPayload(payload: Uint8Array): boolean;
}

export class Propagation {
  readonly #clock: Clock;
  readonly #deliveries = new Map<BeliefReceiver, Delivery>();
  /** Deltas to the current Belief by the one before, null from nothing. */
  readonly #deltas = new Map<KnownOrders | null, BeliefDelta>();
  /** What receivers have when some Orders wait, by their former base and by these Orders. */
  readonly #bases = new Map<KnownOrders | null, Map<string, KnownOrders>>();
  #belief: Belief | null = null;
  /** Key of the peer, as 32 characters. */
  #own = "";
  /** Number of final blocks and of all blocks in the own Order. */
  #final = 0;
  #blocks = 0;
  readonly #resends = new ResendSchedule();
  #cancelTick: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Sends a Belief to everyone.
   * @param order the Order that the peer goes by
   * @param publicKey the key of the peer, whose blocks have no other source
   */
  publish(belief: Belief, order: Order | null, publicKey: Uint8Array): void {
    this.#follow(belief, order, publicKey);
    this.#introduceAll();
    for (const receiver of this.#deliveries.keys()) this.#send(receiver);
    this.#watch();
  }

  /** Sends Beliefs to a newcomer from now on, first of all the current one. */
  add(receiver: BeliefReceiver): void {
    if (this.#deliveries.has(receiver)) return;
    this.#deliveries.set(receiver, new Delivery(this.#clock.now()));
    this.#introduceAll();
    this.#watch();
  }

  remove(receiver: BeliefReceiver): void {
    this.#deliveries.delete(receiver);
  }

  /** Takes note of what a receiver has sent itself. */
  noteReceived(receiver: BeliefReceiver, payload: Cell): void {
    const delivery = this.#deliveries.get(receiver);
    delivery?.noteReceived(payload, this.#clock.now());
  }

  /** Takes note that a receiver has asked for cells. */
  noteFetch(receiver: BeliefReceiver): void {
    this.#deliveries.get(receiver)?.noteFetch(this.#clock.now());
  }

  /** Whether somebody depends on this peer to hear what others say. */
  get isRelay(): boolean {
    if (this.#belief === null) return false;
    const now = this.#clock.now();
    const origins = this.#belief.entries.map(([, signed]) => signerOf(signed));
    for (const [{ key }, delivery] of this.#deliveries) {
      for (const origin of origins) {
        if (origin === this.#own || origin === key || delivery.hears(origin, now)) continue;
        return true;
      }
    }
    return false;
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#deliveries.clear();
  }

  #follow(belief: Belief, order: Order | null, publicKey: Uint8Array): void {
    this.#belief = belief;
    this.#own = keyOf(publicKey);
    this.#deltas.clear();
    this.#bases.clear();
    this.#final = order === null ? 0 : finalityPoint(order);
    this.#blocks = order?.blockCount ?? 0;
    this.#resends.follow(order, this.#own, this.#clock.now());
  }

  /** Sends what is new since the last Belief that the receiver was sent. */
  #send(receiver: BeliefReceiver): void {
    const belief = this.#belief;
    const delivery = this.#deliveries.get(receiver);
    if (belief === null || delivery === undefined) return;
    if (delivery.sent === null || receiver.queuedBytes > BELIEF_QUEUE_BYTES) return;
    if (delivery.sent === belief) return;
    const delta = this.#delta(delivery.base, belief);
    const now = this.#clock.now();
    if (isOver(delivery.wholeAtMs, WHOLE_BELIEF_MS, now)) {
      this.#sendWhole(receiver, delivery, delta, this.#hasOf(delivery, now));
      return;
    }
    const waiting = this.#leftToOthers(delta, delivery, now);
    const hasAnyway = this.#hasOf(delivery, now);
    const has: HasGroup = (group) => waiting.has(group.key) || hasAnyway(group);
    const payload = newsPayload(delta, has);
    if (payload !== null && !this.#handOver(receiver, delivery, payload, delta, has)) return;
    delivery.sent = belief;
    delivery.base = this.#baseWithout(waiting, delivery.base);
  }

  /**
   * The changed Orders, by name, that a receiver hears as soon from others: they can wait for the
   * next whole Belief. Its own Orders this peer tells itself: nobody else has them sooner.
   */
  #leftToOthers(
    delta: BeliefDelta,
    delivery: Delivery,
    nowMs: number,
  ): ReadonlyMap<string, ChangedOrder> {
    const left = new Map<string, ChangedOrder>();
    for (const [key, changed] of delta.orders) {
      const origin = changed.signed.signer;
      if (origin === this.#own || delivery.has(key) || !delivery.hears(origin, nowMs)) continue;
      left.set(key, changed);
    }
    return left;
  }

  /**
   * What a receiver has of the current Belief when some Orders of it wait to be told: made once for
   * all receivers for whom the same ones wait.
   */
  #baseWithout(
    waiting: ReadonlyMap<string, ChangedOrder>,
    before: KnownOrders | null,
  ): KnownOrders {
    const belief = this.#belief as Belief;
    if (waiting.size === 0) return belief;
    let bases = this.#bases.get(before);
    if (bases === undefined) {
      bases = new Map();
      this.#bases.set(before, bases);
    }
    let name = "";
    for (const { index } of waiting.values()) name += `${index} `;
    let base = bases.get(name);
    if (base === undefined) {
      base = withOrdersOf(belief, before, waiting.values());
      bases.set(name, base);
    }
    return base;
  }

  /** Sends the whole Belief, without the groups that the receiver has. */
  #sendWhole(
    receiver: BeliefReceiver,
    delivery: Delivery,
    delta: BeliefDelta,
    has: HasGroup,
  ): void {
    if (!this.#handOver(receiver, delivery, deltaPayload(delta, has), delta, has)) return;
    delivery.sent = this.#belief;
    delivery.base = this.#belief;
    delivery.whole = this.#belief;
    delivery.wholeAtMs = delivery.sentAtMs;
  }

  /** Sends a payload and notes what the receiver has of it; false when it was not taken. */
  #handOver(
    receiver: BeliefReceiver,
    delivery: Delivery,
    payload: Uint8Array,
    delta: BeliefDelta,
    has: HasGroup,
  ): boolean {
    if (!receiver.sendPayload(payload)) return false;
    delivery.sentAtMs = this.#clock.now();
    for (const group of delta.groups) if (!has(group)) delivery.note(group.key);
    return true;
  }

  /**
   * What need not be sent to a receiver: what it has, and where it asks for what it lacks also the
   * blocks of others. Most peers have these from who made them, and two that have one would send it
   * to each other.
   */
  #hasOf(delivery: Delivery, nowMs: number): HasGroup {
    const isLeftToOthers = delivery.asks(nowMs) && !delivery.isFetching(nowMs);
    return ({ key, blockOf }) =>
      delivery.has(key) || (isLeftToOthers && blockOf !== null && blockOf !== this.#own);
  }

  #delta(from: KnownOrders | null, belief: Belief): BeliefDelta {
    let delta = this.#deltas.get(from);
    if (delta === undefined) {
      delta = from === null ? this.#introduction(belief) : beliefDelta(belief, from, 0);
      this.#deltas.set(from, delta);
    }
    return delta;
  }

  /** A small Belief as a whole; else the Orders with their blocks that are not final. */
  #introduction(belief: Belief): BeliefDelta {
    const end = beliefDelta(belief, null, this.#final);
    if (this.#final === 0 || hasMoreBytes(end, FULL_BELIEF_BYTES_MAX)) return end;
    // Blocks take some hundred bytes at least: no need to collect what can't be small.
    if (this.#blocks * LEAST_BLOCK_BYTES > FULL_BELIEF_BYTES_MAX) return end;
    const whole = beliefDelta(belief, null, 0);
    return hasMoreBytes(whole, FULL_BELIEF_BYTES_MAX) ? end : whole;
  }

  /**
   * The first thing a newcomer gets; again a little later, since it may have dropped it, but for
   * what it has shown meanwhile to have.
   */
  #introduceAll(): void {
    const belief = this.#belief;
    if (belief === null) return;
    const now = this.#clock.now();
    for (const [receiver, delivery] of this.#deliveries) {
      if ((delivery.introductions[0] ?? Number.POSITIVE_INFINITY) > now) continue;
      if (receiver.queuedBytes > BELIEF_QUEUE_BYTES) continue;
      delivery.introductions = delivery.introductions.filter((time) => time > now);
      const has: HasGroup = ({ key }) => delivery.hasShown(key);
      this.#sendWhole(receiver, delivery, this.#delta(null, belief), has);
    }
  }

  /** One appointment at a time, as long as there is anyone to send to. */
  #watch(): void {
    if (this.#cancelTick !== null || this.#deliveries.size === 0) return;
    this.#cancelTick = this.#clock.after(BELIEF_REBROADCAST_DELAY, () => {
      this.#cancelTick = null;
      // First of all: what follows may find that the store can't be read.
      this.#watch();
      this.#tick();
    });
  }

  #tick(): void {
    const belief = this.#belief;
    if (belief === null) return;
    const now = this.#clock.now();
    this.#introduceAll();
    for (const receiver of this.#deliveries.keys()) this.#send(receiver);
    if (this.#resends.isDue(now)) {
      this.#resend(belief);
      this.#resends.sent(this.#clock.now());
    }
    for (const [receiver, delivery] of this.#deliveries) {
      if (isOver(delivery.sentAtMs, BELIEF_REBROADCAST_DELAY, now)) {
        this.#repeat(receiver, delivery, belief);
      }
    }
  }

  /** The Belief alone, as a sign of life and so that a receiver that lacks something asks. */
  #repeat(receiver: BeliefReceiver, delivery: Delivery, belief: Belief): void {
    if (delivery.sent !== belief) return;
    if (delivery.whole !== belief) {
      const has = this.#hasOf(delivery, this.#clock.now());
      this.#sendWhole(receiver, delivery, this.#delta(delivery.base, belief), has);
    } else if (receiver.sendPayload(encoding(belief).slice())) {
      delivery.sentAtMs = this.#clock.now();
    }
  }

  /**
   * The Orders with their blocks that are not final, whoever has had them. Who asks for what it
   * lacks gets them the second time: while peers are busy, finality takes longer than the first.
   */
  #resend(belief: Belief): void {
    const now = this.#clock.now();
    const { isFirst } = this.#resends;
    const delta = beliefDelta(belief, null, this.#final);
    for (const [receiver, delivery] of this.#deliveries) {
      if (isFirst && delivery.asks(now)) continue;
      if (delivery.sent === belief && receiver.queuedBytes === 0) {
        this.#sendWhole(receiver, delivery, delta, HAS_NOTHING);
      }
    }
  }
}

const HAS_NOTHING = () => false;

/** Least bytes of a block with a transaction. */
const LEAST_BLOCK_BYTES = 200;

/** Orders of a Belief, but for some peers those of the one before: theirs are yet to be told. */
function withOrdersOf(
  belief: Belief,
  before: KnownOrders | null,
  waiting: Iterable<ChangedOrder>,
): KnownOrders {
  const entries = belief.entries.slice();
  for (const changed of waiting) {
    const known = before === null ? null : knownOrder(before, changed);
    entries[changed.index] = [changed.key, known];
  }
  return { entries };
}

function signerOf(signed: Value): string {
  return signed instanceof SignedData ? signed.signer : "";
}
