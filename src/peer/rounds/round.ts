// One round of consensus without I/O: Beliefs are merged until nothing changes. Alone that takes a
// merge a level, and everything proposed is final at its end; with others the last levels wait for
// what they publish. There is no other way to finality.

import { KEEP_PROPOSAL_TIME } from "../../consensus/cpos.ts";
import type { PeerHistory } from "../../consensus/peer-history.ts";
import { finalityPoint } from "../../consensus/points.ts";
import type { SignedData } from "../../data/signed.ts";
import type { Belief } from "../../state/belief.ts";
import { MERGES_PER_PASS_MAX } from "../bounds.ts";
import type { OrderProgress } from "./standing.ts";

/** The peer after a round; the same when nothing changed. @throws ForkError */
export function playRound(peer: PeerHistory, received: readonly Belief[]): PeerHistory {
  let next = peer;
  let heard = received;
  for (let i = 0; i < MERGES_PER_PASS_MAX; i++) {
    const merged = next.mergeBeliefs(heard);
    heard = [];
    if (merged === next) break;
    // With the own Order as it was, another merge would come to the same again.
    const isSettled = merged.order === next.order;
    next = merged;
    // Looks for a fork at once: after another merge, this Order would count as the executed one.
    next.finalBlocks();
    if (isSettled || unfinishedBlocks(next) === 0) break;
  }
  return next;
}

/** Number of blocks in the own Order that are not final. */
export function unfinishedBlocks(peer: PeerHistory): number {
  const { order } = peer;
  if (order === null) return 0;
  return order.blocks.count - finalityPoint(order);
}

/** Where a peer stands, without a look at whether it has forked. */
export function progressOf(peer: PeerHistory): OrderProgress {
  const { order, position } = peer;
  if (order === null) return { final: position, unfinished: 0, backlog: 0 };
  const final = finalityPoint(order);
  return {
    final,
    unfinished: order.blocks.count - final,
    backlog: Math.max(0, final - position),
  };
}

/** The next final blocks that are not executed yet, at most so many. @throws ForkError */
export function blocksToExecute(peer: PeerHistory, countMax: number): SignedData[] {
  const count = Math.min(peer.finalBlocks(), countMax);
  const blocks: SignedData[] = [];
  for (let i = 0; i < count; i++) blocks.push(peer.blockAt(peer.position + i));
  return blocks;
}

/**
 * Milliseconds until a merge may give up a proposal that it has to keep for now (sheet 04 §3.3.7),
 * null when there is none or nothing would change by waiting.
 */
export function msUntilSwitch(peer: PeerHistory, now: number): number | null {
  const { order } = peer;
  if (order === null || unfinishedBlocks(peer) === 0) return null;
  const wait = Number(order.timestamp) + KEEP_PROPOSAL_TIME + 1 - now;
  return wait > 0 && wait <= KEEP_PROPOSAL_TIME + 1 ? wait : null;
}
