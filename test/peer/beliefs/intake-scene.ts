// A peer of four with its intake of Beliefs, and who sends it some.

import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import {
  BeliefIntake,
  type BeliefSender,
  type IntakeOptions,
} from "../../../src/peer/beliefs/belief-intake.ts";
import { ReceivedCells } from "../../../src/peer/cells/received-cells.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import { newPeer, newState, TestClock } from "../scene.ts";

/** Stake of each. */
export const STAKE = 1e14;
export const PEERS = 4;

/** Peer 0, and what its intake finds fault with. */
export function intakeScene(
  clock: TestClock = new TestClock(),
  options: Pick<IntakeOptions, "providerOf" | "onSpent"> = {},
  stakes: readonly number[] = Array(PEERS).fill(STAKE),
) {
  const store = memoryStore(CVM_TABLE);
  const received = new ReceivedCells(store, CVM_TABLE, 1e6);
  const peer = newPeer({
    clock,
    store,
    received,
    genesis: newState(stakes),
    network: { reachablePeers: () => [], heardPeers: () => [], hasListened: () => true },
  });
  const faults: string[] = [];
  const onFault = (reason: string) => faults.push(reason);
  const parts = { peer, store, clock, received };
  const intake = new BeliefIntake({ ...parts, onOrder: () => {}, onFault, ...options });
  return { ...parts, intake, faults };
}

export const STRANGER: BeliefSender = {
  isOpen: true,
  isTrusted: false,
  cells: () => Promise.reject(new Error("nobody asks a stranger")),
};
