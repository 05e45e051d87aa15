// The connections that a peer opens, and what its operator does with them.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../../../src/crypto/hex.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Index } from "../../../src/data/index-map.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { CONNECT_TIMEOUT_MS } from "../../../src/net/bounds.ts";
import { DialError } from "../../../src/net/dial.ts";
import { Bans, BansError } from "../../../src/peer/connections/bans.ts";
import {
  chooseCandidate,
  eliminationChance,
  stakedPeers,
} from "../../../src/peer/connections/candidates.ts";
import { DialMemory } from "../../../src/peer/connections/dial-memory.ts";
import { addressText } from "../../../src/peer/connections/peer-address.ts";
import { DIAL_BACKOFF_MS, DIALS_AT_ONCE, FAILURES_MAX } from "../../../src/peer/network-bounds.ts";
import type { NetworkedPeerOptions } from "../../../src/peer/networked-peer.ts";
import type { ConnectionReport } from "../../../src/peer/operator/operator-commands.ts";
import { OperatorCommands } from "../../../src/peer/operator/operator-commands.ts";
import {
  askPeer,
  OperatorSocket,
  OperatorSocketError,
} from "../../../src/peer/operator/operator-socket.ts";
import { PeerStatus } from "../../../src/state/peer-status.ts";
import type { State } from "../../../src/state/state.ts";
import { FakeLink } from "../../net/fake-link.ts";
import { Cluster, hostOf, SeededRandom } from "../cluster.ts";
import { keyPair, newState } from "../scene.ts";

/** A State in which these peers have published an address. */
function withUrls(state: State, urls: readonly (readonly [peer: number, url: string])[]): State {
  let { peers } = state;
  for (const [i, url] of urls) {
    const key = Blob.of(keyPair(i).publicKey);
    const metadata = CVMMap.from([[Keyword.of("url"), CVMString.of(url)]]);
    peers = peers.assoc(key, (state.peer(key) as PeerStatus).withMetadata(metadata)) as Index;
  }
  return state.withPeers(peers);
}

function urlOf(i: number): string {
  return `tcp://${addressText(hostOf(i))}`;
}

/** Keys of the peers that a peer has connected to, as numbers. */
function connectedTo(cluster: Cluster, i: number): number[] {
  const keys = [...cluster.networked(i).network.outgoing.connected].map(({ key }) => key);
  const numbers = cluster.networkedPeers.map((_, other) => other);
  return numbers.filter((other) => keys.includes(keyOf(keyPair(other).publicKey)));
}

