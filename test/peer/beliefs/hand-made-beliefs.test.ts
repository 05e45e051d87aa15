// Beliefs made by hand to cost a peer what they did not cost their sender: time of the main thread,
// memory, or its ability to take in others.

import { describe, expect, test } from "bun:test";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Cell } from "../../../src/data/cell.ts";
import { Index } from "../../../src/data/index-map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { SignedData } from "../../../src/data/signed.ts";
import { Vector } from "../../../src/data/vector.ts";
import { BeliefIntake, type BeliefSender } from "../../../src/peer/beliefs/belief-intake.ts";
import { Delivery } from "../../../src/peer/beliefs/delivery.ts";
import { ReceivedCells } from "../../../src/peer/cells/received-cells.ts";
import { Belief } from "../../../src/state/belief.ts";
import { Order } from "../../../src/state/order.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { keyPair, newPeer, newState, TestClock } from "../scene.ts";

const STAKE = 1e14;
const PEERS = 4;

/** Peer 0 of four, and what its intake says. */
function scene() {
  const clock = new TestClock();
  const store = memoryStore(CVM_TABLE);
  const received = new ReceivedCells(store, CVM_TABLE, 1e6);
  const peer = newPeer({
    clock,
    store,
    received,
    genesis: newState(Array(PEERS).fill(STAKE)),
    network: { reachablePeers: () => [], heardPeers: () => [], hasListened: () => true },
  });
  const faults: string[] = [];
  const onFault = (reason: string) => faults.push(reason);
  const intake = new BeliefIntake({ peer, store, clock, received, onOrder: () => {}, onFault });
  const read = (belief: Belief) =>
    decodeMultiCell(encodeMultiCell(belief), CVM_TABLE, received) as Cell;
  return { clock, store, received, peer, intake, faults, read };
}

const STRANGER: BeliefSender = {
  isOpen: true,
  isTrusted: false,
  cells: () => Promise.reject(new Error("nobody asks a stranger")),
};

function orderBy(i: number, timestamp: number): SignedData {
  const order = Order.of(timestamp, Vector.of(0, 0, 0, 0), Vector.EMPTY);
  return SignedData.sign(keyPair(i), order);
}

describe("a Belief", () => {
  test("that names the same cells from 16^12 places is gone through once", async () => {
    const { clock, peer, intake, read } = scene();
    await peer.settled();
    const signed = orderBy(1, clock.now());
    let index = Index.from([[Blob.of(keyPair(1).publicKey), signed]]) as Index;
    for (let depth = 12; depth >= 1; depth--) {
      index = new Index(16 * index.count, false, Array(16).fill(index), depth, 0xffff);
    }
    const payload = read(Belief.of(index));
    expect(intake.take(STRANGER, payload)).toBe(true);
    const delivery = new Delivery(0);
    delivery.noteReceived(payload, 0);
    expect(delivery.has(signed.name)).toBe(true);
    await peer.settled();
    expect(peer.currentBelief.orderOf(keyPair(1).publicKey)?.timestamp).toBe(clock.now());
  });
});
