// How much juice a balance pays for (sheet 02 §11.2): the limit of a transaction, which falls with
// the balance of the origin while code runs.

import type { Address } from "../data/address.ts";
import type { Integer } from "../data/cell.ts";
import type { State } from "../state/state.ts";
import { JUICE } from "./juice.ts";

/** Juice that a balance pays for at a price, less the 500 of the transaction itself; at least 0. */
export function affordableJuice(balance: Integer, juicePrice: Integer): number {
  const units = BigInt(balance) / BigInt(juicePrice);
  const juice = units - BigInt(JUICE.TRANSACTION);
  return juice > 0n ? Number(juice) : 0;
}

/** `affordableJuice`, at most `max`. */
export function affordableUpTo(max: number, balance: Integer, juicePrice: Integer): number {
  if (isAmple(max, balance, juicePrice)) return max;
  return Math.min(max, affordableJuice(balance, juicePrice));
}

/**
 * Whether a balance pays for an amount of juice, as one product shows in nearly all cases (dividing
 * bigints takes 60 ns). False when it might not.
 */
function isAmple(juice: number, balance: Integer, juicePrice: Integer): boolean {
  if (typeof juicePrice !== "number" || juicePrice <= 0) return false;
  const price = (juice + JUICE.TRANSACTION) * juicePrice;
  return price <= Number.MAX_SAFE_INTEGER && balance >= price;
}

/** The juice limit after the State of running code has changed from `before` to `after`. */
export function limitAfterChange(
  limit: number,
  origin: Address,
  before: State,
  after: State,
): number {
  if (before.sharesAccounts(after)) return limit;
  const account = after.account(origin);
  if (account === null) return limit;
  if (isAmple(limit, account.balance, after.juicePrice)) return limit;
  const old = before.account(origin);
  if (old === account || old === null) return limit;
  if (account.balance >= old.balance) return limit;
  return affordableUpTo(limit, account.balance, after.juicePrice);
}