describe("connections", () => {
  test("are opened to the addresses that peers have published", async () => {
    const genesis = withUrls(newState([1e14, 1e14, 1e14]), [
      [0, urlOf(0)],
      [1, urlOf(1)],
      [2, urlOf(2)],
    ]);
    const cluster = new Cluster({ count: 3, genesis, named: () => [] });
    for (const i of [0, 1, 2]) cluster.start(i, { allowsPrivate: true });
    await cluster.until(() => connectedTo(cluster, 0).length === 2, 10_000);
    await cluster.until(() => cluster.running.every(({ peer }) => peer.isVoting), 10_000);
    expect(cluster.faults).toEqual([]);
  });

  test("are not opened to private addresses unless the operator is near such", async () => {
    const genesis = withUrls(newState([1e14, 1e14]), [[1, urlOf(1)]]);
    const cluster = new Cluster({ count: 2, genesis, named: () => [] });
    cluster.startAll();
    await cluster.run(3_000);
    expect(connectedTo(cluster, 0)).toEqual([]);
  });

  test("are closed when the address is another peer's, and tried ever more rarely", async () => {
    const genesis = withUrls(newState([1e14, 1e14, 1e14]), [[1, urlOf(2)]]);
    const cluster = new Cluster({ count: 3, genesis, named: () => [] });
    let dials = 0;
    cluster.start(2);
    cluster.start(0, {
      allowsPrivate: true,
      dial: (address) => {
        dials++;
        return cluster.dial(0, address);
      },
    });
    await cluster.run(60_000, 50);
    expect(connectedTo(cluster, 0)).toEqual([]);
    expect(dials).toBeGreaterThanOrEqual(4);
    expect(dials).toBeLessThanOrEqual(12);
  });

  test("to a peer come back soon although another one says that it is at the same address", async () => {
    const genesis = withUrls(newState([1e14, 1e12, 1e14, 1e14]), [
      [1, urlOf(2)],
      [2, urlOf(2)],
      [3, urlOf(3)],
    ]);
    const cluster = new Cluster({ count: 4, genesis, named: () => [] });
    for (const i of [2, 3, 0]) cluster.start(i, { allowsPrivate: true });
    await cluster.until(() => connectedTo(cluster, 0).length === 2, 10_000);
    await cluster.run(300_000, 100);
    cluster.networked(0).network.drop(({ key }) => key === keyOf(keyPair(2).publicKey), "a loss");
    expect(connectedTo(cluster, 0)).toEqual([3]);
    await cluster.until(() => connectedTo(cluster, 0).length === 2, 5_000);
  });

  test("to published names are not opened where the name is that of a private address", async () => {
    const genesis = withUrls(newState([1e14, 1e14]), [[1, "tcp://peer.example.org:18888"]]);
    const asked: (boolean | undefined)[][] = [];
    const dial: NetworkedPeerOptions["dial"] = async (_, mayReach) => {
      asked.push(["127.0.0.1", "169.254.169.254", "8.8.8.8"].map((ip) => mayReach?.(ip)));
      throw new DialError("FORBIDDEN", "a trick");
    };
    for (const named of [[], [1]]) {
      const cluster = new Cluster({ count: 2, genesis, named: () => named });
      cluster.start(0, { dial });
      await cluster.run(100);
      await cluster.stop(0);
    }
    expect(asked[0]).toEqual([false, false, true]);
    // Who has named a private host is near such, and what it names may be anywhere.
    expect(asked.slice(1).flat()).toEqual(Array((asked.length - 1) * 3).fill(undefined));
    expect(asked.length).toBeGreaterThan(1);
  });

  test("of others with bad addresses harm nobody", async () => {
    const genesis = withUrls(newState([1e14, 1e14, 1e14, 1e14]), [
      [1, "tcp://10.0.1.1:99999999"],
      [2, "\u0000::::"],
      [3, urlOf(3)],
    ]);
    const cluster = new Cluster({ count: 4, genesis, named: () => [] });
    cluster.start(3);
    cluster.start(0, { allowsPrivate: true });
    await cluster.until(() => connectedTo(cluster, 0).length === 1, 5_000);
    expect(connectedTo(cluster, 0)).toEqual([3]);
  });

  test("that are accepted and never answered keep nobody from others, nor do dials that time out", async () => {
    const genesis = withUrls(
      newState([1e14, ...new Array(6).fill(1e16), 1e14]),
      [1, 2, 3, 4, 5, 6, 7].map((i) => [i, urlOf(i)] as const),
    );
    const cluster = new Cluster({ count: 8, genesis, named: () => [] });
    cluster.start(7);
    const silent: FakeLink[] = [];
    let dials = 0;
    cluster.start(0, {
      allowsPrivate: true,
      dial: async (address) => {
        if (address.host === hostOf(7).host) return cluster.dial(0, address);
        dials++;
        if (dials % 2 === 0) {
          const link = new FakeLink();
          silent.push(link);
          return link;
        }
        await new Promise<void>((resolve) => cluster.clock.after(CONNECT_TIMEOUT_MS, resolve));
        throw new DialError("TIMEOUT", "no answer");
      },
    });
    await cluster.until(() => connectedTo(cluster, 0).length === 1, 60_000);
    expect(connectedTo(cluster, 0)).toEqual([7]);
    await cluster.run(60_000, 50);
    expect(connectedTo(cluster, 0)).toEqual([7]);
    expect(silent.length).toBeGreaterThan(3);
    expect(silent.filter(({ isOpen }) => isOpen).length).toBeLessThanOrEqual(DIALS_AT_ONCE);
    expect(cluster.faults).toEqual([]);
  });

  test("come back after a loss, also by the hosts the operator named", async () => {
    const cluster = new Cluster({ count: 2 });
    cluster.startAll();
    await cluster.until(() => connectedTo(cluster, 0).length === 1, 5_000);
    cluster.kill(1);
    await cluster.run(20_000, 50);
    expect(connectedTo(cluster, 0)).toEqual([]);
    cluster.start(1);
    await cluster.until(() => connectedTo(cluster, 0).length === 1, 20_000);
  });
});

