// Joining by several hosts of which one lies: of the network, of its history, or with more cells
// than anybody could store.

import { expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import { hashBytes, hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { addressText } from "../../src/peer/connections/peer-address.ts";
import type { JoinEvent } from "../../src/peer/join.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { Order } from "../../src/state/order.ts";
import { hostOf, SeededRandom } from "./cluster.ts";
import { type FakeHost, joinByHosts } from "./join-scene.ts";
import { keyPair, newState, TestClock, transfer } from "./scene.ts";

const GENESIS = newState([1e14, 1e14, 1e14]);
const OTHER = newState([2e14, 1e14, 1e14]);
const clock = new TestClock();

/** A host with so many final blocks, which of them is said by a number. */
function hostWith(signer: number, count: number, amount = 1, genesis = GENESIS): FakeHost {
  const blocks = Array.from({ length: count }, (_, i) =>
    SignedData.sign(keyPair(0), Block.of(clock.now() + i, Vector.of(transfer(2, i + amount)))),
  );
  const points = Vector.of(count, count, count, count);
  const order = SignedData.sign(
    keyPair(signer),
    Order.of(clock.now(), points, Vector.from(blocks)),
  );
  const belief = Belief.of(
    Index.from([[Blob.of(keyPair(signer).publicKey), order]] as const) as Index,
  );
  return { keyPair: keyPair(signer), genesis, belief, point: count };
}

/** A host whose Belief names so many bytes of nothing. */
function bottomless(bytes: number): FakeHost {
  const random = new SeededRandom(1);
  const entries = Array.from({ length: Math.ceil(bytes / 2_000) }, (_, i) => {
    const key = new Uint8Array(32).fill(i & 0xff, 0, 16).fill(i >> 8, 16);
    return [Blob.of(key), Blob.of(random.bytes(2_000))] as const;
  });
  const belief = Belief.of(Index.from(entries) as Index);
  return { keyPair: keyPair(0), genesis: GENESIS, belief, point: 30 };
}

function failures(): { onEvent: (event: JoinEvent) => void; failed: string[] } {
  const failed: string[] = [];
  const onEvent = (event: JoinEvent) => {
    if (event.type === "failed") failed.push(event.reason);
  };
  return { onEvent, failed };
}

const where = (i: number) => addressText(hostOf(i));

test("the network is the one of most hosts, not of the first", async () => {
  const { onEvent, failed } = failures();
  const hosts = [hostWith(0, 3, 1, OTHER), hostWith(1, 3), hostWith(2, 3)];
  const { genesis } = await joinByHosts(clock, hosts, { onEvent });
  expect(hashKey(genesis)).toBe(hashKey(GENESIS));
  expect(failed.join()).toContain(where(0));
});

test("hosts of equally many networks are refused, and it is said which is of which", async () => {
  const hosts = [hostWith(0, 3, 1, OTHER), hostWith(1, 3)];
  const error = await joinByHosts(clock, hosts).catch((reason) => reason);
  expect(error).toMatchObject({ code: "GENESIS" });
  expect(error.message).toContain(`${where(0)}: ${toHex(hashBytes(OTHER))}`);
  expect(error.message).toContain(`${where(1)}: ${toHex(hashBytes(GENESIS))}`);
  expect(error.message).toContain("--genesis-hash");
  const pinned = await joinByHosts(clock, hosts, { genesisHash: hashBytes(GENESIS) });
  expect(hashKey(pinned.genesis)).toBe(hashKey(GENESIS));
});

test("a single host says which network it is", async () => {
  const { genesis } = await joinByHosts(clock, [hostWith(0, 3, 1, OTHER)]);
  expect(hashKey(genesis)).toBe(hashKey(OTHER));
});

test("a history that most of the others don't know is not taken, though the first has it", async () => {
  const hosts = [hostWith(0, 30, 7), hostWith(1, 20), hostWith(2, 25)];
  const { joined } = await joinByHosts(clock, hosts);
  expect(joined.order.blockCount).toBe(20);
});

test("two histories of two hosts are refused in words, also when others have none yet", async () => {
  const two = [hostWith(0, 30, 7), hostWith(1, 20)];
  for (const hosts of [two, [...two, hostWith(2, 0)]]) {
    const error = await joinByHosts(clock, hosts).catch((reason) => reason);
    expect(error).toMatchObject({ code: "ACQUISITION" });
    expect(error.message).toContain(`${where(0)} has other final blocks than ${where(1)}`);
  }
});

test("a host may be further than the others", async () => {
  const { joined } = await joinByHosts(clock, [hostWith(0, 30), hostWith(1, 20), hostWith(2, 0)]);
  expect(joined.order.blockCount).toBe(30);
});

test("a host whose Belief has no end is left for another one, which lacks its cells", async () => {
  const { onEvent, failed } = failures();
  const vouching = { contestedBytesMax: 200_000, aloneBytesMax: Number.POSITIVE_INFINITY };
  const lying = bottomless(16_000_000);
  const others = [hostWith(1, 20), hostWith(2, 0)];
  for (const hosts of [
    [lying, ...others],
    [...others, lying],
  ]) {
    const { joined } = await joinByHosts(clock, hosts, { onEvent, vouching });
    expect(joined.order.blockCount).toBe(20);
  }
  expect(failed.join()).toContain("most others lack");
});

test("a host whose Belief has no end, alone, ends the join and says what to do", async () => {
  const vouching = { contestedBytesMax: 200_000, aloneBytesMax: 1_000_000 };
  const error = await joinByHosts(clock, [bottomless(4_000_000)], { vouching }).catch((e) => e);
  expect(error).toMatchObject({ code: "ACQUISITION" });
  expect(error.message).toContain("from one host, and from no other");
});
