// Whole peers among each other, from two to five of them: load, restart, partition, lost data,
// forks.

import { describe, expect, test } from "bun:test";
import type { NetworkedPeer } from "../../src/peer/networked-peer.ts";
import type { Result } from "../../src/state/result.ts";
import { MemoryImage } from "../../src/store/memory-store.ts";
import { Cluster } from "./cluster.ts";
import { errorOf, stateHash, transfer } from "./scene.ts";

/** Submits, and lets time pass until there is a Result. */
async function submitted(
  cluster: Cluster,
  networked: NetworkedPeer,
  from: number,
  sequence: number,
) {
  const results: Result[] = [];
  void networked.peer.submit(transfer(from, sequence)).then((result) => results.push(result));
  await cluster.until(() => results.length > 0, 20_000);
  return errorOf(results[0] as Result);
}

async function ready(cluster: Cluster): Promise<number> {
  const isReady = () => cluster.running.every(({ peer }) => peer.obstacle() === null);
  return cluster.until(isReady, 10_000);
}

/** Each has a block executed: only then do all weigh the same (sheet 04 §3.6). */
async function warmUp(cluster: Cluster): Promise<void> {
  await ready(cluster);
  for (const [i, networked] of cluster.running.entries()) {
    expect(await submitted(cluster, networked, i + 2, 1)).toBeNull();
  }
  await cluster.until(() => cluster.agrees(cluster.running.length), 5_000);
}

describe.each([2, 3, 5])("%p peers", (count) => {
  test("find each other, and make what each submits final for all", async () => {
    const cluster = new Cluster({ count });
    cluster.startAll();
    await warmUp(cluster);
    expect(cluster.faults).toEqual([]);
    expect(cluster.notices).toEqual([]);
  });

  test("agree under load of all", async () => {
    const cluster = new Cluster({ count, delayMs: 3 });
    cluster.startAll();
    await warmUp(cluster);
    const results: Promise<Result>[] = [];
    for (let round = 2; round < 12; round++) {
      for (const [i, { peer }] of cluster.running.entries()) {
        for (let user = 0; user < 4; user++) {
          results.push(
            peer.submit(transfer(2 + i * 4 + user, user === 0 && i < 1 ? round : round - 1)),
          );
        }
      }
      await cluster.run(20);
    }
    const all = Promise.all(results);
    let isDone = false;
    void all.then(() => {
      isDone = true;
    });
    await cluster.until(() => isDone, 20_000);
    await cluster.until(() => cluster.agrees(1), 5_000);
    expect(cluster.faults).toEqual([]);
    const counts = new Set(cluster.running.map(({ peer }) => peer.position));
    expect(counts.size).toBe(1);
  });
});

describe("a peer that stops", () => {
  test.each(["orderly", "killed"])("%s, is not waited for, and catches up again", async (how) => {
    const cluster = new Cluster({ count: 4 });
    cluster.startAll();
    await warmUp(cluster);
    const before = cluster.networked(3).peer.lastOwnOrder;
    if (how === "orderly") await cluster.stop(3);
    else cluster.kill(3);
    for (let i = 0; i < 6; i++) {
      expect(await submitted(cluster, cluster.networked(i % 3), 20 + i, 1)).toBeNull();
    }
    cluster.start(3);
    await cluster.until(() => cluster.agrees(10), 5_000);
    await ready(cluster);
    expect(await submitted(cluster, cluster.networked(3), 30, 1)).toBeNull();
    await cluster.until(() => cluster.agrees(11), 5_000);
    const after = cluster.networked(3).peer.lastOwnOrder;
    expect(Number(after?.timestamp)).toBeGreaterThan(Number(before?.timestamp));
    expect(cluster.faults).toEqual([]);
  });

  test("and loses its data learns from the others what it has signed", async () => {
    const cluster = new Cluster({ count: 4 });
    cluster.startAll();
    await warmUp(cluster);
    expect(await submitted(cluster, cluster.networked(3), 30, 1)).toBeNull();
    await cluster.run(1_000);
    const before = cluster.networked(3).peer.lastOwnOrder;
    cluster.kill(3);
    cluster.images[3] = new MemoryImage();
    const networked = cluster.start(3);
    await cluster.until(() => networked.peer.isVoting, 10_000);
    const learned = networked.peer.lastOwnOrder;
    expect(Number(learned?.timestamp)).toBeGreaterThanOrEqual(Number(before?.timestamp));
    await cluster.until(() => cluster.agrees(5), 5_000);
    expect(await submitted(cluster, networked, 31, 1)).toBeNull();
    expect(cluster.faults).toEqual([]);
  });
});