describe("after a long time without", () => {
  const LONG_MS = 1_800_000;
  const STEP_MS = 500;
  const SOON_MS = 20_000;
  const count = 3;
  const genesis = withUrls(
    newState(new Array(count).fill(1e14)),
    [0, 1, 2].map((i) => [i, urlOf(i)] as const),
  );
  const deaf = () => Promise.reject(new DialError("TIMEOUT", "no answer"));

  test("any connection, peers are found soon at the addresses they have published", async () => {
    const cluster = new Cluster({ count, genesis, named: () => [] });
    for (const i of [0, 1, 2]) cluster.start(i, { allowsPrivate: true });
    await cluster.until(() => connectedTo(cluster, 0).length === 2, 10_000);
    // The network of this machine is away, and comes back; others wait for it.
    for (const i of [1, 2]) cluster.kill(i);
    await cluster.run(LONG_MS, STEP_MS);
    expect(connectedTo(cluster, 0)).toEqual([]);
    cluster.start(1, { allowsPrivate: true, dial: deaf });
    await cluster.until(() => connectedTo(cluster, 0).length === 1, SOON_MS, STEP_MS);
    // One that comes later has not been given up.
    await cluster.run(SOON_MS / 2, STEP_MS);
    cluster.start(2, { allowsPrivate: true, dial: deaf });
    await cluster.until(() => connectedTo(cluster, 0).length === 2, SOON_MS, STEP_MS);
  });

  test("one of them, it is found soon when the last connection is lost", async () => {
    const cluster = new Cluster({ count, genesis, named: () => [] });
    for (const i of [0, 1]) cluster.start(i, { allowsPrivate: true });
    await cluster.run(LONG_MS, STEP_MS);
    cluster.start(2, { allowsPrivate: true, dial: deaf });
    cluster.kill(1);
    await cluster.until(() => connectedTo(cluster, 0).includes(2), SOON_MS / 2, STEP_MS);
  });

  test("one of them, it is connected to as soon as it is heard of", async () => {
    const cluster = new Cluster({ count, genesis, named: () => [] });
    for (const i of [0, 1]) cluster.start(i, { allowsPrivate: true });
    await cluster.run(LONG_MS, STEP_MS);
    expect(connectedTo(cluster, 0)).toEqual([1]);
    cluster.start(2, { allowsPrivate: true });
    await cluster.until(() => connectedTo(cluster, 0).length === 2, SOON_MS / 2, STEP_MS);
  });
});

