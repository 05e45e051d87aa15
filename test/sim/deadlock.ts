// Whether the rules of the merge alone have come to a halt: the honest peers, as they stand, tell
// each other everything they believe again and again, nothing is lost, and still no block becomes
// final.

import { mergeBeliefs } from "../../src/consensus/merge.ts";
import { keyPairSigner } from "../../src/consensus/peer-history.ts";
import { finalityPoint } from "../../src/consensus/points.ts";
import { Blob } from "../../src/data/blob.ts";
import { type Belief, orderIn } from "../../src/state/belief.ts";
import type { SimPeer } from "./sim-peer.ts";

const ROUNDS = 50;
/** More than a proposal is kept (sheet 04 §3.3.7). */
const ROUND_MS = 150;

/** Whether no peer that votes makes a further block final in this way. */
export function isDeadlock(peers: readonly SimPeer[]): boolean {
  const voters = peers.filter((sim) => sim.isRunning && sim.running.peer.isVoting);
  const beliefs = new Map<SimPeer, Belief>();
  for (const sim of voters) beliefs.set(sim, sim.running.peer.currentBelief);
  const before = Math.max(0, ...voters.map((sim) => finality(sim, beliefs)));
  for (let round = 1; round <= ROUNDS; round++) {
    const told = [...beliefs.values()];
    for (const sim of voters) {
      const context = {
        signer: keyPairSigner(sim.keyPair),
        now: sim.clockMs + round * ROUND_MS,
        state: sim.running.peer.state(),
      };
      beliefs.set(sim, mergeBeliefs(beliefs.get(sim) as Belief, told, context));
    }
    if (voters.some((sim) => finality(sim, beliefs) > before)) return false;
  }
  return true;
}

function finality(sim: SimPeer, beliefs: ReadonlyMap<SimPeer, Belief>): number {
  const belief = beliefs.get(sim) as Belief;
  const order = orderIn(belief.orders.get(Blob.of(sim.keyPair.publicKey)));
  return order === null ? 0 : finalityPoint(order);
}
