// What is said of a change of stake is what the State makes of it.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { isEligible, ownAfter, type PeerFacts } from "../../../src/cli/contact/peer-facts.ts";
import {
  delegationIntent,
  effectText,
  stakeIntent,
  stakeWarnings,
} from "../../../src/cli/transactions/stake-intent.ts";
import { Address } from "../../../src/data/address.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { GOLD, MINIMUM_EFFECTIVE_STAKE } from "../../../src/state/constants.ts";
import { PeerStatus } from "../../../src/state/peer-status.ts";

function factsOf(record: PeerStatus): PeerFacts {
  return {
    peer: "ab".repeat(32),
    controller: Address.of(12),
    own: record.peerStake,
    isOverdrawn: false,
    shares: record.stake,
    delegated: record.delegatedStake,
    delegators: record.delegatedStake === 0 ? 0 : 1,
    isDeserted: record.stakes === null,
    balance: record.balance,
    url: null,
    metadata: CVMMap.EMPTY,
    timestamp: -1,
  };
}

const copper = (coins: number) => fc.integer({ min: 0, max: coins * GOLD });

test("the stake said to be left is the one the State has afterwards, with rewards and delegators", () => {
  const amounts = fc.tuple(copper(5_000), copper(3_000), copper(50), copper(9_000));
  fc.assert(
    fc.property(amounts, ([stake, delegated, reward, next]) => {
      const record = PeerStatus.create(Address.of(12), stake + 1)
        .withDelegatedStake(Address.of(13), delegated)
        .withBlockReward(reward, 1);
      expect(ownAfter(factsOf(record), next)).toBe(record.withPeerStake(next).peerStake);
    }),
  );
});

const STAKED = PeerStatus.create(Address.of(12), 5_000 * GOLD);
const account = {
  address: Address.of(12),
  key: "cd".repeat(32),
  sequence: 0,
  balance: 10 * GOLD,
  allowance: 0,
};

test("the effect on consensus turns exactly at the minimum", () => {
  const below = MINIMUM_EFFECTIVE_STAKE - 1;
  expect([isEligible(below), isEligible(MINIMUM_EFFECTIVE_STAKE)]).toEqual([false, true]);
  expect(effectText(MINIMUM_EFFECTIVE_STAKE, below)).toContain("STOPS TAKING PART");
  expect(effectText(below, MINIMUM_EFFECTIVE_STAKE)).toContain("takes part");
  expect(effectText(below, 0)).toContain("takes no part");
});

test("the last peer with stake is told that the network stops, delegators are named", () => {
  const network = { peers: 2, eligible: 1, shares: 5_000 * GOLD };
  const warnings = stakeWarnings({ facts: factsOf(STAKED), network, account, next: 0 });
  expect(warnings).toEqual([expect.stringContaining("the network STOPS")]);
  const record = STAKED.withDelegatedStake(Address.of(13), GOLD);
  const others = { peers: 3, eligible: 3, shares: 20_000 * GOLD };
  const change = { facts: factsOf(record), network: others, account, next: 0 };
  expect(stakeWarnings(change)).toEqual([
    expect.stringContaining("stake of 1 account is delegated"),
  ]);
  expect(stakeWarnings({ ...change, next: 4_000 * GOLD })).toEqual([]);
  const two = { peers: 2, eligible: 2, shares: 10_000 * GOLD };
  expect(stakeWarnings({ facts: factsOf(STAKED), network: two, account, next: 0 })).toEqual([]);
});

test("rewards that stay in the record are told of where all stake goes, and nowhere else", () => {
  const facts = factsOf(STAKED.withBlockReward(GOLD, 1));
  const network = { peers: 3, eligible: 3, shares: 20_000 * GOLD };
  const warningsOf = (next: number) => stakeWarnings({ facts, network, account, next });
  expect(warningsOf(0)).toEqual([expect.stringContaining("showing 1 CVM of rewards")]);
  expect(warningsOf(1)).toEqual([]);
});

test("what an account delegates leaves its balance, and comes back to it", () => {
  const balanceAfter = (before: number, next: number, facts = factsOf(STAKED)) => {
    const { rows, warnings } = delegationIntent(facts, account, before * GOLD, next * GOLD);
    return [new Map(rows).get("balance of #12"), warnings.length];
  };
  expect(balanceAfter(3, 1)).toEqual(["10 CVM → 12 CVM, less the cost", 0]);
  expect(balanceAfter(1, 7)).toEqual(["10 CVM → 4 CVM, less the cost", 0]);
  const poor = factsOf(PeerStatus.create(Address.of(12), MINIMUM_EFFECTIVE_STAKE - 1));
  expect(balanceAfter(0, 1, poor)).toEqual(["10 CVM → 9 CVM, less the cost", 1]);
});

test("balance and weight are those after the change", () => {
  const network = { peers: 4, eligible: 4, shares: 20_000 * GOLD };
  const { rows } = stakeIntent({ facts: factsOf(STAKED), network, account, next: 2_000 * GOLD });
  const texts = new Map(rows);
  expect(texts.get("balance of #12")).toBe("10 CVM → 3,010 CVM, less the cost");
  expect(texts.get("weight")).toStartWith("25.0 % → 11.8 % of all stake");
  expect(texts.get("own stake")).toBe("5,000 CVM → 2,000 CVM (-3,000 CVM)");
  // Rewards are paid out with it.
  const facts = factsOf(STAKED.withBlockReward(GOLD, 1));
  const rewarded = new Map(stakeIntent({ facts, network, account, next: 2_000 * GOLD }).rows);
  expect(rewarded.get("balance of #12")).toBe("10 CVM → 3,011 CVM, less the cost");
});
