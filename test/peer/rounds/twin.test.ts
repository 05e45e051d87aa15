// Two processes with one key: who hears of an Order of its key that it has not signed falls silent,
// and says why; when the other is silent in its turn, it goes on.

import { expect, test } from "bun:test";
import { TWIN_SILENCE_MS } from "../../../src/peer/bounds.ts";
import type { Peer } from "../../../src/peer/peer.ts";
import type { Order } from "../../../src/state/order.ts";
import { newPeer, TestClock, transfer } from "../scene.ts";

const OBSTACLE =
  "Another process signs with the key of this peer, which only observes meanwhile: stop one of them";

/** What another process may have signed by now. */
function later(peer: Peer, ms: number): Order {
  const last = peer.lastOwnOrder as Order;
  return last.withTimestamp(Number(last.timestamp) + ms);
}

test("a peer leaves the vote to another process with its key, as long as that signs", async () => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  await peer.submit(transfer(2, 1));
  expect([peer.isVoting, peer.obstacle()]).toEqual([true, null]);
  peer.learnOwn(later(peer, 5));
  await peer.settled();
  expect([peer.isVoting, peer.obstacle()]).toEqual([false, OBSTACLE]);
  clock.advance(TWIN_SILENCE_MS - 1);
  peer.learnOwn(later(peer, 5));
  clock.advance(TWIN_SILENCE_MS - 1);
  peer.wake();
  await peer.settled();
  expect(peer.isVoting).toBe(false);
  clock.advance(1);
  peer.wake();
  await peer.settled();
  expect([peer.isVoting, peer.obstacle()]).toEqual([true, null]);
  await peer.close();
});

test("its own Order that comes back silences nobody", async () => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  await peer.submit(transfer(2, 1));
  const own = peer.lastOwnOrder as Order;
  clock.advance(1_000);
  await peer.submit(transfer(2, 2));
  peer.learnOwn(own);
  peer.learnOwn(peer.lastOwnOrder as Order);
  await peer.settled();
  expect([peer.isVoting, peer.obstacle()]).toEqual([true, null]);
  await peer.close();
});
