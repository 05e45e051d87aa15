// A machine whose time of day was far ahead, and is right again: what a peer has signed meanwhile
// binds it, and nothing else does.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { healthOf } from "../../src/peer/health.ts";
import { DurableHistory } from "../../src/peer/history/durable-history.ts";
import type { NetworkedPeer } from "../../src/peer/networked-peer.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import type { Order } from "../../src/state/order.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { Cluster } from "./cluster.ts";
import { errorOf, keyPair, newState, SetClock, transfer } from "./scene.ts";

const HOUR_MS = 3_600_000;

async function answered(cluster: Cluster, { peer }: NetworkedPeer, user: number, sequence = 1) {
  const answer = peer.submit(transfer(user, sequence));
  await cluster.run(1_000);
  return errorOf(await answer);
}

describe("a peer that has signed an hour ahead", () => {
  test("says that nobody counts what it signs, also while others go on", async () => {
    const cluster = new Cluster({ count: 5, delayMs: 5 });
    const clock = new SetClock(cluster.clock);
    cluster.start(0, { clock });
    for (let i = 1; i < 5; i++) cluster.start(i);
    await cluster.run(3_000);
    for (let i = 0; i < 5; i++) {
      expect(await answered(cluster, cluster.networked(i), 10 + i)).toBeNull();
    }
    clock.aheadMs = HOUR_MS;
    void cluster.networked(0).peer.submit(transfer(20, 1));
    await cluster.run(500);
    clock.aheadMs = 0;
    for (let sequence = 1; sequence <= 12; sequence++) {
      expect(await answered(cluster, cluster.networked(1), 30, sequence)).toBeNull();
    }
    const late = cluster.networked(0);
    expect(healthOf(late, clock)).toMatchObject({ isReady: false });
    expect(late.peer.obstacle()).toMatch(/was set back: .* for 35\d\d s yet/);
    expect(await answered(cluster, late, 21)).toBe("NETWORK");
    // Then its time has come.
    cluster.clock.advance(HOUR_MS);
    await cluster.run(10_000);
    expect(late.peer.obstacle()).toBeNull();
    expect(await answered(cluster, late, 21)).toBeNull();
  });

  test("needs nobody to count it where it is alone", async () => {
    const cluster = new Cluster({ count: 1 });
    const clock = new SetClock(cluster.clock);
    const alone = cluster.start(0, { clock });
    await cluster.run(1_000);
    clock.aheadMs = HOUR_MS;
    expect(await answered(cluster, alone, 2)).toBeNull();
    clock.aheadMs = 0;
    await cluster.run(1_000);
    expect(alone.peer.obstacle()).toBeNull();
    expect(await answered(cluster, alone, 3)).toBeNull();
  });
});

test("a peer that has only observed an hour ahead signs by its clock", () => {
  const now = INITIAL_TIMESTAMP + 1_000;
  const start = { genesis: newState([1e14, 1e14]) };
  const history = new DurableHistory(memoryStore(CVM_TABLE), keyPair(0), start, 0);
  history.advance(history.current.withTimestamp(now + HOUR_MS));
  expect(history.vote(now)).toBe("voting");
  expect(history.signingTime).toBe(now);
  // What it has signed itself binds it.
  history.advance(history.current.withTimestamp(now + HOUR_MS));
  const { timestamp, order } = history.current;
  history.guard.signOrder((order as Order).withTimestamp(timestamp));
  history.observe();
  expect(history.vote(now)).toBe("voting");
  expect(history.signingTime).toBe(now + HOUR_MS);
});
