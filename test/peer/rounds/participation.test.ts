// Whether a peer can take part, as the State and those that can be reached change.

import { expect, test } from "bun:test";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { Participation } from "../../../src/peer/rounds/participation.ts";
import { GOLD } from "../../../src/state/constants.ts";
import { keyPair, newState } from "../scene.ts";

const [OWN, OTHER] = [keyPair(0), keyPair(1)];
const STAKE = 100_000 * GOLD;

test("the same peers in reach are weighed anew with each State, and others at once", () => {
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
