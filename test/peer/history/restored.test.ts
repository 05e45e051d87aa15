// A peer whose store is that of a backup: it signs nothing before it has heard what the network
// knows under its key, and then nothing that takes that back.

import { expect, test } from "bun:test";
import { finalityPoint } from "../../../src/consensus/points.ts";
import { commonPrefixLength } from "../../../src/data/common-prefix.ts";
import { RESTORED_META } from "../../../src/peer/history/peer-record.ts";
import type { Order } from "../../../src/state/order.ts";
import type { MemoryImage } from "../../../src/store/memory-store.ts";
import { Cluster } from "../cluster.ts";
import { errorOf, transfer } from "../scene.ts";

const COUNT = 4;

async function transferred(cluster: Cluster, i: number, user: number, sequence: number) {
  let error: string | null | undefined;
  void cluster
    .networked(i)
    .peer.submit(transfer(user, sequence))
    .then((result) => {
      error = errorOf(result);
    });
  await cluster.until(() => error !== undefined, 10_000);
  return error;
}

test("a restored peer listens before it votes, and keeps what it has signed since", async () => {
  const cluster = new Cluster({ count: COUNT });
  cluster.startAll();
  await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 10_000);
  expect(await transferred(cluster, 0, 10, 1)).toBeNull();
  const backup = (cluster.images[0] as MemoryImage).copy();
  for (let i = 0; i < 5; i++) expect(await transferred(cluster, 0, 11, i + 1)).toBeNull();
  await cluster.until(() => cluster.agrees(6), 10_000);
  const signed = cluster.networked(0).peer.lastOwnOrder as Order;
  await cluster.stop(0);
  backup.meta.set(RESTORED_META, "yes");
  cluster.images[0] = backup;
  // Nobody to hear: not a word under its key.
  cluster.partition([0, 1, 1, 1]);
  const restored = cluster.start(0);
  await cluster.run(3_000);
  expect(restored.peer.isVoting).toBe(false);
  expect(restored.peer.lack()).toBe("word since its backup");
  expect(await transferred(cluster, 0, 12, 1)).toBe("NETWORK");
  cluster.heal();
  await cluster.until(() => restored.peer.isVoting, 20_000);
  const own = restored.peer.lastOwnOrder as Order;
  const final = finalityPoint(signed);
  expect(final).toBeGreaterThanOrEqual(6);
  expect(commonPrefixLength(own.blocks, signed.blocks)).toBeGreaterThanOrEqual(final);
  expect(await transferred(cluster, 0, 12, 1)).toBeNull();
  await cluster.until(() => cluster.agrees(7), 10_000);
  expect(backup.meta.get(RESTORED_META)).toBe("");
  expect(restored.peer.lack()).toBeNull();
  expect(cluster.faults).toEqual([]);
});
