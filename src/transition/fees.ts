// Juice and fees of a transaction as a whole (sheet 03 §1.4, §7.4), as the reference computes them
// with 64 bits: a product saturates from 2^64 on and wraps to a negative one below, sums wrap.
// Reached by a transaction whose cells share their parts so often that its storage size is beyond
// 2^50.

import { JUICE } from "../cvm/juice.ts";
import { Blob } from "../data/blob.ts";
import { CHUNK_LENGTH } from "../data/blob-shape.ts";
import { Cell, type Integer, resolveSlot, type Value } from "../data/cell.ts";
import { isEmbedded } from "../data/encode.ts";
import { integer, LONG_MAX } from "../data/integer.ts";
import { memorySize, storageSize } from "../data/memory-size.ts";
import { CVMString } from "../data/string.ts";
import { addLongs, subtractLongs, wrapLong } from "../state/long.ts";
import type { Transaction } from "../state/transaction.ts";

const UNSIGNED_LONG_RANGE = 2n ** 64n;

/**
 * Juice that a transaction costs beside its execution: 500, and 20 for each byte of storage that
 * the unsigned cell takes. Whether the account can pay it or not, the block distributes the fee for
 * it: each bit counts.
 * @param readForm what it runs, if that was read from text
 */
export function transactionJuice(tx: Transaction, readForm?: Value): Integer {
  let size = storageSize(tx);
  // What is smaller holds no Blob of more than one cell.
  if (readForm !== undefined && size > CHUNK_LENGTH)
    size = subtractLongs(size, unmeasured(readForm));
  return addLongs(JUICE.TRANSACTION, product(JUICE.TRANSACTION_PER_BYTE, size));
}

/**
 * Bytes that the reference leaves out of the size of a form that was read from text and not
 * decoded (T43): of a Blob in it whose first cell is embedded, such as one of 4,097 to 16,384
 * bytes, all other cells. Each cell is looked at once, however often the form names it.
 */
function unmeasured(form: Value): Integer {
  const sizes = new Map<Cell, Integer>();
  const open: Value[] = [form];
  while (open.length > 0) {
    const cell = open.at(-1) as Value;
    const parts = partsOf(cell);
    const missing = parts.filter((part) => part instanceof Cell && !sizes.has(part));
    if (cell instanceof Cell && !sizes.has(cell) && missing.length > 0) {
      for (const part of missing) open.push(part);
      continue;
    }
    open.pop();
    if (!(cell instanceof Cell) || sizes.has(cell)) continue;
    let size: Integer = cell instanceof Blob && isEmbedded(cell) ? memorySize(cell) : 0;
    for (const part of parts) size = addLongs(size, sizes.get(part as Cell) ?? 0);
    sizes.set(cell, size);
  }
  return sizes.get(form as Cell) ?? 0;
}

/** What of a cell may hold Blobs. */
function partsOf(value: Value): Value[] {
  if (!(value instanceof Cell) || value instanceof Blob || value instanceof CVMString) return [];
  return Array.from({ length: value.slotCount }, (_, i) => resolveSlot(value, i));
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
