// Points of Orders as numbers, and what becomes of them when the blocks change.

import { expect, test } from "bun:test";
import { clippedPoints, isWellFormed, pointsOf } from "../../src/consensus/points.ts";
import { Vector } from "../../src/data/vector.ts";
import { Order } from "../../src/state/order.ts";

const order = (points: readonly number[], blocks = 5) =>
  Order.of(1, Vector.from([...points]), Vector.from(Array.from({ length: blocks }, (_, i) => i)));

test.each([
  [[5, 4, 3, 2], 5, [5, 4, 3, 2]],
  [[5, 4, 3, 2], 9, [9, 4, 3, 2]],
  [[5, 4, 3, 2], 3, [3, 3, 3, 2]],
  [[5, 4, 3, 2], 0, [0, 0, 0, 0]],
] as const)("the points %p with %p blocks are %p", (points, count, expected) => {
  expect(clippedPoints(points, count)).toEqual([...expected]);
});

test.each([
  [[5, 4, 3, 2], true],
  [[4, 4, 3, 2], false],
  [[5, 4, 5, 2], false],
  [[5, 4, 3, -1], false],
  [[5, 4, 3], false],
  [[5, 4, 3, 2, 1], false],
] as const)("that %p fit five blocks is %p", (points, expected) => {
  expect(isWellFormed(order(points))).toBe(expected);
});

test("too few points are filled up, too many are cut", () => {
  expect(pointsOf(order([5, 4]))).toEqual([5, 4, 0, 0]);
  expect(pointsOf(order([5, 4, 3, 2, 1]))).toEqual([5, 4, 3, 2]);
});

test("a point that is no Integer is 0", () => {
  const odd = Order.of(1, Vector.of(5, true, null, Vector.EMPTY), Vector.EMPTY);
  expect(pointsOf(odd)).toEqual([5, 0, 0, 0]);
});
