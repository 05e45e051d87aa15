import { expect, test } from "bun:test";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { Index } from "../../src/data/index-map.ts";
import { LONG_MAX } from "../../src/data/integer.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { HostError } from "../../src/state/host-error.ts";
import { delegatorValue, mulDiv, ownValue, StakeMathError } from "../../src/state/peer-stake.ts";
import { PeerStatus } from "../../src/state/peer-status.ts";

const controller = Address.of(12);
const alice = Address.of(20);
const bob = Address.of(21);

/** The fields but the controller, as plain values. */
function fields(peer: PeerStatus): Value[] {
  return [1, 2, 3, 4, 5, 6].map((i) => peer.field(i));
}

test("mulDiv is exact over 128 bits and refuses what the reference throws at", () => {
  expect(mulDiv(7n, 5n, 2n)).toBe(17n);
  expect(mulDiv(LONG_MAX, LONG_MAX, LONG_MAX)).toBe(LONG_MAX);
  expect(mulDiv(LONG_MAX, 2n, 1n)).toBe(-1n);
  expect([mulDiv(0n, 5n, 3n), mulDiv(5n, 0n, 3n)]).toEqual([0n, 0n]);
  expect(() => mulDiv(-1n, 1n, 1n)).toThrow("Negative multiplicand!");
  expect(() => mulDiv(1n, -1n, 1n)).toThrow(StakeMathError);
  expect(() => mulDiv(1n, 1n, 0n)).toThrow("Division by non-positive number!");
  expect(new StakeMathError("")).toBeInstanceOf(HostError);
});

test("a new peer's balance is all its own", () => {
  const peer = PeerStatus.create(controller, 1000);
  expect(peer.peerStake).toBe(1000);
  expect(peer.totalShares).toBe(1000);
  expect(peer.delegatorStake(alice)).toBe(0);
  expect(fields(peer)).toEqual([1000, Index.EMPTY, 0, null, -1, 1000]);
});

test("delegated shares written by hand are none, or not a Long", () => {
  const odd = (stakes: Value) => new PeerStatus([controller, 1000, stakes, 5, null, -1, 1005]);
  expect([odd(7).stakes, odd(7).delegatorStake(alice)]).toEqual([null, 0]);
  const shares = Index.EMPTY.assoc(alice, controller) as Index;
  expect(() => odd(shares).delegatorStake(alice)).toThrow("Delegated shares are not a Long");
  expect(odd(shares).delegatorStake(bob)).toBe(0);
});

test("delegated stake shares rewards by shares, rounded down", () => {
  let peer = PeerStatus.create(controller, 1000);
  peer = peer.withDelegatedStake(alice, 500).withDelegatedStake(bob, 300);
  expect([peer.balance, peer.delegatedStake]).toEqual([1800, 800]);
  peer = peer.withBlockReward(100, 77);
  expect([peer.balance, peer.timestamp]).toEqual([1900, 77]);
  // 1900·800/1800 = 844.4…; of that 500/800 and 300/800.
  expect(peer.peerStake).toBe(1900 - 844);
  expect(peer.delegatorStake(alice)).toBe(527);
  expect(peer.delegatorStake(bob)).toBe(316);
  expect(peer.withBlockReward(0, 5).timestamp).toBe(77);
});

test("shares are set to values, so a withdrawal after rewards loses shares (defect 2)", () => {
  const peer = PeerStatus.create(controller, 100)
    .withDelegatedStake(alice, 100)
    .withBlockReward(300, 1);
  expect(peer.delegatorStake(alice)).toBe(250);
  const left = peer.withDelegatedStake(alice, 0);
  expect([left.delegatedStake, left.balance, left.stakes]).toEqual([-150, 250, null]);
  // Own 100 shares and -150 delegated: no shares at all, so the balance is all the controller's.
  expect(left.peerStake).toBe(250);
  const more = left.withPeerStake(200);
  expect(() => more.peerStake).toThrow("Negative multiplicand!");
});

test("own stake moves the balance by shares, not by value (defect 1)", () => {
  const peer = PeerStatus.create(controller, 100).withBlockReward(50, 1);
  expect(peer.peerStake).toBe(150);
  const less = peer.withPeerStake(0);
  expect([less.stake, less.balance, less.peerStake]).toEqual([0, 50, 50]);
  expect(less.withPeerStake(0)).toBe(less);
  expect(() => less.withPeerStake(-1)).toThrow(StakeMathError);
});

test("nil and empty are told apart", () => {
  const peer = PeerStatus.create(controller, 100);
  expect(peer.stakes).toBe(Index.EMPTY);
  const joined = peer.withDelegatedStake(alice, 5);
  // T28: a change of stake turns nil metadata into an empty map; rewards do not.
  expect(joined.metadata).toBe(CVMMap.EMPTY);
  expect(peer.withBlockReward(5, 5).metadata).toBeNull();
  expect(peer.withPeerStake(100)).toBe(peer);
  expect(peer.withDelegatedStake(alice, 0)).toBe(peer);
  expect(joined.withDelegatedStake(alice, 0).stakes).toBeNull();
  expect(peer.withMetadata(CVMMap.EMPTY)).toBe(peer);
  const named = peer.withMetadata(CVMMap.from([[Keyword.of("url"), 1]]));
  expect(named.withMetadata(CVMMap.EMPTY).metadata).toBe(CVMMap.EMPTY);
});

test("amounts beyond the safe integers are exact", () => {
  const stake = 9_007_199_254_740_993n;
  const peer = PeerStatus.create(controller, stake).withBlockReward(10n ** 17n, 1);
  expect(peer.balance).toBe(stake + 10n ** 17n);
  expect(peer.peerStake).toBe(stake + 10n ** 17n);
  expect(ownValue(10n ** 18n, 1n, 2n)).toBe(333_333_333_333_333_334n);
  expect(delegatorValue(10n ** 18n, 1n, 2n, 1n)).toBe(333_333_333_333_333_333n);
  expect(delegatorValue(10n, 5n, 0n, 1n)).toBe(0n);
});
