// Which peers to connect to, and which connections to give up (sheet 04 §10): by chance, weighted
// by stake, so that nobody without much stake can surround a peer; and away from address ranges
// that it has connections to already.

import { registeredPeers } from "../../consensus/registered-peers.ts";
import type { Index } from "../../data/index-map.ts";
import type { PeerStatus } from "../../state/peer-status.ts";
import type { State } from "../../state/state.ts";
import type { Random } from "../random.ts";
import { addressRange, type PeerAddress, publishedAddress } from "./peer-address.ts";
import { isPrivateHost } from "./private-host.ts";

/** A peer of the State that has enough stake to take part. */
export interface StakedPeer {
  /** 32 characters. */
  readonly key: string;
  /** Own and delegated stake in copper. */
  readonly stake: number;
  readonly address: PeerAddress | null;
}

/**
 * By status: connections are looked after twice a second, and a block changes one or two of all.
 */
const known = new WeakMap<PeerStatus, StakedPeer>();

/** All of them, by the peers of a State: most States have those of the one before. */
const knownAll = new WeakMap<Index, readonly StakedPeer[]>();

/** All peers with enough stake of their own (the minimum itself is enough, as in the merge). */
export function stakedPeers(state: State): readonly StakedPeer[] {
  let all = knownAll.get(state.peers);
  if (all === undefined) {
    all = findStaked(state);
    knownAll.set(state.peers, all);
  }
  return all;
}

function findStaked(state: State): StakedPeer[] {
  const found: StakedPeer[] = [];
  for (const { key, status, isEffective } of registeredPeers(state.peers)) {
    if (isEffective && key !== null) found.push(stakedPeer(key, status));
  }
  return found;
}

function stakedPeer(key: string, status: PeerStatus): StakedPeer {
  const before = known.get(status);
  if (before?.key === key) return before;
  const peer = { key, stake: Number(status.balance), address: publishedAddress(status) };
  known.set(status, peer);
  return peer;
}

/** A staked peer that can be dialled. */
export interface Candidate extends StakedPeer {
  readonly address: PeerAddress;
}

export interface CandidateFilter {
  /** Keys that are connected, banned or this peer's own. */
  readonly isExcluded: (key: string) => boolean;
  /** Whether a peer may be dialled at its address now. */
  readonly mayDial: (address: PeerAddress, key: string) => boolean;
  /** Whether addresses of this machine and its neighbours make sense. */
  readonly allowsPrivate: boolean;
}

/** The peers that may be dialled: with a fit address, and not excluded. */
export function candidates(peers: readonly StakedPeer[], filter: CandidateFilter): Candidate[] {
  return peers.filter((peer): peer is Candidate => {
    const { key, address } = peer;
    if (address === null || filter.isExcluded(key)) return false;
    if (!filter.allowsPrivate && isPrivateHost(address.host)) return false;
    return filter.mayDial(address, key);
  });
}

/** One of the candidates, null without any. @param ranges number of connections by address range */
export function chooseCandidate(
  all: readonly Candidate[],
  ranges: ReadonlyMap<string, number>,
  random: Random,
): Candidate | null {
  const weights = all.map(({ stake, address }) => {
    return stake / (1 + (ranges.get(addressRange(address.host)) ?? 0));
  });
  let point = random.number() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, candidate] of all.entries()) {
    point -= weights[i] as number;
    if (point < 0) return candidate;
  }
  return all.at(-1) ?? null;
}

/**
 * Probability that a connection is given up, when there are as many as wanted, to make room for
 * peers with more stake.
 * @param share the peer's part of all stake
 */
export function eliminationChance(
  share: number,
  target: number,
  elapsedMs: number,
  timeScaleMs: number,
): number {
  const kept = Math.min(1, share * target);
  return (elapsedMs / timeScaleMs) * (1 - kept);
}
