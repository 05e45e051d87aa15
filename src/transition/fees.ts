// Juice and fees of a transaction as a whole (sheet 03 §1.4, §7.4).

import { JUICE } from "../cvm/juice.ts";
import type { Integer } from "../data/cell.ts";
import { integer, LONG_MAX } from "../data/integer.ts";
import { storageSize } from "../data/memory-size.ts";
import type { Transaction } from "../state/transaction.ts";

const UNSIGNED_LONG_RANGE = 2n ** 64n;

/**
 * Juice that a transaction costs beside its execution: 500, and 20 for each byte of storage that
 * the unsigned cell takes.
 */
export function transactionJuice(tx: Transaction): number {
  return JUICE.TRANSACTION + JUICE.TRANSACTION_PER_BYTE * storageSize(tx);
}

/**
 * Copper for an amount of juice. As in the reference the product saturates only from 64 bits on,
 * and one of just 64 bits wraps to a negative fee: reachable by a transaction whose cells share
 * their parts so often that its storage size is beyond 2^50.
 */
export function juiceFees(juice: number, juicePrice: Integer): Integer {
  const fees = juice * Number(juicePrice);
  if (juicePrice >= 0 && fees <= Number.MAX_SAFE_INTEGER) return fees;
  if (juicePrice < 0) return LONG_MAX;
  const exact = BigInt(juice);
  const product = (exact > LONG_MAX ? LONG_MAX : exact) * BigInt(juicePrice);
  if (product >= UNSIGNED_LONG_RANGE) return LONG_MAX;
  return integer(BigInt.asIntN(64, product));
}
