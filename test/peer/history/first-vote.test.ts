// What a peer's own key signs first, by what it has signed before and where the observer is.

import { expect, test } from "bun:test";
import { pointsOf } from "../../../src/consensus/points.ts";
import type { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { CLOCK_SKEW_MAX_MS } from "../../../src/peer/bounds.ts";
import { orderToVoteWith, timeToVoteFrom } from "../../../src/peer/history/first-vote.ts";
import { OrderGuard } from "../../../src/peer/rounds/order-guard.ts";
import { Order } from "../../../src/state/order.ts";
import { keyPair, transfer } from "../scene.ts";

const NOW = 10_000;
const BLOCKS: readonly SignedData[] = [1, 2, 3, 4].map((sequence) => transfer(2, sequence));

/** An Order with so many of the blocks, or with others from a position on. */
function order(
  timestamp: number,
  [count, proposal, consensus, final]: readonly [number, number, number, number],
  otherFrom = count,
): Order {
  const blocks = BLOCKS.slice(0, count).map((block, i) => (i < otherFrom ? block : transfer(3, i)));
  return Order.of(timestamp, Vector.of(count, proposal, consensus, final), Vector.from(blocks));
}

const vote = (observed: Order, last: Order | null) =>
  orderToVoteWith(observed, new OrderGuard(keyPair(0), last), NOW);

test("a key that has signed nothing takes the observer's Order at its own time", () => {
  expect(vote(order(5, [0, 0, 0, 0]), null)).toBe(Order.EMPTY);
  const first = vote(order(5, [3, 2, 2, 1]), null) as Order;
  expect([first.timestamp, ...pointsOf(first)]).toEqual([NOW, 3, 2, 2, 1]);
});

test("an Order like its last one is its last one", () => {
  const last = order(7, [3, 2, 2, 1]);
  expect(vote(order(5, [3, 2, 2, 1]), last)).toBe(last);
});

test("it waits until the observer has what it has called consensus, or others are final", () => {
  const last = order(7, [3, 3, 3, 1]);
  expect(vote(order(8, [2, 2, 2, 2]), last)).toBe("waiting");
  expect(vote(order(8, [4, 4, 4, 4], 2), last)).toBeInstanceOf(Order);
});

test("what it has called final it never takes back", () => {
  const last = order(7, [3, 3, 3, 3]);
  expect(vote(order(8, [2, 2, 2, 2]), last)).toBe("waiting");
  expect(vote(order(8, [4, 4, 4, 4], 2), last)).toBe("contradicted");
  const next = vote(order(8, [4, 3, 2, 2]), last) as Order;
  expect(pointsOf(next)).toEqual([4, 3, 3, 3]);
});

test("it does not go back behind the time of its last Order", () => {
  const next = vote(order(5, [4, 4, 4, 4]), order(NOW + 50, [3, 3, 3, 3])) as Order;
  expect(next.timestamp).toBe(NOW + 50);
});

test("a time far ahead that only the observer has seen binds nobody", () => {
  const own = order(NOW - 100, [1, 0, 0, 0]);
  expect(timeToVoteFrom(NOW + CLOCK_SKEW_MAX_MS - 1, own, NOW)).toBe(NOW + CLOCK_SKEW_MAX_MS - 1);
  expect(timeToVoteFrom(NOW + CLOCK_SKEW_MAX_MS, own, NOW)).toBe(NOW);
  expect(timeToVoteFrom(NOW + 1e9, order(NOW + 70, [1, 0, 0, 0]), NOW)).toBe(NOW + 70);
});
