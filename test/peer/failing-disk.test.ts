// A disk that fails beneath a peer among others: whatever reads it, the process goes on, says what
// is the matter, and is well again when the disk is.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { healthOf } from "../../src/peer/health.ts";
import { OperatorCommands } from "../../src/peer/operator/operator-commands.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import type { StoreErrorCode } from "../../src/store/store.ts";
import { Cluster } from "./cluster.ts";
import { FailingBackend } from "./failing-backend.ts";
import { errorOf, newState, transfer } from "./scene.ts";

/** Three peers at work; of the first no cell stays in memory. */
async function scene() {
  const genesis = newState([1e14, 1e14, 1e14]);
  const cluster = new Cluster({ count: 3, genesis, delayMs: 5 });
  const backend = new FailingBackend(cluster.images[0]);
  const store = new CellStore(backend, CVM_TABLE);
  // To publish its address it reads accounts, twice a second.
  const url = "tcp://10.0.0.1:18888";
  const first = cluster.start(0, { store, cacheMegabytes: 0, url });
  cluster.start(1);
  cluster.start(2);
  await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 10_000);
  let sequence = 0;
  const work = async (blocks: number) => {
    for (let i = 0; i < blocks; i++) {
      void cluster.networked(1).peer.submit(transfer(2, ++sequence));
      await cluster.run(500);
    }
  };
  await work(3);
  await cluster.until(() => cluster.agrees(3), 10_000);
  const fail = (code: StoreErrorCode) => {
    // Has it begin again from cells that are loaded as they are touched.
    expect(errorOf(first.peer.query(1, null))).toBeNull();
    backend.failure = code;
  };
  return { cluster, backend, fail, first, work };
}

describe("a disk that fails", () => {
  test("for a while does not end its peer, which catches up afterwards", async () => {
    const { cluster, backend, fail, first, work } = await scene();
    const operator = new OperatorCommands(first, new Bans(null), cluster.clock);
    fail("IO");
    await work(4);
    const submitted = first.peer.submit(transfer(3, 1));
    await work(4);
    expect(errorOf(await submitted)).toBe("NETWORK");
    expect(backend.failures).toBeGreaterThan(3);
    expect(first.peer.failure).toContain("the disk does not answer");
    expect(first.peer.obstacle()).toContain("the disk does not answer");
    const health = healthOf(first, cluster.clock);
    expect(health).toMatchObject({ isLive: true, isReady: false });
    expect(health.obstacle).toContain("the disk does not answer");
    for (const request of [{ command: "status" }, { command: "ban", target: "ab" }]) {
      expect(JSON.stringify(operator.handle(request))).toMatch(/"ok"/);
    }
    expect(cluster.faults.map(String).join()).toContain("the disk does not answer");
    expect(cluster.faults.length).toBeLessThan(30);
    backend.failure = null;
    await cluster.until(() => first.peer.obstacle() === null, 20_000);
    await work(1);
    await cluster.until(() => cluster.agrees(12), 20_000);
    expect(errorOf(await first.peer.query(1, null))).toBeNull();
  });

  test("for good halts its peer, and the others go on", async () => {
    const { cluster, fail, first, work } = await scene();
    fail("DAMAGED");
    await work(4);
    expect(first.peer.isHalted).toBe(true);
    expect(healthOf(first, cluster.clock)).toMatchObject({
      isLive: false,
      isReady: false,
      isStuck: true,
    });
    expect(cluster.networked(1).peer.position).toBe(7);
    expect(cluster.faults.map(String).join()).toContain("the disk does not answer");
  });
});
