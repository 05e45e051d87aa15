// A way out of a halt for which the rules of the merge have none (sheet 04 §3.3.1). A peer that has
// called blocks consensus drops all Orders from its vote that have others in their place, and stays
// with its blocks. When such peers are too few to make these final, and the rest too few without
// them, nobody ever moves again. Peers that have called no other blocks consensus can move: which
// blocks a peer proposes is for it to choose.

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

/** Blocks that others hold on to, against what this peer proposes. */
interface Hold {
  /** The first Order found with them. */
  readonly order: Order;
  /** Number of these blocks: others have called them consensus. */
  readonly point: number;
  /** How many of them this peer's own Order has. */
  readonly agreed: number;
  /** Hash key of the vector of these blocks. */
  readonly hash: string;
  /** Of all that hold on to them. */
  weight: number;
}

/** What a peer gives in to. */
export interface Concession {
  /** The blocks that others have called consensus. */
  readonly held: Vector;
  /** These, those that a holder has behind them, and those that only the own Order has. */
  readonly blocks: Vector;
  /**
   * Whether no blocks can become final without those who hold on. Peers that lie may hold on to
   * anything, but are never that many.
   */
  readonly isNeeded: boolean;
}

/**
 * The blocks that others hold on to with most weight; of equal weight those with the lowest hash.
 * Only blocks count in whose place the own Order has others that it has not called consensus. Null
 * when there are none.
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