describe("the choice of peers", () => {
  test("goes by stake, and away from ranges that are taken", () => {
    const state = withUrls(newState([1e12, 9e12, 1e12 - 1]), [
      [0, "a.example:1"],
      [1, "b.other:1"],
      [2, "c.third:1"],
    ]);
    const peers = stakedPeers(state);
    expect(peers.length).toBe(2);
    const all = peers.flatMap((peer) =>
      peer.address === null ? [] : [{ ...peer, address: peer.address }],
    );
    const random = new SeededRandom(7);
    const count = (ranges: ReadonlyMap<string, number>) => {
      let chosen = 0;
      for (let i = 0; i < 2_000; i++) {
        if (chooseCandidate(all, ranges, random)?.address.host === "b.other") chosen++;
      }
      return chosen / 2_000;
    };
    expect(count(new Map())).toBeCloseTo(0.9, 1);
    expect(count(new Map([["b.other", 8]]))).toBeCloseTo(0.5, 1);
  });

  test("is of peers that have a stake, and a record", () => {
    const broken = PeerStatus.create(Address.of(1), 5e12)
      .withDelegatedStake(Address.of(2), 1e12)
      .withBlockReward(6e12, 1)
      .withDelegatedStake(Address.of(2), 0);
    const { peers } = newState([1e13]);
    const odd = peers
      .assoc(Blob.of(new Uint8Array(32)), broken)
      ?.assoc(Blob.of(new Uint8Array(31)), 7)
      ?.assoc(Address.of(7), PeerStatus.create(Address.of(1), 1e13)) as Index;
    const found = stakedPeers(newState().withPeers(odd));
    expect(found.map(({ key }) => key)).toEqual([keyOf(keyPair(0).publicKey)]);
  });

  test("gives up low stakes in time, high ones never", () => {
    expect(eliminationChance(0.001, 20, 500, 20_000)).toBeCloseTo(0.0245, 4);
    expect(eliminationChance(0.05, 20, 500, 20_000)).toBe(0);
    expect(eliminationChance(0.9, 20, 500, 20_000)).toBe(0);
  });

  test("remembers failures", () => {
    const memory = new DialMemory(new SeededRandom(1));
    const pauses: number[] = [];
    let now = 0;
    for (let i = 0; i < 12; i++) {
      memory.failed("h:1", now, 120_000);
      const begun = now;
      while (!memory.mayDial("h:1", now)) now += 100;
      pauses.push(now - begun);
    }
    expect(pauses[0]).toBeLessThanOrEqual(1_600);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(181_000);
    expect(pauses.at(-1)).toBeGreaterThan(50_000);
    memory.succeeded("h:1");
    expect(memory.mayDial("h:1", now)).toBe(true);
    expect(memory.failures("h:1")).toBe(0);
  });

  test("waits twice as long after each failure, and forgets the oldest of many", () => {
    const memory = new DialMemory({ number: () => 0.5, bytes: () => new Uint8Array(0) });
    for (const [i, pauseMs] of [1, 2, 4, 5].map((times) => times * DIAL_BACKOFF_MS).entries()) {
      memory.failed("h:1", 0, 5 * DIAL_BACKOFF_MS);
      expect(memory.failures("h:1")).toBe(i + 1);
      expect([pauseMs - 1, pauseMs].map((ms) => memory.mayDial("h:1", ms))).toEqual([false, true]);
    }
    for (let i = 1; i < FAILURES_MAX; i++) memory.failed(`other:${i}`, 0, 1);
    expect(memory.failures("h:1")).toBe(4);
    memory.failed("one:more", 0, 1);
    expect([memory.failures("h:1"), memory.failures("other:1")]).toEqual([0, 1]);
  });
});

