// Records of peers whose delegators have taken out more than their shares: how they come about is a
// defect of the rules of 0.8.5 (docs/quirks.md, T51), and so is how they are mended.

import type { Address } from "../../data/address.ts";
import type { Integer } from "../../data/cell.ts";
import { integer } from "../../data/integer.ts";
import { CommandError, EXIT } from "../failure.ts";
import { shortKey } from "../keys/account-key.ts";
import { addressText } from "../terminal/address-text.ts";
import { coinsText } from "../terminal/amounts.ts";
import type { PeerFacts } from "./peer-facts.ts";

/** Why the stake of an overdrawn peer has no value, without a full stop. */
export function overdrawnText({ delegated }: PeerFacts): string {
  if (delegated >= 0) return "its balance is negative, so that the rules come to no value of it";
  const taken = coinsText(integer(-BigInt(delegated)));
  return `delegators have taken out ${taken} more than their shares, so that the rules of 0.8.5 come to no value of it`;
}

/** What gives the stake of an overdrawn peer a value again. */
export function overdrawnAdvice({ peer, delegated }: PeerFacts): string {
  if (delegated >= 0) return "nothing can be done until the rules change";
  const amount = `${-BigInt(delegated)}copper`;
  return `any account mends that: \`convex-peer stake delegate ${amount} --peer ${peer} --address '#N'\``;
}

/** @throws CommandError when the network can't change the stake of this peer */
export function requireValued(facts: PeerFacts): void {
  if (!facts.isOverdrawn) return;
  const what = `The stake of peer ${shortKey(facts.peer)} can't be changed`;
  throw new CommandError(
    EXIT.DATAERR,
    `${what}: ${overdrawnText(facts)}; ${overdrawnAdvice(facts)}`,
  );
}

/**
 * @param before value of what the account has delegated
 * @param next what it would have from then on
 * @throws CommandError when that would overdraw the record
 */
export function requireCovered(
  { delegated }: PeerFacts,
  who: Address,
  before: Integer,
  next: Integer,
): void {
  const least = BigInt(before) - BigInt(delegated);
  if (BigInt(next) >= least || BigInt(next) >= BigInt(before)) return;
  const more = `with its rewards the part of ${addressText(who)} is worth ${coinsText(before)}, the shares of all delegators are ${coinsText(delegated)}`;
  const why =
    "by a defect of the rules of 0.8.5 the peer would take no part any more, and its stake be stuck";
  throw new CommandError(
    EXIT.DATAERR,
    `Cannot set it to ${coinsText(next)}: ${more}; whoever takes out more than these overdraws the record: ${why}. Take less: leave at least ${least}copper`,
  );
}
