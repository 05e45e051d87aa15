// Which connections are opened and which are given up, with links that lead nowhere.

import { describe, expect, test } from "bun:test";
import { toHex } from "../../../src/crypto/hex.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Index } from "../../../src/data/index-map.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { DialError } from "../../../src/net/dial.ts";
import { NoReplyError } from "../../../src/net/pending-requests.ts";
import { Bans } from "../../../src/peer/connections/bans.ts";
import type { Neighbour, Origin } from "../../../src/peer/connections/neighbour.ts";
import { Outgoing, type OutgoingOptions } from "../../../src/peer/connections/outgoing.ts";
import type { PeerAddress } from "../../../src/peer/connections/peer-address.ts";
import {
  DIAL_BACKOFF_MAX_MS,
  NAMED_BACKOFF_MAX_MS,
  PEER_CONNECTION_DROP_TIME,
} from "../../../src/peer/network-bounds.ts";
import type { PeerStatus } from "../../../src/state/peer-status.ts";
import type { State } from "../../../src/state/state.ts";
import { FakeLink } from "../../net/fake-link.ts";
import { keyPair, newState, TestClock } from "../scene.ts";

const NETWORK = "n".repeat(32);
const keyText = (i: number) => keyOf(keyPair(i).publicKey);

/** A State of peers with these stakes, each of which has published an address: 192.0.2.i. */
function stateOf(...stakes: number[]): State {
  const state = newState(stakes);
  let { peers } = state;
  stakes.forEach((_, i) => {
    const key = Blob.of(keyPair(i).publicKey);
    const metadata = CVMMap.from([[Keyword.of("url"), CVMString.of(`tcp://192.0.2.${i}:1`)]]);
    peers = peers.assoc(key, (state.peer(key) as PeerStatus).withMetadata(metadata)) as Index;
  });
  return state.withPeers(peers);
}

const peerAt = ({ host }: PeerAddress) => Number(host.split(".").at(-1));

interface Fake {
  readonly key: string | null;
  readonly isOpen: boolean;
  readonly origin: Origin;
  readonly closedFor: string[];
  asked: number;
}

