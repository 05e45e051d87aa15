// What a change of stake will do, in words and figures, before anybody is asked.

import { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { integer } from "../../data/integer.ts";
import { List } from "../../data/list.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { MINIMUM_EFFECTIVE_STAKE } from "../../state/constants.ts";
import type { AccountFacts } from "../contact/account-facts.ts";
import { isEligible, type NetworkFacts, ownAfter, type PeerFacts } from "../contact/peer-facts.ts";
import { shortKey } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText, countText } from "../terminal/amounts.ts";
import type { Rows } from "../terminal/json-line.ts";
import type { Intent } from "./submission.ts";

const PERCENT = 100;

/** `(name 0x… amount)`. */
export function stakeForm(name: string, peer: string, amount: Integer): Value {
  return List.from([CVMSymbol.of(name), Blob.of(Buffer.from(peer, "hex")), amount]);
}

/** Part of all stake in percent, as text. */
export function partText(shares: Integer, all: Integer): string {
  if (BigInt(all) <= 0n) return "none";
  return `${((PERCENT * Number(shares)) / Number(all)).toFixed(1)} %`;
}

/** By how much an amount of copper changes, in coins and with its sign. */
function differenceText(before: Integer, after: Integer): string {
  const difference = BigInt(after) - BigInt(before);
  if (difference === 0n) return "unchanged";
  return `${difference > 0n ? "+" : ""}${coinsText(integer(difference))}`;
}

const NO_SLASHING = "this network takes no stake for misbehaviour; another one may";

/** What a new own stake means for consensus. */
export function effectText(before: Integer, after: Integer): string {
  const [was, willBe] = [isEligible(before), isEligible(after)];
  if (was && !willBe) {
    return "STOPS TAKING PART: its blocks are refused, and anybody may evict it";
  }
  if (!was && willBe) return "takes part in consensus from then on";
  if (willBe) return "goes on taking part in consensus";
  return "takes no part: less than the minimum";
}

export interface StakeChange {
  readonly facts: PeerFacts;
  readonly network: NetworkFacts;
  /** The controller. */
  readonly account: AccountFacts;
  /** Copper that the controller's stake is set to. */
  readonly next: Integer;
}

/** Copper by which the controller's balance changes, fees aside. */
function paidBack({ facts, next }: StakeChange): Integer {
  return integer(BigInt(facts.own) - BigInt(next));
}

function weights({ facts, network, next }: StakeChange): readonly [before: string, after: string] {
  const [shares, delegated] = [BigInt(facts.shares), BigInt(facts.delegated)];
  const all = BigInt(network.shares);
  const later = all - shares + BigInt(next);
  return [
    partText(integer(shares + delegated), integer(all)),
    partText(integer(BigInt(next) + delegated), integer(later)),
  ];
}

/**
 * Sentences without full stop, none when there is nothing to warn of: the network stops, delegators
 * earn no more, rewards stay in the record (sheet 03 §4.2).
 */
export function stakeWarnings({ facts, network, next }: StakeChange): string[] {
  const after = ownAfter(facts, next);
  const warnings: string[] = [];
  if (isEligible(facts.own) && !isEligible(after) && network.eligible <= 1) {
    warnings.push("no other peer has the minimum stake: the network STOPS for everybody");
  }
  if (!isEligible(after) && facts.delegators > 0) {
    const who = countText(facts.delegators, "account");
    const consequence = "nothing is earned by that any more";
    warnings.push(`stake of ${who} is delegated to this peer: ${consequence}`);
  }
  if (next === 0 && after > 0) {
    const why = "though it is paid out (a defect of the rules of 0.8.5)";
    warnings.push(`the record goes on showing ${coinsText(after)} of rewards, ${why}`);
  }
  return warnings;
}

/** Sets the controller's stake. */
export function stakeIntent(change: StakeChange): Intent {
  const { facts, account, next } = change;
  const after = ownAfter(facts, next);
  const balance = integer(BigInt(account.balance) + BigInt(paidBack(change)));
  const [weightBefore, weightAfter] = weights(change);
  const delta = differenceText(facts.own, after);
  const rows: Rows = [
    ["own stake", `${coinsText(facts.own)} → ${coinsText(after)} (${delta})`],
    ["minimum", coinsText(MINIMUM_EFFECTIVE_STAKE)],
    ["consensus", effectText(facts.own, after)],
    ["weight", `${weightBefore} → ${weightAfter} of all stake, delegated stake included`],
    [
      `balance of ${addressText(account.address)}`,
      `${coinsText(account.balance)} → ${coinsText(balance)}, less the cost`,
    ],
    ["slashing", NO_SLASHING],
  ];
  return {
    summary: `Set the stake of peer ${shortKey(facts.peer)} to ${coinsText(next)}`,
    rows,
    warnings: stakeWarnings(change),
    account,
    command: stakeForm("set-peer-stake", facts.peer, next),
  };
}

/** Sets what an account has delegated to a peer. */
export function delegationIntent(
  facts: PeerFacts,
  account: AccountFacts,
  before: Integer,
  next: Integer,
): Intent {
  const who = addressText(account.address);
  const balance = integer(BigInt(account.balance) + BigInt(before) - BigInt(next));
  const delta = differenceText(before, next);
  const warnings = isEligible(facts.own)
    ? []
    : ["the peer has less than the minimum stake: it earns nothing"];
  return {
    summary: `Set what ${who} delegates to peer ${shortKey(facts.peer)} to ${coinsText(next)}`,
    rows: [
      [`delegated by ${who}`, `${coinsText(before)} → ${coinsText(next)} (${delta})`],
      ["own stake of the peer", coinsText(facts.own)],
      ["minimum", `${coinsText(MINIMUM_EFFECTIVE_STAKE)}, of the peer's own`],
      [`balance of ${who}`, `${coinsText(account.balance)} → ${coinsText(balance)}, less the cost`],
      ["slashing", NO_SLASHING],
    ],
    warnings,
    account,
    command: stakeForm("set-stake", facts.peer, next),
  };
}
