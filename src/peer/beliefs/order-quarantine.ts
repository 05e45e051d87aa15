// Orders that wait because one of their blocks has a fault. The network may agree on such a block
// all the same: then it will be executed, and Orders with it count.

import { CONSENSUS_THRESHOLD } from "../../consensus/cpos.ts";
import { pointAt } from "../../consensus/points.ts";
import { votingWeights } from "../../consensus/weights.ts";
import type { Value } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import type { SignedData } from "../../data/signed.ts";
import { CONSENSUS_LEVEL, type Order } from "../../state/order.ts";
import type { State } from "../../state/state.ts";

interface Quarantined {
  readonly signed: SignedData;
  /** Of the faulty block. */
  readonly position: number;
  /** Hash key of that block, null unless the Order calls it consensus. */
  readonly agreedKey: string | null;
}

/** The latest such Order of each peer, by key (32 characters). */
export class OrderQuarantine {
  readonly #orders = new Map<string, Quarantined>();

  /**
   * @param kept the signed Order as it is to be kept
   * @param position of the first faulty block of `order`
   */
  add(key: string, kept: SignedData, order: Order, position: number): void {
    const isAgreed = pointAt(order, CONSENSUS_LEVEL.CONSENSUS) > position;
    const agreedKey = isAgreed ? hashKey(order.blocks.get(position)) : null;
    this.#orders.set(key, { signed: kept, position, agreedKey });
  }

  remove(key: string): void {
    this.#orders.delete(key);
  }

  get orders(): SignedData[] {
    return [...this.#orders.values()].map(({ signed }) => signed);
  }

  /** Whether peers of more than 67% of the weight call a block at this position consensus. */
  isAgreedOn(block: Value, position: number, state: State): boolean {
    const blockKey = hashKey(block);
    const { weights, total } = votingWeights(state);
    let weight = 0;
    for (const [key, order] of this.#orders) {
      if (order.position === position && order.agreedKey === blockKey) {
        weight += weights.get(key) ?? 0;
      }
    }
    return weight > total * CONSENSUS_THRESHOLD;
  }
}
