// Joining a network that runs: with its history, interrupted, with a pin, and by hosts of another
// network.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { hashBytes, hashKey } from "../../src/data/encode.ts";
import { DialError } from "../../src/net/dial.ts";
import type { Link } from "../../src/net/link.ts";
import { type JoinEvent, type JoinOptions, join } from "../../src/peer/join.ts";
import type { Result } from "../../src/state/result.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { Cluster, everybody, hostOf } from "./cluster.ts";
import { errorOf, keyPair, newState, stateHash, transfer } from "./scene.ts";

const BLOCKS = 30;

/** Three peers of four with some blocks; the fourth, and a fifth without stake, are yet to come. */
async function network(): Promise<Cluster> {
  const genesis = newState([1e14, 1e14, 1e14, 1e14]);
  const cluster = new Cluster({ count: 5, genesis, named: (i) => everybody(i, 4) });
  for (const i of [0, 1, 2]) cluster.start(i);
  await cluster.until(() => cluster.running.every(({ peer }) => peer.obstacle() === null), 10_000);
  for (let n = 0; n < BLOCKS; n++) {
    const results: Result[] = [];
    const { peer } = cluster.networked(n % 3);
    void peer.submit(transfer(2 + n, 1)).then((result) => results.push(result));
    await cluster.until(() => results.length > 0, 10_000);
    expect(errorOf(results[0] as Result)).toBeNull();
  }
  await cluster.until(() => cluster.agrees(BLOCKS), 5_000);
  return cluster;
}

function options(cluster: Cluster, i: number, more: Partial<JoinOptions> = {}): JoinOptions {
  return {
    addresses: [hostOf(0), hostOf(1)],
    genesisHash: null,
    publicKey: keyPair(i).publicKey,
    store: memoryStore(CVM_TABLE, cluster.images[i]),
    clock: cluster.clock,
    dial: (address) => cluster.dial(i, address),
    onEvent: () => {},
    ...more,
  };
}

/** Lets time pass until a promise is settled. */
async function settle<T>(cluster: Cluster, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  await cluster.until(() => isSettled, 60_000);
  return promise;
}

