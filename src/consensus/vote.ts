// The votes of a merge (sheet 04 §3.3.1–3): which Orders take part, and with how much weight.

import type { Integer } from "../data/cell.ts";
import { commonPrefixLength } from "../data/common-prefix.ts";
import { hashKey } from "../data/encode.ts";
import type { Index } from "../data/index-map.ts";
import { orderIn } from "../state/belief.ts";
import type { Order } from "../state/order.ts";
import { type Points, pointsOf } from "./points.ts";
import { signerWeight, type VotingWeights } from "./weights.ts";

/** Equal Orders of one or more peers, with the weight of them all. */
export interface Vote {
  readonly order: Order;
  readonly points: Points;
  weight: number;
}

/** Who votes for what in a merge; weights as in VotingWeights. */
export interface Tally {
  /** One for each Order that is not equal to another, in the order of the Belief. */
  readonly votes: readonly Vote[];
  /** Weight of all that voted. */
  readonly considered: number;
}

/**
 * The Orders whose blocks agree with `mine` up to the consensus point of `mine`; others are
 * dropped, but for those that T36 (data/index-tree.ts) leaves in: they take part in the vote.
 */
export function consistentOrders(orders: Index, mine: Order, consensusPoint: number): Index {
  return orders.filterValues((signed) => {
    const order = orderIn(signed);
    return order !== null && commonPrefixLength(order.blocks, mine.blocks) >= consensusPoint;
  });
}

/**
 * The votes for distinct Orders. A vote weighs what its signer does, whatever key it is filed
 * under.
 */
export function collectVotes(orders: Index, { weights }: VotingWeights): Tally {
  const votes: Vote[] = [];
  const byTime = new Map<Integer, Vote[]>();
  let considered = 0;
  orders.forEach((signed) => {
    const order = orderIn(signed);
    if (order === null) return;
    const weight = signerWeight(signed, weights);
    if (weight === 0) return;
    considered += weight;
    const atThatTime = byTime.get(order.timestamp);
    const known = atThatTime?.find((vote) => isEqual(vote.order, order));
    if (known !== undefined) {
      known.weight += weight;
      return;
    }
    const vote = { order, points: pointsOf(order), weight };
    votes.push(vote);
    if (atThatTime === undefined) byTime.set(order.timestamp, [vote]);
    else atThatTime.push(vote);
  });
  return { votes, considered };
}

/** Orders are only hashed when they could be equal: most differ by time. */
function isEqual(a: Order, b: Order): boolean {
  return a === b || hashKey(a) === hashKey(b);
}