/** @param genesis that those tell who are asked for their status */
function scene(changes: Partial<OutgoingOptions> = {}, genesis = NETWORK) {
  const clock = new TestClock();
  const dialled: number[] = [];
  const unreachable: string[] = [];
  const notices: string[] = [];
  const made: (Fake & Neighbour)[] = [];
  let chance = 0.5;
  const random = { number: () => chance, bytes: (count: number) => new Uint8Array(count) };
  const attach = (link: FakeLink, origin: Origin): Neighbour => {
    const closedFor: string[] = [];
    const neighbour = {
      key: null,
      isOpen: true,
      origin,
      closedFor,
      asked: 0,
      askStatus: async () => {
        neighbour.asked++;
        return { genesis };
      },
      connection: {
        link,
        close: (reason: string) => {
          closedFor.push(reason);
          neighbour.isOpen = false;
          outgoing.closed(neighbour as unknown as Neighbour);
        },
      },
    };
    made.push(neighbour as unknown as Fake & Neighbour);
    return neighbour as unknown as Neighbour;
  };
  const outgoing = new Outgoing({
    publicKey: keyPair(0).publicKey,
    network: NETWORK,
    clock,
    random,
    dial: async (address) => {
      dialled.push(peerAt(address));
      return new FakeLink(address);
    },
    bans: new Bans(null),
    target: 10,
    allowsPrivate: true,
    attach: attach as OutgoingOptions["attach"],
    prove: async (neighbour) => keyPair(peerAt(neighbour.origin.address)).publicKey,
    onConnected: () => {},
    onNotice: (notice) => notices.push(notice),
    onUnreachable: (key) => unreachable.push(key),
    ...changes,
  });
  const tick = async (state: State) => {
    outgoing.tick(state);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const connected = () => [...outgoing.connected].map(({ key }) => key).sort();
  const setChance = (next: number) => {
    chance = next;
  };
  return { clock, outgoing, tick, dialled, unreachable, notices, made, connected, setChance };
}

const keys = (...peers: number[]) => peers.map(keyText).sort();

describe("published addresses are dialled", () => {
  test("of all but this peer itself, those that are connected, and the banned", async () => {
    const bans = new Bans(null);
    bans.add(toHex(keyPair(2).publicKey));
    const { tick, dialled, connected } = scene({ bans });
    await tick(stateOf(1e14, 1e14, 1e14, 1e14));
    expect(dialled.sort()).toEqual([1, 3]);
    await tick(stateOf(1e14, 1e14, 1e14, 1e14));
    expect(dialled.length).toBe(2);
    expect(connected()).toEqual(keys(1, 3));
  });

  test("not again soon when nobody is there, which is told", async () => {
    const failing = scene({
      dial: async (address) => {
        failing.dialled.push(peerAt(address));
        throw new DialError("REFUSED", "nobody");
      },
    });
    const { clock, tick, dialled, unreachable } = failing;
    await tick(stateOf(1e14, 1e14));
    await tick(stateOf(1e14, 1e14));
    expect([dialled, unreachable]).toEqual([[1], [keyText(1)]]);
    clock.advance(DIAL_BACKOFF_MAX_MS);
    await tick(stateOf(1e14, 1e14));
    expect(dialled).toEqual([1, 1]);
  });

  test("ever more rarely, but not while no peer at all can be reached", async () => {
    for (const others of [0, 1]) {
      const stakes = others === 0 ? [1e14, 1e14] : [1e14, 1e14, 1e14];
      const failing = scene({
        dial: async (address) => {
          failing.dialled.push(peerAt(address));
          if (peerAt(address) === 2) return new FakeLink(address);
          throw new DialError("REFUSED", "nobody");
        },
      });
      const { clock, tick, dialled, outgoing } = failing;
      for (let i = 0; i < 12; i++) {
        clock.advance(DIAL_BACKOFF_MAX_MS);
        await tick(stateOf(...stakes));
      }
      expect(outgoing.connected.size).toBe(others);
      const before = dialled.length;
      clock.advance(NAMED_BACKOFF_MAX_MS);
      await tick(stateOf(...stakes));
      expect(dialled.length - before).toBe(others === 0 ? 1 : 0);
    }
  });

  test("again at once when the peer shows that it runs", async () => {
    const failing = scene({
      dial: async (address) => {
        failing.dialled.push(peerAt(address));
        throw new DialError("REFUSED", "nobody");
      },
    });
    const state = stateOf(1e14, 1e14);
    await failing.tick(state);
    failing.outgoing.isBack(keyText(1), state);
    await failing.tick(state);
    expect(failing.dialled).toEqual([1, 1]);
  });

  test("and given up where no key is proved, without a question of the network", async () => {
    const { tick, unreachable, outgoing, made } = scene({ prove: async () => null });
    await tick(stateOf(1e14, 1e14));
    expect([outgoing.connected.size, unreachable]).toEqual([0, [keyText(1)]]);
    expect(made[0]?.closedFor).toEqual(["it did not prove its key"]);
    expect(made[0]?.asked).toBe(0);
  });
});

describe("connections are given up", () => {
  /** Of three peers beside this one two are connected, which is as many as wanted. */
  async function full(stakes: readonly number[]) {
    const all = scene({ target: 2 });
    const two = stateOf(...stakes.slice(0, 3));
    await all.tick(two);
    expect(all.connected()).toEqual(keys(1, 2));
    return all;
  }

  test("for want of stake", async () => {
    const { tick, connected, made } = await full([1e14, 1e14, 1e14]);
    await tick(stateOf(1e14, 1e14, 1e11));
    expect(connected()).toEqual(keys(1));
    expect(made.find(({ key }) => key === keyText(2))?.closedFor).toEqual([
      "its stake is insufficient",
    ]);
  });

  test("in time, when there are others that have none", async () => {
    const { clock, tick, connected, setChance } = await full([1e15, 1e13, 1e13]);
    const four = stateOf(1e15, 1e13, 1e13, 1e13);
    setChance(0.4);
    clock.advance(PEER_CONNECTION_DROP_TIME / 4);
    await tick(four);
    expect(connected()).toEqual(keys(1, 2));
    clock.advance(PEER_CONNECTION_DROP_TIME);
    await tick(four);
    expect(connected().includes(keyText(3)) || connected().length < 2).toBe(true);
  });

  test("not when all others are connected, however little stake they have", async () => {
    const { clock, tick, connected, setChance } = await full([1e15, 1e13, 1e13]);
    setChance(0);
    clock.advance(PEER_CONNECTION_DROP_TIME);
    await tick(stateOf(1e15, 1e13, 1e13));
    expect(connected()).toEqual(keys(1, 2));
  });
});

describe("hosts of the operator's", () => {
  const address = { host: "192.0.2.9", port: 1 };

  test("serve without a key, if they are of this network", async () => {
    for (const genesis of [NETWORK, "another"]) {
      const { outgoing, tick, notices } = scene({ prove: async () => null }, genesis);
      outgoing.name(address, true);
      await tick(stateOf(1e14));
      const found = [outgoing.connected.size, notices];
      const notice = "192.0.2.9:1 is of another network: it is not used";
      expect(found).toEqual(genesis === NETWORK ? [1, []] : [0, [notice]]);
    }
  });

  test("are kept without a stake, and forgotten when unnamed", async () => {
    const { outgoing, tick, dialled } = scene();
    outgoing.name(address, true);
    await tick(stateOf(1e14));
    await tick(stateOf(1e14));
    expect([outgoing.connected.size, dialled]).toEqual([1, [9]]);
    expect([outgoing.unname(address), outgoing.unname(address)]).toEqual([true, false]);
  });

  test("that do not answer a challenge serve, other peers do not", async () => {
    const prove = () => Promise.reject(new NoReplyError("TIMEOUT", "silence"));
    const { outgoing, tick, unreachable, made } = scene({ prove });
    await tick(stateOf(1e14, 1e14));
    expect([outgoing.connected.size, unreachable]).toEqual([0, [keyText(1)]]);
    expect(made[0]?.closedFor).toEqual(["it did not answer a challenge"]);
  });
});

describe("what the operator says while a host is dialled", () => {
  const address = { host: "192.0.2.9", port: 1 };

  /** Hosts are dialled until they may answer, and are where they are told to be. */
  function slowScene(where: (address: PeerAddress) => PeerAddress = (given) => given) {
    const bans = new Bans(null);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const dial = async (dialled: PeerAddress) => {
      await answered;
      return new FakeLink(where(dialled));
    };
    return { bans, answer: () => answer(), ...scene({ bans, dial }) };
  }

  test("counts: one that is dropped is not used", async () => {
    const { outgoing, tick, answer, made } = slowScene();
    outgoing.name(address, true);
    await tick(stateOf(1e14));
    outgoing.unname(address);
    answer();
    await tick(stateOf(1e14));
    expect([outgoing.connected.size, made[0]?.closedFor]).toEqual([0, ["it was dropped"]]);
  });

  test.each(["192.0.2.1", "198.51.100.7"])("counts: nor is %s, which is banned", async (host) => {
    // The name that a peer has published leads to another address.
    const { bans, outgoing, tick, answer, made } = slowScene(() => ({ host, port: 1 }));
    await tick(stateOf(1e14, 1e14));
    bans.add(host);
    answer();
    await tick(stateOf(1e14, 1e14));
    expect([outgoing.connected.size, made[0]?.closedFor]).toEqual([0, ["it is banned"]]);
  });
});
