// A disk that is nearly full: the peer answers queries and refuses transactions with a sentence,
// and goes on by itself when there is room again.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Address } from "../../src/data/address.ts";
import { Bans } from "../../src/peer/connections/bans.ts";
import { healthOf } from "../../src/peer/health.ts";
import { NetworkedPeer } from "../../src/peer/networked-peer.ts";
import { CellStore } from "../../src/store/cell-store.ts";
import { DISK_RESERVE_BYTES, DISK_RESUME_BYTES, SpaceGuard } from "../../src/store/free-space.ts";
import { SqliteBackend } from "../../src/store/sqlite-store.ts";
import { StoreError } from "../../src/store/store.ts";
import { StoreUpkeep } from "../../src/store/store-upkeep.ts";
import { errorOf, keyPair, newState, TestClock, transfer } from "./scene.ts";

const SECOND_MS = 1_000;
const UNREGISTERED = 77;

let directory: string;
let free: number;
let isGone: boolean;
let clock: TestClock;
let networked: NetworkedPeer;
let store: CellStore;
let faults: unknown[];

function open(key: number): NetworkedPeer {
  const backend = new SqliteBackend(mkdtempSync(join(directory, "store-")), {
    freeBytes: () => {
      if (isGone) throw new StoreError("IO", "The disk is gone");
      return free;
    },
    now: () => clock.now(),
  });
  store = new CellStore(backend, CVM_TABLE);
  store.upkeep = new StoreUpkeep(backend, store);
  return new NetworkedPeer({
    store,
    keyPair: keyPair(key),
    genesis: newState(),
    clock,
    historyMs: SECOND_MS,
    bans: new Bans(join(directory, "bans.json")),
    dial: () => Promise.reject(new Error("nobody is there")),
    onFault: (error) => faults.push(error),
  });
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "convex-space-"));
  free = DISK_RESUME_BYTES;
  isGone = false;
  clock = new TestClock();
  faults = [];
  networked = open(0);
});

afterEach(async () => {
  await networked.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

test("without room transactions are refused and queries answered, until there is room again", async () => {
  const { peer } = networked;
  expect(errorOf(await peer.submit(transfer(2, 1, 3)))).toBeNull();
  clock.advance(SECOND_MS);
  free = DISK_RESERVE_BYTES - 1;
  const waiting = peer.submit(transfer(2, 2, 3));
  while (peer.obstacle() === null) await Bun.sleep(1);
  expect(peer.obstacle()).toContain("read-only until");
  const refused = await peer.submit(transfer(4, 1, 3));
  expect(errorOf(refused)).toBe("NETWORK");
  expect(String(refused.result)).toContain("free some space");
  expect(errorOf(await peer.query(Address.of(3), null))).toBeNull();
  expect(healthOf(networked, clock)).toMatchObject({ isLive: true, isReady: false, isStuck: true });
  // Room, but not enough of it to begin again.
  free = DISK_RESUME_BYTES - 1;
  clock.advance(SECOND_MS);
  await peer.settled();
  expect(peer.obstacle()).not.toBeNull();
  free = DISK_RESUME_BYTES;
  clock.advance(SECOND_MS);
  expect(errorOf(await waiting)).toBeNull();
  expect(peer.obstacle()).toBeNull();
  expect(errorOf(await peer.submit(transfer(4, 1, 3)))).toBeNull();
  // It is said once.
  expect(faults.map(String)).toEqual([expect.stringContaining("read-only until")]);
});

test("the system is asked for room now and then, not at each write", () => {
  let now = 0;
  let asked = 0;
  const guard = new SpaceGuard(
    () => {
      asked++;
      return free;
    },
    () => now,
  );
  for (let i = 0; i < 100; i++) guard.require("store");
  expect(asked).toBe(1);
  free = 0;
  now = SECOND_MS;
  expect(() => guard.require("store")).toThrow("Only 0 MB are free");
});

test("an idle peer without room is not ready before anything is written", async () => {
  const look = () => {
    clock.advance(SECOND_MS);
    return healthOf(networked, clock);
  };
  expect(look()).toMatchObject({ isReady: true, isStuck: false, obstacle: null });
  free = DISK_RESERVE_BYTES - 1;
  const full = { isLive: true, isReady: false, isStuck: true, lack: null };
  expect(look()).toMatchObject({
    ...full,
    obstacle: expect.stringContaining("Only 63 MB are free"),
  });
  isGone = true;
  expect(look()).toMatchObject({ ...full, obstacle: "The disk is gone" });
  isGone = false;
  free = DISK_RESUME_BYTES - 1;
  expect(look()).toMatchObject(full);
  free = DISK_RESUME_BYTES;
  expect(look()).toMatchObject({ isReady: true, isStuck: false, obstacle: null });
});

test("an observer is told of the disk, not that it has no vote", async () => {
  await networked.close();
  store.close();
  networked = open(UNREGISTERED);
  free = DISK_RESERVE_BYTES - 1;
  clock.advance(SECOND_MS);
  const health = healthOf(networked, clock);
  expect(health).toMatchObject({ role: "observer", isReady: false, isStuck: true, lack: null });
  expect(health.obstacle).toContain("Only 63 MB are free");
});

test("a collection that has failed for want of room can be begun again, and is refused at the end", async () => {
  const { peer } = networked;
  const { upkeep } = peer;
  if (upkeep === null) throw new Error("a store on disk has an upkeep");
  for (let sequence = 1; sequence <= 5; sequence++) {
    clock.advance(SECOND_MS);
    expect(errorOf(await peer.submit(transfer(2, sequence, 3)))).toBeNull();
  }
  clock.advance(SECOND_MS);
  free = DISK_RESERVE_BYTES - 1;
  const failed = upkeep.begin();
  expect(await failed.catch((error: Error) => error.message)).toContain("free some space");
  clock.advance(SECOND_MS);
  free = DISK_RESUME_BYTES;
  expect(await upkeep.begin()).toEqual({ blocks: 5, keptFrom: 3 });
  await peer.close();
  const late = upkeep.begin();
  expect(await late.catch((error: Error) => error.message)).toBe("The peer is shutting down");
});
