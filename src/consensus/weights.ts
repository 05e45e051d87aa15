// Voting weights (sheet 04 §3.3.2). They depend on the consensus State alone: its clock, its peers.
// The sums are doubles, and their order is part of the result: the order of the Index of peers.

import { exp } from "../cvm/maths.ts";
import type { Integer, Value } from "../data/cell.ts";
import { SignedData } from "../data/signed.ts";
import type { State } from "../state/state.ts";
import { PEER_DECAY_DELAY, PEER_DECAY_MINIMUM, PEER_DECAY_TIME } from "./cpos.ts";
import { registeredPeers } from "./registered-peers.ts";

/** In shares of stake (PeerStatus.totalShares), less what decay takes from silent peers. */
export interface VotingWeights {
  /** Weight by key of the peer (32 characters, see crypto/sha3.ts). */
  readonly weights: ReadonlyMap<string, number>;
  /** Weight of every peer in the State, whatever its stake and whether it was heard of or not. */
  readonly total: number;
}

/** Share of its stake that a peer votes with; both times in milliseconds. */
export function stakeDecay(stateTimestamp: Integer, peerTimestamp: Integer): number {
  const peerTime = Number(peerTimestamp);
  if (peerTime < 0) return PEER_DECAY_MINIMUM;
  const late = Number(stateTimestamp) - peerTime - PEER_DECAY_DELAY;
  if (late < 0) return 1;
  return Math.max(PEER_DECAY_MINIMUM, exp(-late / PEER_DECAY_TIME));
}

/** Weights by State: a merge asks for those of the same one again and again. */
const known = new WeakMap<State, VotingWeights>();

/** Weights of all peers of a State: each its stake, decayed by the age of its last block. */
export function votingWeights(state: State): VotingWeights {
  let weights = known.get(state);
  if (weights === undefined) {
    weights = computeWeights(state);
    known.set(state, weights);
  }
  return weights;
}

function computeWeights(state: State): VotingWeights {
  const weights = new Map<string, number>();
  let total = 0;
  for (const { key, shares, status } of registeredPeers(state.peers)) {
    if (key === null) continue;
    // All its shares, own and delegated. The balance plays no part.
    const weight = shares * stakeDecay(state.timestamp, status.timestamp);
    weights.set(key, weight);
    total += weight;
  }
  return { weights, total };
}

/** Share of all voting weight that a peer has, 0 to 1. @param key 32 characters */
export function votingShare(state: State, key: string): number {
  const { weights, total } = votingWeights(state);
  return total > 0 ? (weights.get(key) ?? 0) / total : 0;
}

/** Weight of who signed an entry of a Belief, whatever key it is filed under; 0 for others. */
export function signerWeight(entry: Value, weights: ReadonlyMap<string, number>): number {
  return entry instanceof SignedData ? (weights.get(entry.signer) ?? 0) : 0;
}
