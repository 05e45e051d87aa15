// Voting weights (sheet 04 §3.3.2). They depend on the consensus State alone: its clock, its peers.
// The sums are doubles, and their order is part of the result: the order of the Index of peers.

import { keyOf } from "../crypto/sha3.ts";
import { exp } from "../cvm/maths.ts";
import { Blob } from "../data/blob.ts";
import type { Integer, Value } from "../data/cell.ts";
import { indexKeyOf, KEY_BYTES } from "../data/index-key.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../state/constants.ts";
import { StakeMathError } from "../state/peer-stake.ts";
import { PeerStatus } from "../state/peer-status.ts";
import type { State } from "../state/state.ts";
import { PEER_DECAY_DELAY, PEER_DECAY_MINIMUM, PEER_DECAY_TIME } from "./cpos.ts";

export interface VotingWeights {
  /** Weight by key of the peer (32 characters, see crypto/sha3.ts). */
  readonly weights: ReadonlyMap<string, number>;
  /** Weight of every peer in the State, whatever its stake and whether it was heard of or not. */
  readonly total: number;
}

/** Share of its stake that a peer votes with; both times in milliseconds. */
export function stakeDecay(stateTimestamp: Integer, peerTimestamp: Integer): number {
  const peerTime = Number(peerTimestamp);
  const stateTime = Number(stateTimestamp);
  if (peerTime < 0) return PEER_DECAY_MINIMUM;
  if (peerTime >= stateTime) return 1;
  const late = stateTime - peerTime - PEER_DECAY_DELAY;
  if (late < 0) return 1;
  return Math.max(PEER_DECAY_MINIMUM, exp(-late / PEER_DECAY_TIME));
}

/** A peer's weight: all its shares, own and delegated, with decay. The balance plays no part. */
function peerWeight(status: PeerStatus, stateTimestamp: Integer): number {
  const shares = BigInt.asIntN(64, BigInt(status.stake) + BigInt(status.delegatedStake));
  return Number(shares) * stakeDecay(stateTimestamp, status.timestamp);
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
  for (const [key, status] of state.peers.entries()) {
    if (!(key instanceof Blob) || !(status instanceof PeerStatus)) continue;
    const weight = peerWeight(status, state.timestamp);
    weights.set(keyOf(key.toBytes()), weight);
    total += weight;
  }
  return { weights, total };
}

/** Keys of the peers whose Orders count, by State: each Order that comes asks for it. */
const effective = new WeakMap<State, ReadonlySet<string>>();

/**
 * Whether Orders under this key count (sheet 04 §3.2.1): a peer of the State whose own stake,
 * rewards included and delegations not, is at least the minimum. Neither time nor decay plays a
 * part.
 */
export function isEffectivePeer(state: State, key: Value): boolean {
  const keys = keysOf(state);
  // What else stands for bytes, or for too many of them, has rules of its own (data/index-key.ts).
  if (key instanceof Blob && key.count === KEY_BYTES) return keys.has(indexKeyOf(key) as string);
  return isEffective(state.peers.get(key));
}

/** `isEffectivePeer` by a key of 32 bytes, as characters. */
export function isEffectiveSigner(state: State, signer: string): boolean {
  return keysOf(state).has(signer);
}

function keysOf(state: State): ReadonlySet<string> {
  let keys = effective.get(state);
  if (keys === undefined) {
    keys = effectivePeers(state);
    effective.set(state, keys);
  }
  return keys;
}

function effectivePeers(state: State): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const [key, status] of state.peers.entries()) {
    const name = indexKeyOf(key);
    if (name !== null && isEffective(status)) keys.add(name);
  }
  return keys;
}

function isEffective(status: Value | undefined): boolean {
  if (!(status instanceof PeerStatus)) return false;
  try {
    return status.peerStake >= MINIMUM_EFFECTIVE_STAKE;
  } catch (error) {
    // A stake that can't be computed (sheet 03 §4.3, defects) voids its peer's blocks as well.
    if (error instanceof StakeMathError) return false;
    throw error;
  }
}
