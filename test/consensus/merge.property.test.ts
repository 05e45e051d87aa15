// Laws of the merge under random gossip among peers with random stakes.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { keyPairSigner, PeerHistory } from "../../src/consensus/peer-history.ts";
import { isWellFormed, pointsOf } from "../../src/consensus/points.ts";
import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { commonPrefixLength } from "../../src/data/common-prefix.ts";
import { hashKey } from "../../src/data/encode.ts";
import { SignedData } from "../../src/data/signed.ts";
import { Vector } from "../../src/data/vector.ts";
import { AccountStatus } from "../../src/state/account-status.ts";
import type { Belief } from "../../src/state/belief.ts";
import { Block } from "../../src/state/block.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import type { Order } from "../../src/state/order.ts";
import { KEY_PAIRS, stateOf } from "./merge-scene.ts";
import { proposeBlock, updateState } from "./peer-steps.ts";

const SEED = 11;
const PEERS = 5;

interface Step {
  readonly peer: number;
  readonly isProposal: boolean;
  readonly from: readonly number[];
  readonly delayMs: number;
}

const steps = fc.array(
  fc.record<Step>({
    peer: fc.nat(PEERS - 1),
    isProposal: fc.boolean(),
    from: fc.array(fc.nat(PEERS - 1), { maxLength: 4 }),
    delayMs: fc.nat(300),
  }),
  { minLength: 20, maxLength: 120 },
);
const stakes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: PEERS, maxLength: PEERS });

function newPeers(units: readonly number[]): PeerHistory[] {
  const state = stateOf(units.map(String)).withAccounts(Vector.from([AccountStatus.EMPTY]));
  return units.map((_, i) => PeerHistory.create(keyPairSigner(KEY_PAIRS[i] as KeyPair), state));
}

function perform(peers: PeerHistory[], step: Step, now: number): void {
  const peer = (peers[step.peer] as PeerHistory).withTimestamp(now);
  if (step.isProposal) {
    const block = SignedData.sign(KEY_PAIRS[step.peer] as KeyPair, Block.of(now, Vector.EMPTY));
    peers[step.peer] = proposeBlock(peer, block);
  } else {
    const received: Belief[] = step.from.map((i) => (peers[i] as PeerHistory).belief);
    peers[step.peer] = updateState(peer.mergeBeliefs(received));
  }
}

/** Plays a run, calling `check` after each step with the time and who acted. */
function play(
  units: readonly number[],
  run: readonly Step[],
  check: (peers: readonly PeerHistory[], before: PeerHistory, after: PeerHistory) => void,
): PeerHistory[] {
  const peers = newPeers(units);
  let now = INITIAL_TIMESTAMP;
  for (const step of run) {
    now += step.delayMs;
    const before = peers[step.peer] as PeerHistory;
    perform(peers, step, now);
    check(peers, before, peers[step.peer] as PeerHistory);
  }
  return peers;
}

function ordersOf(belief: Belief): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const [key, signed] of belief.orders.entries()) {
    orders.set(hashKey(key), (signed as SignedData).value as Order);
  }
  return orders;
}

test("no two peers ever execute different blocks at one position", () => {
  fc.assert(
    fc.property(stakes, steps, (units, run) => {
      play(units, run, (peers, _, after) => {
        for (const other of peers) {
          const executed = Math.min(other.position, after.position);
          const mine = (after.order as Order).blocks;
          expect(commonPrefixLength((other.order as Order).blocks, mine)).toBeGreaterThanOrEqual(
            executed,
          );
        }
      });
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test("Orders stay well formed, and no Order known gives way to an older one", () => {
  fc.assert(
    fc.property(stakes, steps, (units, run) => {
      play(units, run, (_, before, after) => {
        const known = ordersOf(before.belief);
        for (const [key, order] of ordersOf(after.belief)) {
          expect(isWellFormed(order)).toBe(true);
          const old = known.get(key);
          if (old !== undefined) expect(order.timestamp >= old.timestamp).toBe(true);
        }
        expect(after.position).toBeGreaterThanOrEqual(before.position);
      });
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test("merging comes to rest: what is merged already changes nothing when heard again", () => {
  fc.assert(
    fc.property(stakes, steps, (units, run) => {
      const peers = play(units, run, () => {});
      let peer = peers[0] as PeerHistory;
      const heard = peers.slice(1).map((each) => each.belief);
      // A level a merge at most, and a switch of proposal once its time has come.
      for (let i = 0; i < 8; i++)
        peer = peer.withTimestamp(Number(peer.timestamp) + 101).mergeBeliefs(heard);
      const rested = peer.mergeBeliefs(heard);
      expect(hashKey(rested.belief)).toBe(hashKey(peer.belief));
      const again = rested.mergeBeliefs([...heard, ...heard, rested.belief]);
      expect(hashKey(again.belief)).toBe(hashKey(rested.belief));
      expect(rested.mergeBeliefs([]).belief).toBe(rested.belief);
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test("when all hear all, everything proposed becomes final, and the States agree", () => {
  fc.assert(
    fc.property(stakes, steps, (units, run) => {
      const peers = play(units, run, () => {});
      let now = Math.max(...peers.map((peer) => Number(peer.timestamp)));
      const all = Array.from({ length: PEERS }, (_, i) => i);
      for (let round = 0; round < 12; round++) {
        now += 150;
        for (const peer of all)
          perform(peers, { peer, isProposal: false, from: all, delayMs: 0 }, now);
      }
      const first = peers[0] as PeerHistory;
      const points = pointsOf(first.order as Order);
      expect(points).toEqual(Array(4).fill((first.order as Order).blocks.count));
      expect(new Set(peers.map((peer) => hashKey(peer.state))).size).toBe(1);
      expect(new Set(peers.map((peer) => hashKey((peer.order as Order).blocks))).size).toBe(1);
    }),
    { seed: SEED, numRuns: 40 },
  );
});
