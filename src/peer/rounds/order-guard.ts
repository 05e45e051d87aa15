// The double-sign guard (sheet 04 §14.7, §14.10): this peer never signs an Order that takes back
// what it has said before: an earlier time, other final blocks, or fewer of them, which a merge may
// come to when others fall back (sheet 04 §3.5). It starts from the last Order that was made
// durable, learns of later ones that the network knows under its key, and the peer makes every
// Order durable before it leaves.

import type { OrderSigner } from "../../consensus/merge.ts";
import { finalityPoint, pointsOf, replaces } from "../../consensus/points.ts";
import type { KeyPair } from "../../crypto/ed25519.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { hashKey } from "../../data/encode.ts";
import { compareIntegers } from "../../data/integer.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { CONSENSUS_LEVEL, type Order } from "../../state/order.ts";
import { keepNewest } from "../newest.ts";

export type OrderRefusal =
  | "older timestamp"
  | "conflict with final blocks"
  | "conflict with a concession"
  | "nothing new";

/** Orders signed by this process that it recognises when they come back. */
const SIGNED_ORDERS_MAX = 1_000;

/**
 * `signOrder` answers null and says why in `refusal`, or signs: the Order itself, or one with as
 * many final blocks as it has signed before.
 */
export class OrderGuard implements OrderSigner {
  readonly publicKey: Uint8Array;
  readonly #keyPair: KeyPair;
  /** The latest Order under this key, null before the first. */
  #last: Order | null;
  #refusal: OrderRefusal | null = null;
  /** Hash keys of the Orders that were signed here lately, oldest first. */
  readonly #signed = new Set<string>();
  /** Blocks that others hold on to and this peer has given in to, null without any. */
  #conceded: Vector | null = null;

  constructor(keyPair: KeyPair, last: Order | null) {
    this.#keyPair = keyPair;
    this.publicKey = keyPair.publicKey;
    this.#last = last;
  }

  /** The latest Order under this key, null before the first. */
  get last(): Order | null {
    return this.#last;
  }

  /** Why the last Order asked for was not signed, null when it was. */
  get refusal(): OrderRefusal | null {
    return this.#refusal;
  }

  /** Why an Order would not be signed, null when it would be. */
  refusalOf(order: Order): OrderRefusal | null {
    const refusal = this.#last === null ? null : refusalOf(order, this.#last);
    const conceded = this.#conceded;
    if (refusal !== null || conceded === null) return refusal;
    const agreed = commonPrefixLength(order.blocks, conceded);
    return agreed < conceded.count ? "conflict with a concession" : null;
  }

  /** From now on signs only Orders that begin with these blocks; null signs others again. */
  concede(blocks: Vector | null): void {
    this.#conceded = blocks;
  }

  signOrder(order: Order): SignedData | null {
    this.#refusal = this.refusalOf(order);
    if (this.#refusal !== null) return null;
    const kept = this.keepFinality(order);
    if (kept !== order && this.#isLast(kept)) {
      this.#refusal = "nothing new";
      return null;
    }
    this.#last = kept;
    this.#signed.add(hashKey(kept));
    keepNewest(this.#signed, SIGNED_ORDERS_MAX);
    return SignedData.sign(this.#keyPair, kept);
  }

  /** An Order that agrees with the last one on its final blocks, with no fewer of them. */
  keepFinality(order: Order): Order {
    if (this.#last === null) return order;
    const final = finalityPoint(this.#last);
    const points = pointsOf(order);
    if ((points[CONSENSUS_LEVEL.FINALITY] as number) >= final) return order;
    return order.withPoints(Vector.from(points.map((point) => Math.max(point, final))));
  }

  /** Whether an Order says what the last one does, at another time. */
  #isLast(order: Order): boolean {
    const last = this.#last;
    return last !== null && hashKey(order.withTimestamp(last.timestamp)) === hashKey(last);
  }

  /**
   * Takes note of an Order that bears this key's signature. True when it is later than the last
   * one, and another process has signed it: an earlier Order of this process can come back and seem
   * later, since all have the same time while a clock that was set back catches up. What is final
   * in either of the two stays so.
   */
  learn(order: Order): boolean {
    if (!replaces(this.#last, order) || this.#signed.has(hashKey(order))) return false;
    const isRefused = this.#last !== null && refusalOf(order, this.#last) !== null;
    this.#last = isRefused ? order : this.keepFinality(order);
    return true;
  }

  /**
   * Takes an equal Order that was loaded afresh in place of the last one, to let go of its cells. A
   * later one, heard of and not written yet, stays.
   */
  reload(order: Order | null): void {
    const last = this.#last;
    if (order !== null && last !== null && hashKey(order) === hashKey(last)) this.#last = order;
  }
}

function refusalOf(order: Order, last: Order): OrderRefusal | null {
  if (compareIntegers(order.timestamp, last.timestamp) < 0) return "older timestamp";
  const final = finalityPoint(last);
  const agreed = commonPrefixLength(order.blocks, last.blocks);
  return agreed < final ? "conflict with final blocks" : null;
}
