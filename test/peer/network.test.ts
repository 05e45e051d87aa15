// Several peers in one process that hand each other their Beliefs as they publish them: the same
// code that a lone peer runs, with the levels now depending on the others.

import { describe, expect, test } from "bun:test";
import { keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { Ref, type Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { Peer } from "../../src/peer/peer.ts";
import { Belief } from "../../src/state/belief.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { Order } from "../../src/state/order.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { errorOf, keyPair, newState, stateHash, TestClock, transfer } from "./scene.ts";

const STAKE = 1e14;

/** A network in which each Belief goes to all others as bytes. */
class TestNetwork {
  readonly clock = new TestClock();
  readonly peers: Peer[] = [];
  /** Peers that hear and say nothing. */
  readonly silent = new Set<number>();

  constructor(count: number) {
    const genesis = newState(Array(count).fill(STAKE));
    const all = Array.from({ length: count }, (_, i) => keyOf(keyPair(i).publicKey));
    for (let i = 0; i < count; i++) {
      const reachablePeers = () =>
        all.filter((_, other) => other !== i && !this.silent.has(other) && !this.silent.has(i));
      this.peers.push(
        new Peer({
          store: memoryStore(CVM_TABLE),
          keyPair: keyPair(i),
          genesis,
          clock: this.clock,
          network: { reachablePeers, heardPeers: reachablePeers, hasListened: () => true },
          publish: (belief) => this.#broadcast(i, belief),
        }),
      );
    }
  }

  #broadcast(from: number, belief: Belief): void {
    if (this.silent.has(from)) return;
    const bytes = encodeMultiCell(belief);
    this.peers.forEach((peer, i) => {
      if (i === from || this.silent.has(i)) return;
      peer.receive(decodeMultiCell(bytes, CVM_TABLE) as Belief);
    });
  }

  peer(i: number): Peer {
    return this.peers[i] as Peer;
  }

  /** Until nobody has anything left to do or to say. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      for (const peer of this.peers) await peer.settled();
    }
  }
}

describe("peers that hear each other", () => {
  test("make a transaction of one of them final for all", async () => {
    const network = new TestNetwork(4);
    const result = await network.peer(2).submit(transfer(3, 1, 5, 700));
    expect(errorOf(result)).toBeNull();
    await network.settled();
    for (const peer of network.peers) {
      expect(peer.status().points).toEqual([1, 1, 1, 1]);
      expect(stateHash(peer)).toBe(stateHash(network.peer(0)));
    }
  });

  test("agree when all submit at once, and each answers its own clients", async () => {
    const network = new TestNetwork(4);
    const results = network.peers.flatMap((peer, i) =>
      [0, 1, 2].map((k) => peer.submit(transfer(2 + i * 3 + k, 1))),
    );
    for (let round = 0; round < 20; round++) {
      await network.settled();
      network.clock.advance(150);
    }
    expect((await Promise.all(results)).map(errorOf)).toEqual(results.map(() => null));
    await network.settled();
    expect(new Set(network.peers.map(stateHash)).size).toBe(1);
    for (const peer of network.peers) expect(peer.state().blockNumber).toBe(peer.position - 1);
  });

  test("are not disturbed by a Belief that can't be read", async () => {
    const network = new TestNetwork(1);
    const order = Order.of(INITIAL_TIMESTAMP + 900, Vector.of(1, 0, 0, 0), Vector.of(null));
    order.fillSlot(2, new Ref("?".repeat(32), null) as unknown as Value);
    const signed = SignedData.sign(keyPair(0), order);
    const orders = Index.EMPTY.assoc(Blob.of(keyPair(0).publicKey), signed) as Index;
    const peer = network.peer(0);
    const result = peer.submit(transfer(2, 1));
    peer.receive(Belief.of(orders));
    expect(errorOf(await result)).toBeNull();
    expect(errorOf(await peer.submit(transfer(2, 2)))).toBeNull();
  });

  test("go on without one of four, and stop without two: then clients are told at once", async () => {
    const network = new TestNetwork(4);
    // Until each has had a block executed, whoever has one outweighs all others a thousandfold.
    for (let i = 0; i < 4; i++) {
      expect(errorOf(await network.peer(i).submit(transfer(10 + i, 1)))).toBeNull();
    }
    await network.settled();
    network.silent.add(3);
    expect(errorOf(await network.peer(0).submit(transfer(2, 1)))).toBeNull();
    network.silent.add(2);
    expect(errorOf(await network.peer(0).submit(transfer(2, 2)))).toBe("NETWORK");
    expect(errorOf(await network.peer(3).submit(transfer(2, 2)))).toBe("NETWORK");
    network.silent.clear();
    const result = network.peer(0).submit(transfer(2, 2));
    for (let round = 0; round < 20; round++) {
      await network.settled();
      network.clock.advance(150);
    }
    expect(errorOf(await result)).toBeNull();
    expect(new Set(network.peers.map(stateHash)).size).toBe(1);
  });
});
