// The Peer object (sheet 04 §4.1), and the rules that the shared runs do not notice (§3.7, end).

import { describe, expect, test } from "bun:test";
import { ForkError, keyPairSigner, PeerHistory } from "../../src/consensus/peer-history.ts";
import { isWellFormed, pointsOf, replaces } from "../../src/consensus/points.ts";
import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { hashKey } from "../../src/data/encode.ts";
import { Index } from "../../src/data/index-map.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { Order } from "../../src/state/order.ts";
import { Blocks, KEY_PAIRS, keyOf, mergeAt, stateOf } from "./merge-scene.ts";
import { proposeBlock, updateState } from "./peer-steps.ts";

function newPeer(index: number, stakes: readonly string[]): PeerHistory {
  const state = stateOf(stakes).withAccounts(Vector.from([AccountStatus.EMPTY]));
  return PeerHistory.create(keyPairSigner(KEY_PAIRS[index] as KeyPair), state);
}

function signedBlock(peer: number, offset: number): SignedData {
  const block = Block.of(INITIAL_TIMESTAMP + offset, Vector.EMPTY);
  return SignedData.sign(KEY_PAIRS[peer] as KeyPair, block);
}

function points(peer: PeerHistory): number[] {
  return [...pointsOf(peer.order as Order)];
}

describe("a lone peer", () => {
  test("rises one level a merge, and executes at finality", () => {
    let peer = proposeBlock(newPeer(0, ["5"]), signedBlock(0, 10));
    const seen = [points(peer)];
    const positions: number[] = [];
    for (let i = 0; i < 4; i++) {
      peer = updateState(peer.mergeBeliefs([]));
      seen.push(points(peer));
      positions.push(peer.position);
    }
    expect(positions).toEqual([0, 0, 1, 1]);
    expect(seen).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [1, 1, 1, 0],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(peer.position).toBe(1);
    expect(peer.state.blockNumber).toBe(0);
    expect(peer.record.results.count).toBe(1);
    expect(peer.mergeBeliefs([])).toBe(peer);
  });

  test("keeps the Order's timestamp when it proposes, and moves its own clock to the block's", () => {
    const peer = newPeer(0, ["5"]).withTimestamp(INITIAL_TIMESTAMP + 50);
    const later = proposeBlock(peer, signedBlock(0, 80));
    expect(later.order?.timestamp).toBe(0);
    expect(later.timestamp).toBe(INITIAL_TIMESTAMP + 80);
    expect(proposeBlock(later, signedBlock(0, 60)).timestamp).toBe(INITIAL_TIMESTAMP + 80);
    expect(peer.proposeBlocks([signedBlock(0, 80)]).timestamp).toBe(peer.timestamp);
    // The next merge runs with that clock, although the wall clock is behind.
    const merged = later.withTimestamp(INITIAL_TIMESTAMP + 70).mergeBeliefs([]);
    expect(merged.order?.timestamp).toBe(INITIAL_TIMESTAMP + 80);
  });

  test("does not go back in time", () => {
    const peer = newPeer(0, ["5"]).withTimestamp(INITIAL_TIMESTAMP + 5);
    expect(peer.withTimestamp(INITIAL_TIMESTAMP + 4)).toBe(peer);
  });

  test("with an Order that contradicts executed blocks is forked", () => {
    let peer = proposeBlock(newPeer(0, ["5"]), signedBlock(0, 10));
    for (let i = 0; i < 3; i++) peer = updateState(peer.mergeBeliefs([]));
    const blocks = Vector.from([signedBlock(0, 20), signedBlock(0, 30)]);
    const order = Order.of(INITIAL_TIMESTAMP + 99, Vector.from([2, 2, 2, 2]), blocks);
    const signed = SignedData.sign(KEY_PAIRS[0] as KeyPair, order);
    const orders = Index.EMPTY.assoc(keyOf(0), signed) as Index;
    const forked = peer.updateBelief(Belief.of(orders));
    expect(() => updateState(forked)).toThrow(ForkError);
    expect(() => updateState(forked)).toThrow(
      expect.objectContaining({ position: 1, agreed: 0, code: "FORK" }),
    );
  });
});

