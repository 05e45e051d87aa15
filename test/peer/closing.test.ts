// A peer that stops: what others send while its connections end is taken in no more, since the
// store is closed before the process is gone.

import { expect, test } from "bun:test";
import { hashKey } from "../../src/data/encode.ts";
import { Cluster } from "./cluster.ts";
import { transfer } from "./scene.ts";

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
