// Juice and fees of a whole transaction (sheet 03 §1.4, §7.4), computed as in the reference with 64
// bits: sums wrap; products saturate from 2^64 on, and from 2^63 on wrap to negative ones. A
// transaction whose cells share their parts so often that its storage size is beyond 2^50 gets
// there.

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
 * the unsigned cell takes. It must be exact even if nobody can pay it: the block distributes the
 * fee.
 * @param readForm the form that it runs, if that was read from text (T43)
 */
export function transactionJuice(tx: Transaction, readForm?: Value): Integer {
  let size = storageSize(tx);
  // A smaller form holds no Blob of more than one cell.
  if (readForm !== undefined && size > CHUNK_LENGTH) {
    size = subtractLongs(size, unmeasured(readForm));
  }
  return addLongs(JUICE.TRANSACTION, product(JUICE.TRANSACTION_PER_BYTE, size));
}

/**
 * Bytes that the reference leaves out of the size of a form that was read from text (T43): of a
 * Blob whose first cell is embedded, such as one of 4,097 to 16,384 bytes, all other cells. Each
 * branch is looked at once, however often the form refers to it. Embedded cells are not remembered:
 * they can't be many in one branch, and remembering all took twice as long as the rest for a form
 * of 2 million. A form that is such a Blob itself is measured when somebody asks for its hash.
 */
function unmeasured(form: Value): Integer {
  if (form instanceof Blob && isEmbedded(form) && form.hashCache !== null) return 0;
  const sizes = new Map<Cell, Integer>();
  const open: OpenBranch[] = [openBranch(form)];
  for (;;) {
    const branch = open.at(-1) as OpenBranch;
    const part = branch.parts.pop();
    if (part === undefined) {
      if (open.length === 1) return branch.size;
      open.pop();
      sizes.set(branch.cell as Cell, branch.size);
      const parent = open.at(-1) as OpenBranch;
      parent.size = addLongs(parent.size, branch.size);
      continue;
    }
    const known = sizes.get(part);
    if (known === undefined) open.push(openBranch(part));
    else branch.size = addLongs(branch.size, known);
  }
}

/** A branch whose bytes to leave out are being added up. */
interface OpenBranch {
  readonly cell: Value;
  /** The branches of this cell and of the cells embedded in it that were not added yet. */
  readonly parts: Cell[];
  size: Integer;
}

function openBranch(cell: Value): OpenBranch {
  const branch: OpenBranch = { cell, parts: [], size: 0 };
  const embedded: Value[] = [cell];
  for (let value = embedded.pop(); value !== undefined; value = embedded.pop()) {
    if (!(value instanceof Cell) || value instanceof CVMString) continue;
    if (value instanceof Blob) {
      if (isEmbedded(value)) branch.size = addLongs(branch.size, memorySize(value));
      continue;
    }
    for (let i = 0; i < value.slotCount; i++) {
      const part = resolveSlot(value, i);
      if (!(part instanceof Cell)) continue;
      if (isEmbedded(part)) embedded.push(part);
      else branch.parts.push(part);
    }
  }
  return branch;
}

/** Copper that an account owes for the juice of execution and transaction; 2^63-1 on overflow. */
export function feesDue(juice: Integer, txJuice: Integer, juicePrice: Integer): Integer {
  const due = product(addLongs(juice, txJuice), juicePrice);
  return due < 0 ? LONG_MAX : due;
}

/** Copper that a block distributes for the same juice, whatever the account could pay. */
export function feesDistributed(juice: Integer, txJuice: Integer, juicePrice: Integer): Integer {
  return addLongs(product(juice, juicePrice), product(txJuice, juicePrice));
}

/** a · b: 2^63-1 if a factor is negative or the product 2^64 or more; negative from 2^63 on. */
function product(a: Integer, b: Integer): Integer {
  if (a < 0 || b < 0) return LONG_MAX;
  if (typeof a === "number" && typeof b === "number") {
    const small = a * b;
    if (small <= Number.MAX_SAFE_INTEGER) return small;
  }
  const exact = BigInt(a) * BigInt(b);
  return exact >= UNSIGNED_LONG_RANGE ? LONG_MAX : integer(wrapLong(exact));
}
