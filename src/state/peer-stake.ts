// The value of stakes (sheet 03 §4.1): `:stake`, `:stakes` and `:delegated-stake` are shares of the
// peer's balance. With bigints, since products need 128 bits; sums wrap at 64 bits, as in the
// reference. When delegators have taken out more shares than there are, nothing has a value (T51).

import { LONG_MAX } from "../data/integer.ts";
import { HostError } from "./host-error.ts";
import { wrapLong } from "./long.ts";

/** A value can't be computed. In the reference an exception, so the block is void. */
export class StakeMathError extends HostError {}

/**
 * floor(a·b/c) over the whole product; -1 when it exceeds 2^63-1.
 * @throws StakeMathError when a or b is negative, or c not positive
 */
export function mulDiv(a: bigint, b: bigint, c: bigint): bigint {
  if (a < 0n || b < 0n) throw new StakeMathError("Negative multiplicand!");
  if (c <= 0n) throw new StakeMathError("Division by non-positive number!");
  const quotient = (a * b) / c;
  return quotient > LONG_MAX ? -1n : quotient;
}

/** Copper of `balance` that belongs to all delegators together; other arguments are shares. */
function delegatedValue(balance: bigint, stake: bigint, delegated: bigint): bigint {
  const totalShares = wrapLong(stake + delegated);
  return totalShares <= 0n ? 0n : mulDiv(balance, delegated, totalShares);
}

/** Copper of `balance` that belongs to the controller, rewards included. @throws StakeMathError */
export function ownValue(balance: bigint, stake: bigint, delegated: bigint): bigint {
  return wrapLong(balance - delegatedValue(balance, stake, delegated));
}

/** Copper that `shares` of one delegator are worth. @throws StakeMathError */
export function delegatorValue(
  balance: bigint,
  stake: bigint,
  delegated: bigint,
  shares: bigint,
): bigint {
  if (delegated <= 0n) return 0n;
  const value = wrapLong(balance - ownValue(balance, stake, delegated));
  return mulDiv(value, shares, delegated);
}
