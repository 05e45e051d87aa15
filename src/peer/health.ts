// How a peer is, for those who watch over it: whether it lives, whether it is ready to do its part,
// and if not, why.

import { CONSENSUS_LEVEL } from "../state/order.ts";
import { type Clock, isOver, steadyOf } from "./clock.ts";
import { FOLLOWED_WITHIN_MS } from "./network-bounds.ts";
import type { NetworkedPeer } from "./networked-peer.ts";
import type { PeerNetwork } from "./peer-network.ts";
import type { Lack } from "./rounds/standing.ts";

export interface PeerHealth {
  /** False once it has stopped for good: then a restart may help. */
  readonly isLive: boolean;
  /** Whether it does its part: takes part in consensus or, as an observer of others, follows it. */
  readonly isReady: boolean;
  readonly role: "voter" | "observer";
  /** Why it takes no transactions, null when it does; of an observer that does not follow, why. */
  readonly obstacle: string | null;
  /** What of others it lacks, null when that is nothing, or would not help. */
  readonly lack: Lack | null;
  /** Whether queries may be answered from an old State. */
  readonly isStale: boolean;
  /** Whether what waits stays: a block does not come back, the store fails, or it has stopped. */
  readonly isStuck: boolean;
  /** Blocks executed, and final blocks that wait to be. */
  readonly position: number;
  readonly backlog: number;
  /** Blocks that are not final yet. */
  readonly unfinished: number;
  /** Blocks of the Order at each level. */
  readonly points: readonly number[];
  /** Milliseconds between the State's time and the peer's clock. */
  readonly stateAgeMs: number;
  /** Number of other peers that there is a connection to and that have proved their key. */
  readonly peers: number;
  /** Numbers of connections; not to whom. */
  readonly outgoing: number;
  readonly incoming: number;
  /** Shares of all voting weight, 0 to 1: its own, and all that it reaches with it. */
  readonly votingShare: number;
  readonly reachableShare: number;
  /** Number of peers that report another State at the same position. */
  readonly disagreeing: number;
}

/** How a peer is now; `clock` tells the time of day, which the State's age goes by. */
export function healthOf(networked: NetworkedPeer, clock: Clock): PeerHealth {
  try {
    return readHealth(networked, clock);
  } catch (error) {
    networked.peer.handleFailure(error);
    return blindHealth(networked);
  }
}

/** Of a peer that can't read its store: what is known without. */
function blindHealth({ peer, network, server }: NetworkedPeer): PeerHealth {
  const outgoing = network.isStarted ? network.outgoing.connected.size : 0;
  const { backlog, unfinished, final } = peer.progress;
  return {
    isLive: !peer.isHalted,
    isReady: false,
    role: peer.isVoting ? "voter" : "observer",
    obstacle: peer.failure,
    lack: null,
    isStale: true,
    isStuck: true,
    position: peer.position,
    backlog,
    unfinished,
    // At least.
    points: [final + unfinished, final, final, final],
    stateAgeMs: 0,
    peers: provenPeers(network),
    outgoing,
    incoming: server.load.connections - outgoing,
    votingShare: 0,
    reachableShare: 0,
    disagreeing: network.isStarted ? network.comparison.keys("different").length : 0,
  };
}

function readHealth({ peer, network, server }: NetworkedPeer, clock: Clock): PeerHealth {
  const exclusion = peer.exclusion();
  const staleness = peer.staleness();
  // Known before a write fails: a peer to which nothing happens would not notice.
  const stop = peer.failure ?? peer.upkeep?.lackOfRoom ?? null;
  const obstacle = stop ?? (exclusion === null ? peer.obstacle() : (staleness ?? exclusion));
  const peers = provenPeers(network);
  const isStale = staleness !== null;
  const { points } = peer.status();
  const shares = peer.shares();
  const { backlog, unfinished } = peer.progress;
  const outgoing = network.isStarted ? network.outgoing.connected.size : 0;
  const deafness = stop === null && exclusion !== null ? deafnessOf(network, clock) : null;
  return {
    isLive: !peer.isHalted,
    isReady:
      exclusion === null ? obstacle === null : stop === null && !isStale && deafness === null,
    role: exclusion === null ? "voter" : "observer",
    obstacle: deafness === null ? obstacle : `${obstacle}, and ${deafness}`,
    lack: stop !== null ? null : deafness === null ? peer.lack() : "others",
    isStale,
    isStuck: peer.isHung || stop !== null,
    position: peer.position,
    backlog,
    unfinished,
    points: points.slice(0, CONSENSUS_LEVEL.FINALITY + 1),
    stateAgeMs: clock.now() - Number(peer.state().timestamp),
    peers,
    outgoing,
    incoming: server.load.connections - outgoing,
    votingShare: shares.own,
    reachableShare: shares.reachable,
    disagreeing: network.isStarted ? network.comparison.keys("different").length : 0,
  };
}

/**
 * Why a peer without a vote has nothing to follow, null when it has. A connection that is cut
 * without a word stays open for long.
 */
function deafnessOf(network: PeerNetwork, clock: Clock): string | null {
  const now = steadyOf(clock).now();
  const open = [...network.neighbours].filter(({ isOpen }) => isOpen);
  if (open.length === 0) return "no other peer is connected to follow";
  const isDeaf = open.every(({ heardAtMs }) => isOver(heardAtMs, FOLLOWED_WITHIN_MS, now));
  return isDeaf ? "no peer that is connected says anything to follow" : null;
}

function provenPeers(network: PeerNetwork): number {
  const keys = new Set<string>();
  for (const { key, isOpen } of network.neighbours) if (key !== null && isOpen) keys.add(key);
  return keys.size;
}
