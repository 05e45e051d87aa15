// The Order that the network goes by, as far as Orders of others show: one whose final blocks peers of
// more than two thirds of the weight have called consensus. It leads a peer back that has parted
// from the others, or been away.

import { commonPrefix } from "../consensus/common-prefix.ts";
import { CONSENSUS_THRESHOLD } from "../consensus/cpos.ts";
import { pointsOf } from "../consensus/points.ts";
import { votingWeights } from "../consensus/weights.ts";
import { CONSENSUS_LEVEL, type Order } from "../state/order.ts";
import type { State } from "../state/state.ts";

/**
 * The Order with most final blocks that enough others back, null when there is none.
 * @param orders checked Orders of others by key of their peer (32 characters)
 */
export function networkOrder(orders: ReadonlyMap<string, Order>, state: State): Order | null {
  const { weights, total } = votingWeights(state);
  const sorted = [...orders.values()].sort((a, b) => finality(b) - finality(a));
  for (const candidate of sorted) {
    let weight = 0;
    for (const [key, order] of orders) {
      if (backs(order, candidate)) weight += weights.get(key) ?? 0;
    }
    if (weight > total * CONSENSUS_THRESHOLD) return candidate;
  }
  return null;
}

function finality(order: Order): number {
  return pointsOf(order)[CONSENSUS_LEVEL.FINALITY] as number;
}

function backs(order: Order, candidate: Order): boolean {
  const final = finality(candidate);
  if ((pointsOf(order)[CONSENSUS_LEVEL.CONSENSUS] as number) < final) return false;
  return commonPrefix(order.blocks, candidate.blocks) >= final;
}

/**
 * Whether another Order's final blocks contradict what this one has called consensus: no merge brings
 * the two together (sheet 04 §3.3.1).
 */
export function contradicts(other: Order, own: Order): boolean {
  const agreed = commonPrefix(other.blocks, own.blocks);
  const consensus = pointsOf(own)[CONSENSUS_LEVEL.CONSENSUS] as number;
  return agreed < Math.min(consensus, finality(other));
}
