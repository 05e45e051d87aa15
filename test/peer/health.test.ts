// What a peer that has no vote says of itself: ready only while there is somebody to follow.

import { expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { CLOCK_SKEW_MAX_MS } from "../../src/peer/bounds.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { healthOf } from "../../src/peer/health.ts";
import { FOLLOWED_WITHIN_MS } from "../../src/peer/network-bounds.ts";
import { NetworkedPeer } from "../../src/peer/networked-peer.ts";
import { ALONE } from "../../src/peer/rounds/participation.ts";
import { Standing } from "../../src/peer/rounds/standing.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { keyPair, newState, TestClock } from "./scene.ts";

const UNREGISTERED = 77;

function alone(seed: number, clock: TestClock): NetworkedPeer {
  return new NetworkedPeer({
    store: memoryStore(CVM_TABLE),
    keyPair: keyPair(seed),
    genesis: newState(),
    clock,
    bans: new Bans(null),
    dial: () => Promise.reject(new Error("nobody is there")),
    onFault: (error) => {
      throw error;
    },
  });
}

test("an observer that hears nobody is not ready, and says so", async () => {
  const clock = new TestClock();
  const networked = alone(UNREGISTERED, clock);
  const health = healthOf(networked, clock);
  expect(health).toMatchObject({ role: "observer", isReady: false, isLive: true, peers: 0 });
  expect(health.obstacle).toContain("no other peer is connected");
  expect(health.lack).toBe("others");
  await networked.close();
});

test("an observer whose peers fall silent, as when their network is cut, is not ready", async () => {
  const clock = new TestClock();
  const networked = alone(UNREGISTERED, clock);
  const [near, far] = [1, 2].map(() => ({ isOpen: true, key: null, heardAtMs: clock.now() }));
  const { peer, server } = networked;
  const network = { isStarted: false, neighbours: [near, far] };
  const health = () => healthOf({ peer, server, network } as never, clock);
  expect(health()).toMatchObject({ isReady: true, lack: null });
  clock.advance(FOLLOWED_WITHIN_MS - 1);
  near!.heardAtMs = clock.now();
  clock.advance(1);
  expect(health()).toMatchObject({ isReady: true, lack: null });
  clock.advance(FOLLOWED_WITHIN_MS - 1);
  expect(health()).toMatchObject({ isReady: false, lack: "others" });
  expect(health().obstacle).toEndWith("and no peer that is connected says anything to follow");
  far!.heardAtMs = clock.now();
  expect(health().isReady).toBe(true);
  far!.isOpen = false;
  expect(health().isReady).toBe(false);
  await networked.close();
});

test("an observer that can't write, or has stopped, is stale, and says why", () => {
  const clock = new TestClock();
  const standing = new Standing(clock, keyPair(UNREGISTERED).publicKey, ALONE);
  const state = newState();
  expect([standing.failure, standing.staleness(state)]).toEqual([null, null]);
  standing.stall("There is no space left.", clock.now() + 1_000);
  expect(standing.failure).toContain("no space left");
  expect([standing.staleness(state), standing.obstacle(state)]).toEqual([
    standing.failure,
    standing.failure,
  ]);
  standing.unstall();
  expect([standing.failure, standing.staleness(state)]).toEqual([null, null]);
  standing.halt("a cell is missing");
  expect(standing.staleness(state)).toContain("a cell is missing");
});

test("an observer whose clock is behind those of others is stale", async () => {
  const clock = new TestClock();
  const networked = alone(UNREGISTERED, clock);
  networked.peer.compare(null, CLOCK_SKEW_MAX_MS);
  expect(networked.peer.staleness()).toContain("5 s behind those of other peers: set it");
  expect(healthOf(networked, clock)).toMatchObject({ isStale: true, isReady: false });
  expect(healthOf(networked, clock).obstacle).toContain("5 s behind");
  networked.peer.compare(null, -CLOCK_SKEW_MAX_MS);
  expect(networked.peer.staleness()).toBeNull();
  await networked.close();
});

test("a restored voter lacks word of others until it has voted, then others as everybody does", () => {
  const state = newState([1e14, 1e14]);
  const { publicKey } = keyPair(0);
  const standing = new Standing(new TestClock(), publicKey, ALONE, true);
  expect(standing.lack(state)).toBe("word since its backup");
  standing.follow({ final: 0, unfinished: 0, backlog: 0 }, true);
  expect(standing.lack(state)).toBe("others");
  expect(new Standing(new TestClock(), publicKey, ALONE).lack(state)).toBe("others");
  standing.halt("a cell is missing");
  expect(standing.lack(state)).toBeNull();
});

test("a voter whose network is itself is ready", async () => {
  const clock = new TestClock();
  const networked = alone(0, clock);
  await networked.peer.settled();
  const well = { role: "voter", isReady: true, obstacle: null, lack: null };
  expect(healthOf(networked, clock)).toMatchObject(well);
  await networked.close();
});
