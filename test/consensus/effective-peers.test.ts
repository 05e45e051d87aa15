import { describe, expect, test } from "bun:test";
import { isEffectivePeer } from "../../src/consensus/effective-peers.ts";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { INITIAL_TIMESTAMP } from "../../src/state/constants.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";
import { keyOf, stateOf } from "./merge-scene.ts";

describe("who counts (sheet 04 §3.2.1)", () => {
  test.each([
    ["1", true],
    ["0.999999999999", false],
  ])("own stake of %s coins × 1000: %p", (stake, expected) => {
    expect(isEffectivePeer(stateOf([stake]), keyOf(0))).toBe(expected);
  });

  test("delegated stake does not help, rewards do", () => {
    const delegated = PeerStatus.create(Address.of(12), 9e11).withDelegatedStake(
      Address.of(1),
      5e12,
    );
    const state = stateOf(["1"]);
    expect(isEffectivePeer(state.withPeer(keyOf(0), delegated), keyOf(0))).toBe(false);
    const rewarded = PeerStatus.create(Address.of(12), 9e11).withBlockReward(
      1e11,
      INITIAL_TIMESTAMP,
    );
    expect(isEffectivePeer(state.withPeer(keyOf(0), rewarded), keyOf(0))).toBe(true);
  });

  test("nobody who is not in the State", () => {
    expect(isEffectivePeer(stateOf(["5"]), keyOf(1))).toBe(false);
  });

  test("a key of more than 4,096 bytes finds whatever its digits lead to (T35)", () => {
    const state = stateOf(["5"]);
    expect(isEffectivePeer(state, Blob.of(new Uint8Array(4097)))).toBe(true);
    expect(isEffectivePeer(state, Blob.of(new Uint8Array(4096)))).toBe(false);
  });

  test("a stake that can't be computed counts for nothing", () => {
    // Rewards, then withdrawal by value: delegated shares become negative (sheet 03 §4.3, defect
    // 2).
    const broken = PeerStatus.create(Address.of(12), 5e12)
      .withDelegatedStake(Address.of(1), 1e12)
      .withBlockReward(6e12, INITIAL_TIMESTAMP)
      .withDelegatedStake(Address.of(1), 0);
    expect(broken.delegatedStake).toBeLessThan(0);
    expect(isEffectivePeer(stateOf(["5"]).withPeer(keyOf(0), broken), keyOf(0))).toBe(false);
  });
});
