// Whether a peer can take part, as the State and those that can be reached change.

import { expect, test } from "bun:test";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { Participation } from "../../../src/peer/rounds/participation.ts";
import { GOLD } from "../../../src/state/constants.ts";
import { keyPair, newState } from "../scene.ts";

const [OWN, OTHER] = [keyPair(0), keyPair(1)];
const STAKE = 100_000 * GOLD;

test("the reachable share follows the State, and the peers that can be reached", () => {
  const other = [keyOf(OTHER.publicKey)];
  let reachable: readonly string[] = other;
  const view = { reachablePeers: () => reachable, heardPeers: () => [], hasListened: () => true };
  const participation = new Participation(OWN.publicKey, view);
  const [pair, withThird] = [newState([STAKE, STAKE]), newState([STAKE, STAKE, STAKE])];
  expect(participation.obstacle(pair)).toBeNull();
  expect(participation.obstacle(withThird)).toContain("Only 66.7%");
  expect(participation.obstacle(pair)).toBeNull();
  reachable = [];
  expect(participation.obstacle(pair)).toContain("Only 50.0%");
  reachable = other;
  expect(participation.obstacle(pair)).toBeNull();
});

/** Whether a peer may vote that has heard these of two others, each with a fifth of its stake. */
function mayVote(isRestored: boolean, ...heard: readonly string[]): boolean {
  const view = { reachablePeers: () => [], heardPeers: () => heard, hasListened: () => false };
  const participation = new Participation(OWN.publicKey, view, isRestored);
  const state = newState([5 * STAKE, STAKE, STAKE]);
  expect(participation.awaitsWord(state)).toBe(isRestored && !participation.mayVote(state));
  return participation.mayVote(state);
}

test("from a backup a peer goes by what part of the others it has heard, its own not counted", () => {
  const [one, two] = [OTHER, keyPair(2)].map(({ publicKey }) => keyOf(publicKey)) as [
    string,
    string,
  ];
  expect(mayVote(false)).toBe(true);
  expect([mayVote(true), mayVote(true, one), mayVote(true, one, two)]).toEqual([
    false,
    false,
    true,
  ]);
  const view = { reachablePeers: () => [], heardPeers: () => [], hasListened: () => false };
  expect(new Participation(OWN.publicKey, view, true).mayVote(newState([STAKE]))).toBe(true);
});

test("a peer is enough by itself above two thirds, not with just 67 %, as the State has it", () => {
  const view = { reachablePeers: () => [], heardPeers: () => [], hasListened: () => true };
  const participation = new Participation(OWN.publicKey, view);
  const [just, more] = [newState([67e12, 33e12]), newState([68e12, 32e12])];
  expect([just, more].map((state) => participation.isEnough(state))).toEqual([false, true]);
  expect([just, more].map((state) => participation.ownShare(state))).toEqual([0.67, 0.68]);
  expect(participation.obstacle(just)).toContain("Only 67.0%");
  expect(participation.obstacle(more)).toBeNull();
});
