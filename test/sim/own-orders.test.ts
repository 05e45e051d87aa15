// The checker of a peer's own Orders: what binds a peer, and what does not any more once its disk
// is an old one.

import { expect, test } from "bun:test";
import { OwnOrders } from "./checkers/own-orders.ts";
import type { PublishedOrder, PublishedOrders } from "./checkers/published-orders.ts";
import { peerKey } from "./sim-genesis.ts";
import type { SimPeer } from "./sim-peer.ts";

function order(timestamp: number, final: number, branch = ""): PublishedOrder {
  const prefixes = ["", "a", "b", "c"].map((name, i) => (i > 1 ? name + branch : name));
  return { hash: `${timestamp}${branch}`, timestamp, points: [3, 3, 3, final], prefixes };
}

/**
 * The rules broken by a peer that signs one Order after another, the second one on an old disk or
 * not.
 */
function broken(
  first: PublishedOrder,
  second: PublishedOrder,
  known: readonly PublishedOrder[],
  hasOldDisk: boolean,
): string[] {
  let latest = first;
  const peer = (index: number) =>
    ({ index, keyPair: peerKey(index), isRunning: true, latestClockMs: 100 }) as SimPeer;
  const sim = peer(0);
  const others = known.map((_, i) => peer(i + 1));
  const published = {
    of: () => latest,
    believed: (_: unknown, by: SimPeer) => known[by.index - 1] ?? null,
  } as unknown as PublishedOrders;
  const rules: string[] = [];
  const checker = new OwnOrders((rule) => rules.push(rule), published, [sim, ...others]);
  checker.saw(sim);
  if (hasOldDisk) checker.forgot(sim);
  latest = second;
  checker.saw(sim);
  return rules;
}

test("a peer is bound to its last Order", () => {
  expect(broken(order(2, 2), order(3, 1), [], false)).toEqual(["points"]);
  expect(broken(order(2, 2), order(1, 2), [], false)).toEqual(["own Orders"]);
  expect(broken(order(2, 2), order(3, 2, "x"), [], false)).toEqual(["own Orders"]);
});

test("a peer on an old disk is bound to what others know, and to nothing else", () => {
  const lost = order(2, 3);
  expect(broken(lost, order(3, 2), [order(1, 2), order(1, 1)], true)).toEqual([]);
  expect(broken(lost, order(3, 1), [order(1, 1), order(1, 2)], true)).toEqual(["points"]);
  expect(broken(lost, order(3, 2, "x"), [order(1, 2)], true)).toEqual(["own Orders"]);
});