describe("joining", () => {
  test("replays the history, compares the State, and takes part", async () => {
    const cluster = await network();
    const events: JoinEvent[] = [];
    const onEvent = (event: JoinEvent) => events.push(event);
    const pin = { genesisHash: hashBytes(cluster.genesis), onEvent };
    const { genesis, joined } = await settle(cluster, join(options(cluster, 3, pin)));
    expect(hashKey(genesis)).toBe(hashKey(cluster.genesis));
    expect(joined.own).toBeNull();
    const types = new Set(events.map(({ type }) => type));
    expect([...types]).toEqual(["connected", "network", "acquiring", "acquired"]);
    const networked = cluster.start(3, { genesis, joined });
    await cluster.until(() => networked.peer.position === BLOCKS, 5_000);
    await cluster.until(() => networked.peer.obstacle() === null, 10_000);
    expect(stateHash(networked.peer)).toBe(stateHash(cluster.networked(0).peer));
    await cluster.until(() => networked.network.comparison.keys("same").length > 0, 20_000);
    const results: Result[] = [];
    void networked.peer.submit(transfer(35, 1)).then((result) => results.push(result));
    await cluster.until(() => results.length > 0, 5_000);
    expect(errorOf(results[0] as Result)).toBeNull();
    await cluster.until(() => cluster.agrees(BLOCKS + 1), 5_000);
    expect(cluster.faults).toEqual([]);
  });

  test("without stake follows as observer, and says so", async () => {
    const cluster = await network();
    const begun = await settle(cluster, join(options(cluster, 4)));
    const networked = cluster.start(4, begun);
    await cluster.until(() => networked.peer.position === BLOCKS, 5_000);
    expect(networked.peer.exclusion()).toContain("not registered");
    expect(errorOf(await networked.peer.submit(transfer(36, 1)))).toBe("NETWORK");
    void cluster.networked(0).peer.submit(transfer(36, 1));
    await cluster.until(() => networked.peer.position === BLOCKS + 1, 5_000);
    expect(stateHash(networked.peer)).toBe(stateHash(cluster.networked(0).peer));
    expect(networked.peer.isVoting).toBe(false);
    expect(networked.peer.isStale()).toBe(false);
  });

  test("goes on with what an interrupted one has brought", async () => {
    const cluster = await network();
    const first = join(options(cluster, 3, { addresses: [hostOf(0)] }));
    first.catch(() => {});
    await cluster.quiet();
    cluster.kill(0);
    await settle(cluster, first).catch(() => {});
    const again = { addresses: [hostOf(1), hostOf(2)] };
    const { genesis } = await settle(cluster, join(options(cluster, 3, again)));
    expect(hashKey(genesis)).toBe(hashKey(cluster.genesis));
  });

  test("connects again to the only host when that comes back", async () => {
    const cluster = await network();
    const events: JoinEvent[] = [];
    const onEvent = (event: JoinEvent) => events.push(event);
    const begun = join(options(cluster, 3, { addresses: [hostOf(0)], onEvent }));
    await cluster.quiet();
    cluster.kill(0);
    await cluster.run(5_000);
    const silent = events.filter((event) => event.type === "silent");
    expect(silent.at(-1)).toMatchObject({ isConnected: false });
    expect(silent.at(-1)?.silentMs).toBeGreaterThan(4_000);
    cluster.start(0);
    const { genesis, joined } = await settle(cluster, begun);
    expect(hashKey(genesis)).toBe(hashKey(cluster.genesis));
    expect(joined.order.blockCount).toBe(BLOCKS);
  });

  test("goes on with what the only host has said, when that is lost before it is asked again", async () => {
    const cluster = await network();
    const links: Link[] = [];
    const dial: JoinOptions["dial"] = async (address) => {
      const link = await cluster.dial(3, address);
      links.push(link);
      return link;
    };
    const onEvent = ({ type }: JoinEvent) => {
      if (type === "acquired" && links.length === 1) links[0]?.close("the connection is lost");
    };
    const joining = join(options(cluster, 3, { addresses: [hostOf(0)], dial, onEvent }));
    expect((await settle(cluster, joining)).joined.order.blockCount).toBe(BLOCKS);
    expect(links.length).toBe(2);
  });

  test("learns of the Orders that its own key has signed", async () => {
    const cluster = await network();
    // What the host has only heard becomes part of the Belief that it gives away a little later.
    await cluster.run(100);
    const { joined } = await settle(cluster, join(options(cluster, 0, { addresses: [hostOf(1)] })));
    const own = cluster.networked(0).peer.lastOwnOrder;
    expect(Number(joined.own?.timestamp)).toBe(Number(own?.timestamp));
  });

  test("is refused by the wrong genesis, and by hosts that do not answer", async () => {
    const cluster = await network();
    const wrong = join(options(cluster, 3, { genesisHash: new Uint8Array(32).fill(7) }));
    expect(settle(cluster, wrong)).rejects.toMatchObject({ code: "GENESIS" });
    await settle(cluster, wrong).catch(() => {});
    const nobody = join(options(cluster, 4, { addresses: [hostOf(3)] }));
    expect(settle(cluster, nobody)).rejects.toMatchObject({ code: "UNREACHABLE" });
    await settle(cluster, nobody).catch(() => {});
    const events: JoinEvent[] = [];
    const some = { addresses: [hostOf(3), hostOf(2)], onEvent: (e: JoinEvent) => events.push(e) };
    await settle(cluster, join(options(cluster, 4, some)));
    expect(events.some(({ type }) => type === "failed")).toBe(true);
  });
});

describe("what others say", () => {
  test("says that nobody can be reached, whatever the hosts are called", async () => {
    const dial = () =>
      Promise.reject(new DialError("REFUSED", "No peer listens at network.example.org"));
    const addresses = [{ host: "network.example.org", port: 18_888 }];
    const cluster = new Cluster({ count: 1 });
    const genesisHash = hashBytes(newState([1e14]));
    const joining = join(options(cluster, 0, { addresses, genesisHash, dial }));
    expect(joining).rejects.toMatchObject({ code: "UNREACHABLE" });
    await joining.catch(() => {});
  });

  test("of the time is held against a clock that is wrong", async () => {
    const cluster = new Cluster({ count: 3 });
    for (const i of [0, 1]) cluster.start(i);
    const { clock } = cluster;
    const late = { ...bound(clock), now: () => clock.now() - 60_000 };
    const networked = cluster.start(2, { clock: late });
    await cluster.until(() => networked.peer.obstacle()?.includes("60 s behind") === true, 20_000);
    await cluster.run(6_000, 50);
    expect(cluster.networked(0).peer.obstacle() ?? "").not.toContain("clock");
  });
});

function bound(clock: Cluster["clock"]) {
  return {
    soon: (task: () => void) => clock.soon(task),
    after: (delayMs: number, task: () => void) => clock.after(delayMs, task),
  };
}
