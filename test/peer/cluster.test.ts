// Whole peers among each other: load, restart, partition, from two to five of them.

import { describe, expect, test } from "bun:test";
import type { Result } from "../../src/state/result.ts";
import { Cluster } from "./cluster.ts";
import { errorOf, transfer } from "./scene.ts";

async function submitted(cluster: Cluster, i: number, from: number, sequence: number) {
  let result: Result | null = null;
  void cluster
    .node(i)
    .peer.submit(transfer(from, sequence))
    .then((value) => {
      result = value;
    });
  await cluster.until(() => result !== null, 20_000);
  return result as unknown as Result;
}

describe.each([2, 3, 5])("%p peers", (count) => {
  test("find each other, and make what each submits final for all", async () => {
    const cluster = new Cluster({ count });
    cluster.startAll();
    await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 5_000);
    for (let i = 0; i < count; i++) {
      expect(errorOf(await submitted(cluster, i, i + 2, 1))).toBeNull();
    }
    await cluster.until(() => cluster.agrees(count), 2_000);
    expect(cluster.faults).toEqual([]);
    expect(cluster.notices).toEqual([]);
  });
});