describe("the operator", () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-operator-"));
  const key = toHex(keyPair(1).publicKey);

  test("lists, drops, bans, lifts bans and connects", async () => {
    const cluster = new Cluster({ count: 2 });
    const bans = new Bans(join(folder, "bans-1.json"));
    cluster.start(1);
    const networked = cluster.start(0, { bans });
    const commands = new OperatorCommands(networked, bans, cluster.clock);
    const list = () => {
      const reply = commands.handle({ command: "list" });
      return (reply.ok ? reply.result : []) as ConnectionReport[];
    };
    await cluster.until(() => list().some((report) => report.key === key), 5_000);
    expect(list().find(({ direction }) => direction === "outgoing")).toMatchObject({
      key,
      address: addressText(hostOf(1)),
      isNamed: true,
    });
    expect(commands.handle({ command: "ban", target: key }).ok).toBe(true);
    await cluster.run(20_000, 50);
    expect(list().filter((report) => report.key === key)).toEqual([]);
    expect(new Bans(join(folder, "bans-1.json")).hasKey(keyOf(keyPair(1).publicKey))).toBe(true);
    for (const target of ["zz", `0${key}`, "12", "a b"]) {
      expect(commands.handle({ command: "ban", target })).toMatchObject({ ok: false });
    }
    const why = (request: object) => {
      const reply = commands.handle(request);
      return reply.ok ? "done" : reply.error;
    };
    expect(why({ command: "ban" })).toContain("ban needs a 'target'");
    expect(why({ command: "baan", target: key })).toMatch(/a command of list, .* log-level$/);
    expect(commands.handle({ command: "unban", target: key }).ok).toBe(true);
    expect(commands.handle({ command: "unban", target: key }).ok).toBe(false);
    const address = addressText(hostOf(1));
    expect(commands.handle({ command: "connect", target: address }).ok).toBe(true);
    await cluster.until(() => list().some((report) => report.key === key), 20_000);
    const closed = { ok: true, result: expect.stringMatching(/^[1-9]/) };
    expect(commands.handle({ command: "drop", target: `tcp://${address}` })).toMatchObject(closed);
    expect(commands.handle({ command: "drop", target: "10.9.9.9:1" }).ok).toBe(false);
    // Whatever the spelling of the port, it is that one alone.
    for (const port of [1, 2]) commands.handle({ command: "connect", target: `10.9.9.9:${port}` });
    for (const target of ["tcp://10.9.9.9:1/", "10.9.9.9:00002"]) {
      expect(commands.handle({ command: "drop", target }).ok).toBe(true);
      expect(commands.handle({ command: "drop", target }).ok).toBe(false);
    }
    // A container's name, which a key could begin with.
    expect(commands.handle({ command: "connect", target: "abcdef012345:1" }).ok).toBe(true);
    expect(commands.handle({ command: "drop", target: "abcdef012345" }).ok).toBe(true);
    expect(commands.handle({ command: "drop", target: "abcdef012345" }).ok).toBe(false);
    for (const bad of [null, 1, {}, { command: "no" }, { command: "connect", target: "a b" }]) {
      expect(commands.handle(bad).ok).toBe(false);
    }
  });

  test("bans a host with its clients, who have said nothing for the sake of consensus", async () => {
    const cluster = new Cluster({ count: 1 });
    const bans = new Bans(null);
    const networked = cluster.start(0, { bans });
    const commands = new OperatorCommands(networked, bans, cluster.clock);
    const links = ["192.0.2.7", "192.0.2.8"].map((host) => new FakeLink({ host, port: 1 }));
    for (const link of links) networked.network.accept(link);
    const reply = commands.handle({ command: "ban", target: "192.0.2.7" });
    expect(reply).toEqual({ ok: true, result: "192.0.2.7 is banned, 1 connection closed" });
    expect(links.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  test("has what was put into the list of bans by hand take effect when it is next looked at", async () => {
    const cluster = new Cluster({ count: 2 });
    const path = join(folder, "bans-by-hand.json");
    const bans = new Bans(path);
    cluster.start(1);
    const networked = cluster.start(0, { bans });
    const commands = new OperatorCommands(networked, bans, cluster.clock);
    const connected = () =>
      [...networked.network.neighbours].some(({ key: proved }) => proved !== null);
    await cluster.until(connected, 5_000);
    writeFileSync(path, JSON.stringify([key]));
    const edited = "; its file was changed by hand, and counts as it stands";
    expect(commands.handle({ command: "ban", target: "192.0.2.7" })).toEqual({
      ok: true,
      result: `192.0.2.7 is banned, 0 connections closed${edited}`,
    });
    expect([connected(), new Bans(path).entries]).toEqual([false, ["192.0.2.7", key].sort()]);
    writeFileSync(path, JSON.stringify(["192.0.2.7"]));
    expect(commands.handle({ command: "bans" })).toEqual({ ok: true, result: ["192.0.2.7"] });
    await cluster.until(connected, 60_000);
    // The last hand's word counts, also where it says the same.
    writeFileSync(path, "[]");
    const reply = commands.handle({ command: "unban", target: "192.0.2.7" });
    expect(reply).toEqual({ ok: false, error: `192.0.2.7 is not banned${edited}` });
    writeFileSync(path, "{");
    expect(commands.handle({ command: "ban", target: "192.0.2.7" })).toEqual({
      ok: false,
      error: expect.stringContaining("is damaged"),
    });
    expect(readFileSync(path, "utf8")).toBe("{");
  });

  test("speaks through a socket that is his alone", async () => {
    const cluster = new Cluster({ count: 1 });
    const networked = cluster.start(0);
    const path = join(folder, "operator.sock");
    const socket = new OperatorSocket(
      path,
      new OperatorCommands(networked, new Bans(null), cluster.clock),
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const reply = await askPeer(path, { command: "status" });
    expect(reply).toMatchObject({ ok: true, result: { isReady: true, role: "voter" } });
    socket.close();
    expect(askPeer(path, { command: "status" })).rejects.toThrow(OperatorSocketError);
    await askPeer(path, { command: "status" }).catch(() => {});
  });

  test("is told when the list of bans is damaged", () => {
    const path = join(folder, "bans-2.json");
    writeFileSync(path, "{");
    expect(() => new Bans(path)).toThrow(BansError);
    const bans = new Bans(join(folder, "bans-3.json"));
    bans.add(`0x${key.toUpperCase()}`);
    bans.add("[2001:DB8::1]");
    expect(bans.hasHost("2001:db8::1")).toBe(true);
    expect(readFileSync(join(folder, "bans-3.json"), "utf8")).toContain(key);
    rmSync(folder, { recursive: true });
  });
});
