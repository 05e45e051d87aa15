// When others are told what a peer believes: news of finality alone waits, all else does not.

import { expect, test } from "bun:test";
import { Blob } from "../../../src/data/blob.ts";
import { Index } from "../../../src/data/index-map.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { FINALITY_NEWS_AFTER_MS } from "../../../src/peer/network-bounds.ts";
import { BeliefNews } from "../../../src/peer/rounds/belief-news.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Order } from "../../../src/state/order.ts";
import { keyPair, TestClock } from "../scene.ts";

const [OWN, OTHER] = [keyPair(0), keyPair(1)];

/** An Order of three blocks with these points. */
function order(timestamp: number, proposal: number, consensus: number, final: number): Order {
  return Order.of(timestamp, Vector.of(3, proposal, consensus, final), Vector.of(1, 2, 3));
}

function belief(own: Order, other: Order = order(1, 0, 0, 0)): Belief {
  const entries = [[OWN, own] as const, [OTHER, other] as const].map(
    ([pair, each]) => [Blob.of(pair.publicKey), SignedData.sign(pair, each)] as const,
  );
  return Belief.of(Index.from(entries) as Index);
}

function scene(isRelay = false, before = belief(order(1, 2, 2, 1))) {
  const clock = new TestClock();
  const told: Belief[] = [];
  const parts = { keyPair: OWN, publish: (b: Belief) => told.push(b), isRelay: () => isRelay };
  const news = new BeliefNews(parts, clock, before);
  return { clock, told, news };
}

const MORE_FINAL = belief(order(2, 2, 2, 2), order(2, 2, 2, 0));

test("the news that more blocks are final is told a little later, once", () => {
  const { clock, told, news } = scene();
  news.wrote(MORE_FINAL);
  expect([told.length, news.dueInMs]).toEqual([0, FINALITY_NEWS_AFTER_MS]);
  clock.advance(FINALITY_NEWS_AFTER_MS - 1);
  news.tellDue();
  expect([told.length, news.dueInMs]).toEqual([0, 1]);
  clock.advance(1);
  news.tellDue();
  news.tellDue();
  expect([told, news.dueInMs]).toEqual([[MORE_FINAL], null]);
});

test("news of a next block takes news of finality along", () => {
  const { clock, told, news } = scene();
  news.wrote(MORE_FINAL);
  const next = belief(order(3, 3, 2, 2));
  news.wrote(next);
  expect(told).toEqual([next]);
  clock.advance(FINALITY_NEWS_AFTER_MS);
  news.tellDue();
  expect(told).toEqual([next]);
});

test("all other news is told at once", () => {
  const calm = order(1, 2, 2, 1);
  const changes = [
    belief(order(2, 3, 2, 1)),
    belief(order(2, 2, 1, 1)),
    belief(order(2, 2, 2, 0)),
    belief(Order.of(2, Vector.of(4, 2, 2, 2), Vector.of(1, 2, 3, 4))),
    belief(calm, order(2, 1, 0, 0)),
  ];
  for (const change of changes) {
    const { told, news } = scene();
    news.wrote(change);
    expect(told).toEqual([change]);
  }
});

test("the first Order of one's own is told at once", () => {
  const { told, news } = scene(false, Belief.of(Index.EMPTY));
  news.wrote(MORE_FINAL);
  expect(told).toEqual([MORE_FINAL]);
});

test("a peer by which others hear of each other tells all at once, and nothing twice", () => {
  const { told, news } = scene(true);
  news.wrote(MORE_FINAL);
  news.wrote(MORE_FINAL);
  expect([told, news.dueInMs]).toEqual([[MORE_FINAL], null]);
});
