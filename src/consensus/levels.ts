// The levels of an Order (sheet 04 §3.5): how far proposal, consensus and finality reach, given
// what the others have published. Each level counts only what stands at the level below in their
// Orders, so a new block needs a round of Beliefs for each level. A level may also fall.

import { commonPrefixLength } from "../data/common-prefix.ts";
import type { Vector } from "../data/vector.ts";
import { CONSENSUS_LEVEL, CONSENSUS_LEVELS } from "../state/order.ts";
import { CONSENSUS_THRESHOLD } from "./cpos.ts";
import type { Points } from "./points.ts";
import type { Vote } from "./vote.ts";

/** How far a vote agrees with the blocks, and how much it weighs. */
interface Agreement {
  readonly vote: Vote;
  readonly prefix: number;
}

/** The points after the votes are counted for levels 1, 2 and 3 in turn; `total` is all weight. */
export function countLevels(
  blocks: Vector,
  points: Points,
  votes: readonly Vote[],
  total: number,
): number[] {
  const agreements = votes.map((vote) => ({
    vote,
    prefix: commonPrefixLength(blocks, vote.order.blocks),
  }));
  const counted = [...points];
  for (let level = CONSENSUS_LEVEL.PROPOSAL; level < CONSENSUS_LEVELS; level++) {
    const point = levelPoint(level, counted[level - 1] as number, agreements, total);
    if (point !== null) counted[level] = point;
  }
  return counted;
}

/**
 * Largest point that votes of more than the threshold reach, null when there are too few of them.
 */
function levelPoint(
  level: number,
  below: number,
  agreements: readonly Agreement[],
  total: number,
): number | null {
  const threshold = total * CONSENSUS_THRESHOLD;
  const reached = agreements
    .map(({ vote, prefix }) => ({
      weight: vote.weight,
      point: Math.min(prefix, below, vote.points[level - 1] as number),
    }))
    .sort((a, b) => b.point - a.point);
  let weight = 0;
  for (const each of reached) {
    weight += each.weight;
    if (weight > threshold) return each.point;
  }
  return null;
}
