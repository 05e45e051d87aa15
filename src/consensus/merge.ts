// hot: see test/bench. The merge of Beliefs (sheet 04 §3), a pure step: from what this peer
// believes, what it hears, the consensus State and the time, the next Belief. With it goes what the
// peer itself votes for: its own Order, signed anew when it changes.

import { Blob } from "../data/blob.ts";
import type { Integer } from "../data/cell.ts";
import { commonPrefixLength } from "../data/common-prefix.ts";
import { hashKey } from "../data/encode.ts";
import type { Index } from "../data/index-map.ts";
import { compareIntegers } from "../data/integer.ts";
import type { SignedData } from "../data/signed.ts";
import { Vector } from "../data/vector.ts";
import { Belief, orderIn } from "../state/belief.ts";
import { CONSENSUS_LEVEL, Order } from "../state/order.ts";
import type { State } from "../state/state.ts";
import { KEEP_PROPOSAL_TIME } from "./cpos.ts";
import { isEffectivePeer } from "./effective-peers.ts";
import { countLevels } from "./levels.ts";
import { clippedPoints, pointAt, pointsOf, replaces, samePoints } from "./points.ts";
import { collectVotes, consistentOrders } from "./vote.ts";
import { votingWeights } from "./weights.ts";
import { winningBlocks } from "./winning-order.ts";

/** Signs the Orders of one peer. */
export interface OrderSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The signed Order, or null when this peer must not sign it: it then stays with its last one. */
  signOrder(order: Order): SignedData | null;
}

/** What a merge starts from. */
export interface MergeContext {
  readonly signer: OrderSigner;
  /** The peer's time in milliseconds. */
  readonly now: Integer;
  /** The State at the peer's finality point. */
  readonly state: State;
}

/** The step from what is believed and heard to what is believed next. */
export type BeliefMerge = (
  belief: Belief,
  received: readonly (Belief | null)[],
  context: MergeContext,
) => Belief;

/**
 * The Belief after a merge; the same object when nothing changed.
 * @throws Error when `belief` lacks the peer's own Order
 */
export function mergeBeliefs(
  belief: Belief,
  received: readonly (Belief | null)[],
  context: MergeContext,
): Belief {
  const orders = accumulateOrders(belief.orders, received, context);
  const merged = vote(belief, orders, context);
  return merged === belief.orders ? belief : Belief.of(merged);
}

/** Sheet 04 §3.2. Orders that were let in once are not looked at again. */
function accumulateOrders(
  own: Index,
  received: readonly (Belief | null)[],
  { state, now }: MergeContext,
): Index {
  let orders = own;
  for (const belief of received) {
    if (belief === null || belief.orders === orders) continue;
    for (const [key, signed] of belief.entries) {
      const order = orderIn(signed);
      if (order === null || !isEffectivePeer(state, key)) continue;
      if (compareIntegers(order.timestamp, now) > 0) continue;
      const known = orderIn(orders.get(key));
      if (replaces(known, order)) orders = orders.assoc(key, signed) ?? orders;
    }
  }
  return orders;
}

/** Sheet 04 §3.3: the Orders to keep, with the own one brought up to date. */
function vote(belief: Belief, orders: Index, context: MergeContext): Index {
  const { signer, state } = context;
  const mine = belief.orderOf(signer.publicKey);
  if (mine === null) throw new Error("a peer merges only with an Order of its own");
  const points = pointsOf(mine);
  const consensusPoint = points[CONSENSUS_LEVEL.CONSENSUS] as number;
  const kept = consistentOrders(orders, mine, consensusPoint);
  const weights = votingWeights(state);
  const tally = collectVotes(kept, weights);
  const blocks = winningBlocks(tally, consensusPoint, state);
  if (blocks === null) return belief.orders;
  const clipped = clippedPoints(points, blocks.count);
  const counted = countLevels(blocks, clipped, tally.votes, weights.total);
  const isSame = samePoints(counted, points) && hashKey(blocks) === hashKey(mine.blocks);
  if (isSame || !mayReplace(mine, blocks, context.now)) return kept;
  const signed = signer.signOrder(Order.of(context.now, Vector.from(counted), blocks));
  return signed === null ? kept : (kept.assoc(Blob.of(signer.publicKey), signed) ?? kept);
}

/** A proposal is kept for a while before it may be given up for another, so that peers settle. */
function mayReplace(mine: Order, blocks: Vector, now: Integer): boolean {
  const proposalPoint = pointAt(mine, CONSENSUS_LEVEL.PROPOSAL);
  if (commonPrefixLength(blocks, mine.blocks) >= proposalPoint) return true;
  return Number(now) > Number(mine.timestamp) + KEEP_PROPOSAL_TIME;
}
