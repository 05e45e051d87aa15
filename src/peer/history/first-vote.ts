// What a peer's own key signs first when the peer begins to vote from where it has observed (sheet
// 04 §14.7): it must take back nothing that the key has signed before.

import { finalityPoint, pointsOf } from "../../consensus/points.ts";
import type { Integer } from "../../data/cell.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { hashKey } from "../../data/encode.ts";
import { compareIntegers } from "../../data/integer.ts";
import { CONSENSUS_LEVEL, Order } from "../../state/order.ts";
import { CLOCK_SKEW_MAX_MS } from "../bounds.ts";
import type { OrderGuard } from "../rounds/order-guard.ts";

/**
 * What comes of the wish to vote: the peer does; it has to wait until the observer has come as far
 * as the last Order of its own key; or the network has called other blocks final than those that
 * this key has signed as final.
 */
export type VoteOutcome = "voting" | "waiting" | "contradicted";

/**
 * The Order to vote with, or why there is none yet. What the own key has called consensus it keeps,
 * unless the others have gone on without it; what it has called final it never takes back.
 * @param observed the observer's Order
 * @param now milliseconds
 */
export function orderToVoteWith(
  observed: Order,
  guard: OrderGuard,
  now: number,
): Order | Exclude<VoteOutcome, "voting"> {
  const { last } = guard;
  if (last === null) return observed.blockCount === 0 ? Order.EMPTY : observed.withTimestamp(now);
  if (hashKey(observed.withTimestamp(last.timestamp)) === hashKey(last)) return last;
  const agreed = commonPrefixLength(observed.blocks, last.blocks);
  const points = pointsOf(last);
  const isOverruled = finalityPoint(observed) > agreed;
  if (agreed < (points[CONSENSUS_LEVEL.FINALITY] as number)) {
    return isOverruled ? "contradicted" : "waiting";
  }
  if (agreed < (points[CONSENSUS_LEVEL.CONSENSUS] as number) && !isOverruled) return "waiting";
  return guard.keepFinality(observed.withTimestamp(Math.max(now, Number(last.timestamp))));
}

/**
 * The time from which the voter goes on. That of the observer, unless its clock was far ahead and
 * is no longer: then only what the own key has signed is binding.
 * @param observed the observer's time
 * @param own the Order to vote with
 */
export function timeToVoteFrom(observed: Integer, own: Order, now: number): Integer {
  if (Number(observed) - now < CLOCK_SKEW_MAX_MS) return observed;
  return compareIntegers(own.timestamp, now) > 0 ? own.timestamp : now;
}
