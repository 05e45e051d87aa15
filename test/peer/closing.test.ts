// A peer that stops: what others send while its connections end is taken in no more, since the
// store is closed before the process is gone.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashKey } from "../../src/data/encode.ts";
import { EXECUTE_BLOCKS_MAX } from "../../src/peer/bounds.ts";
import type { Order } from "../../src/state/order.ts";
import { MemoryImage, memoryStore } from "../../src/store/memory-store.ts";
import { Cluster } from "./cluster.ts";
import { errorOf, keyPair, newPeer, TestClock, transfer } from "./scene.ts";

test("Beliefs that come after a peer's network has closed change nothing", async () => {
  const cluster = new Cluster({ count: 2 });
  cluster.startAll();
  await cluster.run(2_000);
  const [stopping, other] = [cluster.networked(0), cluster.networked(1)];
  expect(stopping.server.connections.size).toBeGreaterThan(0);
  stopping.network.close();
  const before = hashKey(stopping.peer.belief);

  void other.peer.submit(transfer(1, 1));
  await cluster.run(2_000);

  expect(hashKey(other.peer.belief)).not.toBe(before);
  expect(hashKey(stopping.peer.belief)).toBe(before);
});

test("a peer that stops while it replays a long history leaves the rest to its next start", async () => {
  const clock = new TestClock();
  const first = newPeer({ clock });
  const blocks = 2 * EXECUTE_BLOCKS_MAX + 1;
  for (let sequence = 1; sequence <= blocks; sequence++) {
    expect(errorOf(await first.submit(transfer(2, sequence)))).toBeNull();
  }
  const image = new MemoryImage();
  const begin = () => {
    const joined = { belief: first.belief, order: first.order as Order, own: null };
    const store = memoryStore(CVM_TABLE, image);
    return newPeer({ clock, store, keyPair: keyPair(5), joined });
  };
  const stopped = begin();
  await stopped.close();
  expect(stopped.position).toBeLessThanOrEqual(EXECUTE_BLOCKS_MAX);
  const resumed = begin();
  expect(resumed.position).toBe(stopped.position);
  await resumed.settled();
  expect([resumed.position, hashKey(resumed.state())]).toEqual([blocks, hashKey(first.state())]);
});

test("a peer that stops gives those the Result who submitted before", async () => {
  const clock = new TestClock();
  const peer = newPeer({ clock });
  const results = Array.from({ length: 5 }, (_, i) => peer.submit(transfer(2, i + 1)));
  await peer.close();
  expect((await Promise.all(results)).map(errorOf)).toEqual(Array(5).fill(null));
  expect(peer.position).toBeGreaterThan(0);
});