describe("a peer without an Order of its own", () => {
  const without = newPeer(0, ["5"]).with({ belief: Belief.of(Index.EMPTY) });

  test("neither merges nor proposes, and has nothing to execute", () => {
    expect(() => without.mergeBeliefs([])).toThrow("a peer merges only with an Order");
    expect(() => without.proposeBlocks([])).toThrow("a peer proposes only with an Order");
    expect(() => without.proposeInstead(Vector.EMPTY)).toThrow(
      "a peer proposes only with an Order",
    );
    expect(without.finalBlocks()).toBe(0);
    expect(() => without.blockAt(0)).toThrow("no signed block at position 0");
  });
});

test("an element of an Order that is not signed is no block", () => {
  const order = Order.of(1, Vector.of(1, 0, 0, 0), Vector.of(42));
  const signed = SignedData.sign(KEY_PAIRS[0] as KeyPair, order);
  const orders = Index.EMPTY.assoc(keyOf(0), signed) as Index;
  const peer = newPeer(0, ["5"]).updateBelief(Belief.of(orders));
  expect(() => peer.blockAt(0)).toThrow("no signed block at position 0");
});

describe("several peers", () => {
  test("three of four equal ones reach finality, in as many rounds as the sheet has", () => {
    const peers = [0, 1, 2].map((i) => newPeer(i, ["5", "5", "5", "5"]));
    peers[0] = proposeBlock(peers[0] as PeerHistory, signedBlock(0, 10));
    let beliefs = peers.map((peer) => peer.belief);
    const rounds: number[][] = [];
    for (let round = 0; round < 5; round++) {
      const now = INITIAL_TIMESTAMP + 100 * (round + 1);
      const heard = beliefs;
      peers.forEach((peer, i) => {
        peers[i] = updateState(peer.withTimestamp(now).mergeBeliefs(heard));
      });
      beliefs = peers.map((peer) => peer.belief);
      rounds.push(points(peers[0] as PeerHistory));
    }
    expect(rounds).toEqual([
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [1, 1, 1, 0],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
    expect(new Set(peers.map((peer) => hashKey(peer.state))).size).toBe(1);
  });

  test("one of three missing halts them", () => {
    const peers = [0, 1].map((i) => newPeer(i, ["5", "5", "5"]));
    peers[0] = proposeBlock(peers[0] as PeerHistory, signedBlock(0, 10));
    for (let round = 0; round < 8; round++) {
      const heard = peers.map((peer) => peer.belief);
      peers.forEach((peer, i) => {
        const later = peer.withTimestamp(INITIAL_TIMESTAMP + 1000 * round);
        peers[i] = updateState(later.mergeBeliefs(heard));
      });
    }
    expect(peers.map(points)).toEqual([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
  });

  test("received Beliefs are taken in the order in which they come", () => {
    const blocks = new Blocks("a@1+10 b@1+20 c@1+30");
    const own = blocks.belief({ 0: "0/0,0,0,0/–" });
    const longer = blocks.belief({ 1: "500/3,0,0,0/abc" });
    const higher = blocks.belief({ 1: "500/2,2,0,0/ab" });
    const state = stateOf(["5", "5", "5", "5"]);
    const first = mergeAt(state, 2000, own, [longer, higher]);
    const second = mergeAt(state, 2000, own, [null, higher, longer]);
    expect(blocks.describeBelief(first)[1]).toBe("500/2,2,0,0/ab");
    expect(blocks.describeBelief(second)[1]).toBe("500/3,0,0,0/abc");
  });
});

test("where nobody has weight the Belief stays as it is", () => {
  const own = new Blocks("a@0+10").belief({ 0: "0/1,0,0,0/a" });
  expect(mergeAt(stateOf([]), 2000, own, [])).toBe(own);
});

test("entries of a received Belief that hold no Order are passed over", () => {
  const own = new Blocks("").belief({ 0: "0/0,0,0,0/–" });
  for (const entry of [null, 42, SignedData.sign(KEY_PAIRS[1] as KeyPair, 42)]) {
    const odd = Belief.of(Index.EMPTY.assoc(keyOf(1), entry) as Index);
    expect(mergeAt(stateOf(["5", "5"]), 2000, own, [odd])).toBe(own);
  }
});

describe("blocks that are new to the winner", () => {
  const state = stateOf(["5", "5", "5", "0.5"]);
  const known = state.withPeer(
    keyOf(1),
    (state.peer(keyOf(1)) as NonNullable<ReturnType<typeof state.peer>>).withBlockReward(
      0,
      INITIAL_TIMESTAMP + 20,
    ),
  );

  /** What peer 0 votes for when 2 has `b` and 1 has `names`. */
  function appended(names: string): string {
    const blocks = new Blocks("b@2+5 s@1+20 t@1+19 u@3+30 v@2+40");
    const received = { 1: `900/${names.length},0,0,0/${names}`, 2: "900/1,0,0,0/b" };
    const own = blocks.belief({ 0: "0/1,0,0,0/b" });
    const merged = mergeAt(known, 2000, own, [blocks.belief(received)]);
    return blocks.describeBelief(merged)[0]?.split("/")[2] ?? "";
  }

  // Peer 1, whose last block gave it a timestamp, weighs all there is; hence its vector wins.
  test("are appended to the blocks of a peer that outweighs the others", () => {
    expect(appended("s")).toBe("sb");
  });

  test("a block as old as its peer's last one is appended, an older one is not", () => {
    const blocks = new Blocks("b@2+5 s@1+20 t@1+19");
    const equal = stateOf(["5", "5", "9"]);
    const peer = equal.peer(keyOf(1)) as NonNullable<ReturnType<typeof equal.peer>>;
    const late = equal.withPeer(keyOf(1), peer.withBlockReward(0, INITIAL_TIMESTAMP - 10 ** 7));
    const older = late.withPeer(keyOf(1), peer.withBlockReward(0, INITIAL_TIMESTAMP + 20));
    const own = blocks.belief({ 0: "0/1,0,0,0/b" });
    const received = blocks.belief({ 1: "900/2,0,0,0/st", 2: "900/1,0,0,0/b" });
    const vector = (from: typeof late): string | undefined =>
      blocks.describeBelief(mergeAt(from, 2000, own, [received]))[0]?.split("/")[2];
    expect(vector(late)).toBe("bts");
    // With a timestamp of its own that is not in the past, peer 1's vector itself wins.
    expect(vector(older)).toBe("stb");
  });

  test("a block with a bad signature is not appended", () => {
    const block = Block.of(INITIAL_TIMESTAMP + 30, Vector.EMPTY);
    const forged = SignedData.of((KEY_PAIRS[1] as KeyPair).publicKey, new Uint8Array(64), block);
    const blocks = new Blocks("b@2+5");
    const order = Order.of(INITIAL_TIMESTAMP + 900, Vector.from([1, 0, 0, 0]), Vector.of(forged));
    const signed = SignedData.sign(KEY_PAIRS[1] as KeyPair, order);
    const received = Belief.of(Index.EMPTY.assoc(keyOf(1), signed) as Index);
    const own = blocks.belief({ 0: "0/1,0,0,0/b" });
    const merged = mergeAt(stateOf(["5", "5", "5"]), 2000, own, [
      received,
      blocks.belief({ 2: "900/1,0,0,0/b" }),
    ]);
    expect(blocks.describeBelief(merged)[0]).toBe("0/1,0,0,0/b");
  });
});

describe("Orders", () => {
  const blocks = new Blocks("a@0+10 b@0+20");

  test.each([
    ["5/2,2,1,0/ab", true],
    ["5/2,0,0,0/ab", true],
    ["5/0,0,0,0/–", true],
    ["5/1,0,0,0/ab", false],
    ["5/2,1,2,0/ab", false],
    ["5/2,2,2,-1/ab", false],
    ["5/2,2,2/ab", false],
    ["5/2,2,2,2,2/ab", false],
    ["5/0,9,9,9/–", false],
  ])("%s is well formed: %p", (text, expected) => {
    expect(isWellFormed(blocks.order(text))).toBe(expected);
  });

  test.each([
    ["5/2,0,0,0/ab", "6/0,0,0,0/–", true],
    ["6/0,0,0,0/–", "5/2,2,2,2/ab", false],
    ["5/2,0,0,0/ab", "5/2,0,0,0/ab", false],
    ["5/2,2,2,0/ab", "5/1,1,1,1/a", true],
    ["5/1,1,1,1/a", "5/2,0,0,0/ab", true],
    ["5/2,2,0,0/ab", "5/2,1,0,0/ab", false],
    ["5/2,2/ab", "5/2,2,1,0/ab", true],
  ])("%s is replaced by %s: %p", (known, candidate, expected) => {
    expect(replaces(blocks.order(known), blocks.order(candidate))).toBe(expected);
  });

  test("an Order takes the place of none, and none takes the place of an Order", () => {
    expect(replaces(null, blocks.order("5/0,0,0,0/–"))).toBe(true);
    expect(replaces(blocks.order("5/0,0,0,0/–"), null)).toBe(false);
  });
});
