// One round of consensus without I/O: Beliefs are merged until nothing changes. Alone that takes a
// merge a level, and everything proposed is final at its end; with others the last levels wait for
// what they publish. There is no other way to finality.

import type { PeerHistory } from "../consensus/peer-history.ts";
import { pointsOf } from "../consensus/points.ts";
import type { SignedData } from "../data/signed.ts";
import type { Belief } from "../state/belief.ts";
import { CONSENSUS_LEVEL } from "../state/order.ts";
import { MERGES_PER_PASS_MAX } from "./bounds.ts";

/** The peer after a round; the same when nothing changed. */
export function playRound(peer: PeerHistory, received: readonly Belief[]): PeerHistory {
  let next = peer;
  let heard = received;
  for (let i = 0; i < MERGES_PER_PASS_MAX; i++) {
    const merged = next.mergeBeliefs(heard);
    heard = [];
    if (merged === next) break;
    next = merged;
    if (unfinishedBlocks(next) === 0) break;
  }
  return next;
}

/** Number of blocks in the own Order that are not final. */
export function unfinishedBlocks(peer: PeerHistory): number {
  const { order } = peer;
  if (order === null) return 0;
  return order.blocks.count - (pointsOf(order)[CONSENSUS_LEVEL.FINALITY] as number);
}

/** The final blocks that are not executed yet. @throws ForkError */
export function blocksToExecute(peer: PeerHistory): SignedData[] {
  const count = peer.finalBlocks();
  const blocks: SignedData[] = [];
  for (let i = 0; i < count; i++) blocks.push(peer.blockAt(peer.position + i));
  return blocks;
}
