// Juice and fees of a transaction as a whole (sheet 03 §1.4, §7.4).

import { JUICE } from "../cvm/juice.ts";
import type { Integer } from "../data/cell.ts";
import { add, integer, LONG_MAX } from "../data/integer.ts";
import { storageSize } from "../data/memory-size.ts";
import type { Transaction } from "../state/transaction.ts";

const UNSIGNED_LONG_RANGE = 2n ** 64n;
/** Storage size, in bytes, up to which the juice for it is a safe integer. */
const MAX_EXACT_SIZE = 2 ** 48;

/**
 * Juice that a transaction costs beside its execution: 500, and 20 for each byte of storage that
 * the unsigned cell takes; saturates at 2^63-1. Whether the account can pay it or not, the block
 * distributes the fee for it: each bit counts.
 */
export function transactionJuice(tx: Transaction): Integer {
  const size = storageSize(tx);
  if (size <= MAX_EXACT_SIZE) return JUICE.TRANSACTION + JUICE.TRANSACTION_PER_BYTE * Number(size);
  const bytes = BigInt(size);
  return saturated(BigInt(JUICE.TRANSACTION) + BigInt(JUICE.TRANSACTION_PER_BYTE) * bytes);
}

/** The sum of two amounts of juice, saturating at 2^63-1. */
export function totalJuice(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const small = a + b;
    if (small <= Number.MAX_SAFE_INTEGER) return small;
  }
  const sum = add(a, b) as Integer;
  return typeof sum === "number" ? sum : saturated(sum);
}

/**
 * Copper for an amount of juice. As in the reference the product saturates only from 64 bits on,
 * and one of just 64 bits wraps to a negative fee: reachable by a transaction whose cells share
 * their parts so often that its storage size is beyond 2^50.
 */
export function juiceFees(juice: Integer, juicePrice: Integer): Integer {
  if (typeof juice === "number" && typeof juicePrice === "number" && juicePrice >= 0) {
    const fees = juice * juicePrice;
    if (fees <= Number.MAX_SAFE_INTEGER) return fees;
  }
  if (juicePrice < 0) return LONG_MAX;
  const product = BigInt(juice) * BigInt(juicePrice);
  if (product >= UNSIGNED_LONG_RANGE) return LONG_MAX;
  return integer(BigInt.asIntN(64, product));
}

function saturated(juice: bigint): Integer {
  return juice > LONG_MAX ? LONG_MAX : integer(juice);
}
