// The Order that the network goes by, as far as Orders of others show: one whose final blocks peers
// of more than two thirds of the weight have called consensus. It leads a peer back that has parted
// from the others, or been away.

import { CONSENSUS_THRESHOLD, QUORUM_OVERLAP } from "../../consensus/cpos.ts";
import { finalityPoint, pointAt } from "../../consensus/points.ts";
import { votingWeights } from "../../consensus/weights.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { CONSENSUS_LEVEL, type Order } from "../../state/order.ts";
import type { State } from "../../state/state.ts";

/**
 * The Order with most final blocks that enough others back, null when there is none.
 * @param orders checked Orders of others by key of their peer (32 characters)
 */
export function networkOrder(orders: ReadonlyMap<string, Order>, state: State): Order | null {
  const level = CONSENSUS_LEVEL.CONSENSUS;
  return backedOrder(orders, state, level, CONSENSUS_THRESHOLD);
}

/**
 * The Order with most final blocks that more of the weight has called final than may lie
 * (`QUORUM_OVERLAP`), null when there is none. So a quorum has called these blocks consensus; with
 * others in their place nothing may become final any more. For a peer that has only called such
 * consensus, and would wait for ever.
 */
export function finalOrder(orders: ReadonlyMap<string, Order>, state: State): Order | null {
  return backedOrder(orders, state, CONSENSUS_LEVEL.FINALITY, QUORUM_OVERLAP);
}

/** The Order with most final blocks that more than a share of the weight has at a level. */
function backedOrder(
  orders: ReadonlyMap<string, Order>,
  state: State,
  level: number,
  share: number,
): Order | null {
  const { weights, total } = votingWeights(state);
  const sorted = [...orders.values()].sort((a, b) => finalityPoint(b) - finalityPoint(a));
  for (const candidate of sorted) {
    let weight = 0;
    for (const [key, order] of orders) {
      if (backs(order, candidate, level)) weight += weights.get(key) ?? 0;
    }
    if (weight > total * share) return candidate;
  }
  return null;
}

function backs(order: Order, candidate: Order, level: number): boolean {
  const final = finalityPoint(candidate);
  if (pointAt(order, level) < final) return false;
  return commonPrefixLength(order.blocks, candidate.blocks) >= final;
}

/**
 * Whether another Order's final blocks contradict what this one has called consensus: no merge
 * brings the two together (sheet 04 §3.3.1).
 */
export function contradicts(other: Order, own: Order): boolean {
  const agreed = commonPrefixLength(other.blocks, own.blocks);
  const consensus = pointAt(own, CONSENSUS_LEVEL.CONSENSUS);
  return agreed < Math.min(consensus, finalityPoint(other));
}
