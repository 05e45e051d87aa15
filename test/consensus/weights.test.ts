import { describe, expect, test } from "bun:test";
import { signerWeight, stakeDecay, votingWeights } from "../../src/consensus/weights.ts";
import { keyOf as keyString } from "../../src/crypto/sha3.ts";
import { Address } from "../../src/data/address.ts";
import { Vector } from "../../src/data/vector.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { initialGlobals } from "../../src/state/globals.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { State } from "../../src/state/state.ts";
import { keyOf, stateOf } from "./merge-scene.ts";

const NOW = INITIAL_TIMESTAMP;

describe("decay (sheet 04 §3.3.2)", () => {
  test.each([
    [-1, 0.001],
    [NOW, 1],
    [NOW + 5, 1],
    [NOW - 180_000, 1],
    [NOW - 480_000, 0.36787944117144233],
    [NOW - 180_000 - 300_000 * 6, Math.exp(-6)],
    [NOW - 180_000 - 300_000 * 7, 0.001],
    [0, 0.001],
  ])("a last block at %p weighs %p", (peerTimestamp, expected) => {
    expect(stakeDecay(NOW, peerTimestamp)).toBe(expected);
  });

  test("only a negative time stands for no block", () => {
    expect(stakeDecay(1000, 0)).toBe(1);
  });
});

describe("weights", () => {
  test("the total counts peers below the minimum as well", () => {
    const { weights, total } = votingWeights(stateOf(["5", "0.5"]));
    expect(weights.get(keyString(keyOf(0).toBytes()))).toBe(5_000_000_000);
    expect(total).toBe(5_500_000_000);
  });

  test("shares count, own and delegated; rewards do not", () => {
    const state = stateOf(["5"]);
    const status = PeerStatus.create(Address.of(12), 5e12)
      .withDelegatedStake(Address.of(13), 2e12)
      .withBlockReward(9e12, NOW);
    expect(votingWeights(state.withPeer(keyOf(0), status)).total).toBe(7e12);
  });

  test("what is no peer has none, and who has not signed gives none", () => {
    const { peers } = stateOf(["5"]);
    const odd = peers.assoc(Address.of(3), 7)?.assoc(keyOf(1), 7) as typeof peers;
    const { weights, total } = votingWeights(State.of(Vector.EMPTY, odd, initialGlobals(), odd));
    expect([weights.size, total]).toEqual([1, 5e12 / 1000]);
    expect(signerWeight(null, weights)).toBe(0);
    expect(signerWeight(Address.of(3), weights)).toBe(0);
  });
});
