// A way out of a halt that the rules of the merge know none for (sheet 04 §3.3.1): peers that have
// called blocks consensus drop from their vote all who have others in their place, and stay with
// these blocks. When they are too few to make them final, and the rest too few without them, nobody
// ever moves again. Those that are bound to nothing can: which blocks a peer proposes is its own
// affair.

import { commonPrefixLength } from "../data/common-prefix.ts";
import { hashKey } from "../data/encode.ts";
import type { Vector } from "../data/vector.ts";
import { firstElements } from "../data/vector-first.ts";
import { type Belief, orderIn } from "../state/belief.ts";
import { CONSENSUS_LEVEL, type Order } from "../state/order.ts";
import type { State } from "../state/state.ts";
import { CONSENSUS_THRESHOLD } from "./cpos.ts";
import { pointAt } from "./points.ts";
import { signerWeight, votingWeights } from "./weights.ts";

/** What others hold on to, against the own proposal. */
interface Hold {
  readonly order: Order;
  /** Number of blocks that they have called consensus, and how many of them the own Order has. */
  readonly point: number;
  readonly agreed: number;
  /** Hash key of the vector of these blocks. */
  readonly hash: string;
  weight: number;
}

/** What a peer gives in to. */
export interface Concession {
  /** The blocks that others have called consensus. */
  readonly held: Vector;
  /** These, what their holder has behind them, and what else the own Order has. */
  readonly blocks: Vector;
  /**
   * Whether the others can't make blocks final without those who hold on: who lies may hold on to
   * anything, but is not so many.
   */
  readonly isNeeded: boolean;
}

/**
 * The blocks that others hold on to with most weight, of equal ones those with the lowest hash,
 * when the own Order has others in their place and has not called them consensus; null without
 * such.
 */
export function concession(belief: Belief, publicKey: Uint8Array, state: State): Concession | null {
  const mine = belief.orderOf(publicKey);
  if (mine === null) return null;
  const { weights, total } = votingWeights(state);
  const holds = new Map<string, Hold>();
  for (const [, signed] of belief.entries) {
    const order = orderIn(signed);
    // The own Order does not hold on to anything against itself.
    if (order === null) continue;
    const hold = holdOf(order, mine);
    if (hold === null) continue;
    const weight = signerWeight(signed, weights);
    const known = holds.get(hold.hash);
    if (known === undefined) holds.set(hold.hash, { ...hold, weight });
    else known.weight += weight;
  }
  const [best] = [...holds.values()].sort(
    (a, b) => b.weight - a.weight || (a.hash < b.hash ? -1 : 1),
  );
  if (best === undefined) return null;
  const isNeeded = total - best.weight <= total * CONSENSUS_THRESHOLD;
  return { ...concede(mine, best), isNeeded };
}

function holdOf(order: Order, mine: Order): Omit<Hold, "weight"> | null {
  const point = pointAt(order, CONSENSUS_LEVEL.CONSENSUS);
  const agreed = commonPrefixLength(order.blocks, mine.blocks);
  if (agreed >= point || agreed < pointAt(mine, CONSENSUS_LEVEL.CONSENSUS)) return null;
  return { order, point, agreed, hash: hashKey(firstElements(order.blocks, point)) };
}

function concede(mine: Order, { order, point, agreed }: Hold): Omit<Concession, "isNeeded"> {
  let { blocks } = order;
  const known = new Set<string>();
  for (let i = agreed; i < blocks.count; i++) known.add(hashKey(blocks.get(i)));
  for (let i = agreed; i < mine.blocks.count; i++) {
    const block = mine.blocks.get(i);
    if (!known.has(hashKey(block))) blocks = blocks.append(block);
  }
  return { held: firstElements(order.blocks, point), blocks };
}
