// How much of the history is kept: all blocks of the Order, and the BlockResults (States and
// Results) of a window in time. A forgotten BlockResult is nil in their vector, so that positions
// stay and a root still names only what is there.

import { hashKey } from "../../data/encode.ts";
import type { Vector } from "../../data/vector.ts";
import { blankFirst } from "../../data/vector-blank.ts";
import { BlockResult } from "../../state/block-result.ts";

/**
 * Position of the first block whose State is of this time or later, or is the last one.
 * @param time milliseconds
 */
function firstSince(results: Vector, time: number): number {
  let low = 0;
  let high = Math.max(0, results.count - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const result = results.get(middle);
    // A forgotten one was older than all that are kept.
    if (result instanceof BlockResult && Number(result.state.timestamp) >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Position of the first block that a window of so many ms keeps. It ends with the last block at the
 * latest: a clock that is far ahead for a moment must not make anything be forgotten for ever.
 */
export function firstInWindow(results: Vector, windowMs: number, nowMs: number): number {
  const last = results.count > 0 ? results.get(results.count - 1) : null;
  const end = last instanceof BlockResult ? Math.min(nowMs, Number(last.state.timestamp)) : nowMs;
  return firstSince(results, end - windowMs);
}

/** The BlockResults without those before a position, but always with the last one. */
export function withoutFirst(results: Vector, before: number): Vector {
  const count = Math.min(before, results.count - 1);
  if (count <= 0) return results;
  const rest = blankFirst(results, count);
  return hashKey(rest) === hashKey(results) ? results : rest;
}

/** Number of blocks at the beginning whose results are forgotten. */
export function forgottenCount(results: Vector): number {
  let low = 0;
  let high = results.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (results.get(middle) === null) low = middle + 1;
    else high = middle;
  }
  return low;
}
