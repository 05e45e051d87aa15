// hot: see test/bench. Replacing one account in the vector of all of them: each new cell on the path
// to it gets its sizes from the cell that it replaces, on the way back.

import { Cell, type Integer, type Slot } from "../data/cell.ts";
import { Vector } from "../data/vector.ts";
import { basedOn } from "../data/vector-patch.ts";
import { childShift, MAX_SMALL_COUNT } from "../data/vector-shape.ts";
import { childAt, prefixOf } from "../data/vector-tree.ts";
import type { AccountStatus } from "./account-status.ts";
import { carrySizes, measure, measureEmbedded } from "./carry-size.ts";

/**
 * `accounts` with the account at index i replaced. Cells on the way that `base` does not have are
 * changed in place: they have to be the caller's alone. With `accounts` as base all are copied.
 * @throws RangeError unless 0 ≤ i < count
 */
export function replaceAccount(
  accounts: Vector,
  base: Vector,
  i: Integer,
  account: AccountStatus,
): Vector {
  const { count } = accounts;
  if (typeof i !== "number" || !(i >= 0 && i < count) || count > MAX_SMALL_COUNT) {
    return accounts.assoc(i, account);
  }
  measure(account);
  return replaceIn(accounts.built(), base, i, account);
}

function replaceIn(v: Vector, base: Slot, i: number, account: AccountStatus): Vector {
  if (v.isTree) return replaceInChild(v, base, i, account);
  const at = i - (v.count - v.slots.length);
  return at < 0 ? replaceInPrefix(v, base, i, account) : replaceElement(v, base, at, account);
}

function replaceInChild(v: Vector, base: Slot, i: number, account: AccountStatus): Vector {
  const shift = childShift(v.count);
  const digit = i >>> shift;
  const child = childAt(v, digit, shift);
  measureEmbedded(child);
  const { memoryCache } = child;
  // A child that stays a Ref (mayReplaceRef) takes other bytes here than it has.
  const length = v.slots[digit] === child ? child.lengthCache : 0;
  const own = ownCell(v, base);
  const baseChild = own === v ? ((base as Vector).slots[digit] as Slot) : child;
  const next = replaceIn(child, baseChild, i & ((1 << shift) - 1), account);
  own.slots[digit] = next;
  carrySizes(v, own, length, memoryCache, next);
  return own;
}

function replaceInPrefix(v: Vector, base: Slot, i: number, account: AccountStatus): Vector {
  const prefix = prefixOf(v);
  measureEmbedded(prefix);
  const { memoryCache } = prefix;
  const length = v.prefix === prefix ? prefix.lengthCache : 0;
  const own = ownCell(v, base);
  const next = replaceIn(prefix, own === v ? (base as Vector).prefix : prefix, i, account);
  own.prefix = next;
  carrySizes(v, own, length, memoryCache, next);
  return own;
}

function replaceElement(v: Vector, base: Slot, at: number, account: AccountStatus): Vector {
  const old = v.slots[at];
  const own = ownCell(v, base);
  own.slots[at] = account;
  if (old instanceof Cell) {
    measure(old);
    carrySizes(v, own, old.lengthCache, old.memoryCache, account);
  } else {
    carrySizes(v, own, 0, -1, account);
  }
  return own;
}

/** `v` when it may be changed, else a copy. What came from elsewhere has its encoding or hash. */
function ownCell(v: Vector, base: Slot): Vector {
  const isOwn = base instanceof Vector && base !== v && base.count === v.count;
  if (isOwn && v.encodingCache === null && v.hashCache === null) return v;
  return basedOn(new Vector(v.count, v.slots.slice(), v.prefix, v.isTree), v);
}