describe("a partition", () => {
  test.each([
    [
      [0, 0, 1, 1],
      [true, true],
    ],
    [
      [0, 0, 0, 1],
      [false, true],
    ],
  ] as const)("%p stops the sides without enough weight, and heals", async (sides, stopped) => {
    const cluster = new Cluster({ count: 4 });
    cluster.startAll();
    await warmUp(cluster);
    cluster.partition(sides);
    await cluster.run(4_000);
    for (const side of [0, 1]) {
      const networked = cluster.networked(sides.indexOf(side as 0));
      const error = await submitted(cluster, networked, 10 + side, 1);
      expect(error).toBe(stopped[side] ? "NETWORK" : null);
    }
    cluster.heal();
    const healedMs = await ready(cluster);
    expect(healedMs).toBeLessThanOrEqual(10_000);
    for (const [i, networked] of cluster.running.entries()) {
      expect(await submitted(cluster, networked, 20 + i, 1)).toBeNull();
    }
    await cluster.until(() => cluster.agrees(8), 10_000);
    expect(cluster.faults).toEqual([]);
  });

  test("answers those who wait when it begins, and may do what they asked later", async () => {
    const cluster = new Cluster({ count: 4 });
    cluster.startAll();
    await warmUp(cluster);
    cluster.partition([0, 0, 1, 1]);
    const results: Result[] = [];
    void cluster
      .networked(0)
      .peer.submit(transfer(10, 1))
      .then((result) => results.push(result));
    await cluster.until(() => results.length > 0, 5_000);
    expect(errorOf(results[0] as Result)).toBe("NETWORK");
    cluster.heal();
    await cluster.until(() => cluster.agrees(5), 15_000);
    expect(cluster.faults).toEqual([]);
  });
});

test("a peer that has executed another history follows the network again, without a vote", async () => {
  // Two worlds that share a genesis and most keys: what equivocation could lead to.
  const stray = new Cluster({ count: 5 });
  for (const i of [1, 2, 3, 4]) stray.start(i);
  await ready(stray);
  for (const i of [1, 2, 3, 4, 4]) {
    expect(
      await submitted(stray, stray.networked(i), 10 + stray.networked(i).peer.position, 1),
    ).toBeNull();
    await stray.run(100);
  }
  await stray.stop(4);
  const cluster = new Cluster({ count: 5 });
  cluster.clock.advance(60_000);
  for (const i of [0, 1, 2, 3]) cluster.start(i);
  await ready(cluster);
  for (const i of [0, 1, 2, 3]) {
    expect(await submitted(cluster, cluster.networked(i), 20 + i, 1)).toBeNull();
  }
  cluster.images[4] = stray.images[4] as MemoryImage;
  const networked = cluster.start(4);
  expect(networked.peer.position).toBe(5);
  await cluster.until(
    () => stateHash(networked.peer) === stateHash(cluster.networked(0).peer),
    15_000,
  );
  expect(networked.peer.position).toBe(4);
  expect(await submitted(cluster, networked, 30, 1)).toBe("NETWORK");
  expect(networked.peer.obstacle()).toContain("only observes");
  expect(await submitted(cluster, cluster.networked(1), 31, 1)).toBeNull();
  await cluster.until(() => cluster.agrees(5), 5_000);
  expect(cluster.faults).toEqual([]);
});
