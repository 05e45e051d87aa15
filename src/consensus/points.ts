// The consensus points of an Order as plain numbers (sheet 04 §2). A vector of another length than
// 4 is read as if it were cut or filled up with zeros, as later releases do (sheet 06 §4).

import type { Value } from "../data/cell.ts";
import { compareIntegers, isInteger } from "../data/integer.ts";
import { CONSENSUS_LEVEL, CONSENSUS_LEVELS, type Order } from "../state/order.ts";

/** [blocks, proposal, consensus, finality]. */
export type Points = readonly number[];

/** Four numbers of blocks, whatever the length of the vector; kept with the Order. */
export function pointsOf(order: Order): Points {
  order.pointNumbers ??= readPoints(order);
  return order.pointNumbers;
}

/** Point of an Order at a level (CONSENSUS_LEVEL). */
export function pointAt(order: Order, level: number): number {
  return pointsOf(order)[level] as number;
}

/** Number of its blocks that an Order calls final. */
export function finalityPoint(order: Order): number {
  return pointAt(order, CONSENSUS_LEVEL.FINALITY);
}

function readPoints(order: Order): number[] {
  const vector = order.points;
  const points: number[] = [];
  for (let level = 0; level < CONSENSUS_LEVELS; level++) {
    points.push(level < vector.count ? pointOf(vector.get(level)) : 0);
  }
  return points;
}

function pointOf(value: Value): number {
  return isInteger(value) ? Number(value) : 0;
}

/** Points for a vector of `count` blocks: the lower level bounds the higher one. */
export function clippedPoints(points: Points, count: number): number[] {
  const clipped = [count];
  for (let level = CONSENSUS_LEVEL.PROPOSAL; level < CONSENSUS_LEVELS; level++) {
    clipped.push(Math.min(points[level] as number, clipped[level - 1] as number));
  }
  return clipped;
}

/** Whether all levels agree: of two lists with a point for each level, as `pointsOf` gives them. */
export function samePoints(a: Points, b: Points): boolean {
  return a.every((point, level) => point === b[level]);
}

/**
 * Whether an Order has the structure that a sound peer gives it: four points, the first one the
 * number of blocks, none larger than the one before, none negative. The reference never checks
 * (sheet 04 §2); we ask before an Order is let into a merge.
 */
export function isWellFormed(order: Order): boolean {
  const { points, blocks } = order;
  if (points.count !== CONSENSUS_LEVELS) return false;
  let bound: Value = blocks.count;
  for (let level = 0; level < CONSENSUS_LEVELS; level++) {
    const point = points.get(level);
    if (!isInteger(point) || compareIntegers(point, bound) > 0) return false;
    bound = point;
  }
  return points.get(0) === blocks.count && compareIntegers(bound, 0) >= 0;
}

/**
 * Whether an Order takes the place of one already known under the same key (sheet 04 §3.1). No
 * ordering: of two Orders with equal timestamps each may replace the other.
 */
export function replaces(known: Order | null, candidate: Order | null): boolean {
  if (candidate === null) return false;
  if (known === null) return true;
  const age = compareIntegers(candidate.timestamp, known.timestamp);
  if (age !== 0) return age > 0;
  const old = pointsOf(known);
  return pointsOf(candidate).some((point, level) => point > (old[level] as number));
}
