// Juice and fees of a transaction as a whole (sheet 03 §1.4, §7.4), as the reference computes them
// with 64 bits: a product saturates from 2^64 on and wraps to a negative one below, sums wrap.
// Reached by a transaction whose cells share their parts so often that its storage size is beyond
// 2^50.

import { JUICE } from "../cvm/juice.ts";
import type { Integer } from "../data/cell.ts";
import { integer, LONG_MAX } from "../data/integer.ts";
import { storageSize } from "../data/memory-size.ts";
import { addLongs, wrapLong } from "../state/long.ts";
import type { Transaction } from "../state/transaction.ts";

const UNSIGNED_LONG_RANGE = 2n ** 64n;

/**
 * Juice that a transaction costs beside its execution: 500, and 20 for each byte of storage that
 * the unsigned cell takes. Whether the account can pay it or not, the block distributes the fee for
 * it: each bit counts.
 */
export function transactionJuice(tx: Transaction): Integer {
  return addLongs(JUICE.TRANSACTION, product(JUICE.TRANSACTION_PER_BYTE, storageSize(tx)));
}

/** Copper that an account owes for juice, and that of its transaction: 2^63-1 beyond that. */
export function feesDue(juice: Integer, txJuice: Integer, juicePrice: Integer): Integer {
  const due = product(addLongs(juice, txJuice), juicePrice);
  return due < 0 ? LONG_MAX : due;
}

/** Copper that a block distributes for the same, whatever the account could pay. */
export function feesDistributed(juice: Integer, txJuice: Integer, juicePrice: Integer): Integer {
  return addLongs(product(juice, juicePrice), product(txJuice, juicePrice));
}

/** 2^63-1 when one factor is negative, or from 2^64 on; negative from 2^63 on. */
function product(a: Integer, b: Integer): Integer {
  if (a < 0 || b < 0) return LONG_MAX;
  if (typeof a === "number" && typeof b === "number") {
    const small = a * b;
    if (small <= Number.MAX_SAFE_INTEGER) return small;
  }
  const exact = BigInt(a) * BigInt(b);
  return exact >= UNSIGNED_LONG_RANGE ? LONG_MAX : integer(wrapLong(exact));
}
