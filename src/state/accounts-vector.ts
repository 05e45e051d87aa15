// hot: see test/bench. Replaces accounts in the vector of all accounts. Each new cell on the way
// gets its length and memory size from the cell that it replaces (carry-size.ts), and can be
// encoded out of that (data/vector-patch.ts).

import { Cell, type Integer, MAX_EMBEDDED_LENGTH } from "../data/cell.ts";
import { Vector } from "../data/vector.ts";
import { basedOn } from "../data/vector-patch.ts";
import { CHUNK_SIZE, childShift, MAX_SMALL_COUNT } from "../data/vector-shape.ts";
import { childAt, leafAt, prefixOf } from "../data/vector-tree.ts";
import { AccountStatus } from "./account-status.ts";
import { lengthInParent, measure, measureEmbedded, SizeChange } from "./carry-size.ts";

/** Bytes of the shortest account: tag, count, and nine fields. */
const ACCOUNT_LENGTH_MIN = 11;

/** Position and new record of an account. */
export type AccountChange = readonly [number, AccountStatus];

/** `accounts` with the account at index i replaced. @throws RangeError unless 0 ≤ i < count */
export function replaceAccount(accounts: Vector, i: Integer, account: AccountStatus): Vector {
  const { count } = accounts;
  if (typeof i !== "number" || !(i >= 0 && i < count) || count > MAX_SMALL_COUNT) {
    return accounts.assoc(i, account);
  }
  return replaceAccounts(accounts, [[i, account]]);
}

/**
 * `accounts` (at most 2^31-1) with some replaced. The changes are in ascending order of position,
 * and all positions exist.
 */
export function replaceAccounts(accounts: Vector, changes: readonly AccountChange[]): Vector {
  for (const [, account] of changes) measure(account);
  return replaceIn(accounts.built(), 0, changes, 0, changes.length);
}

/**
 * Makes the changes from … until-1 in `v`, a part of the vector whose first element has position
 * `start`.
 */
function replaceIn(
  v: Vector,
  start: number,
  changes: readonly AccountChange[],
  from: number,
  until: number,
): Vector {
  const next = basedOn(new Vector(v.count, v.slots.slice(), v.prefix, v.isTree), v);
  const sizes = new SizeChange();
  if (v.isTree) replaceChildren(v, next, sizes, start, changes, from, until);
  else replaceElements(v, next, sizes, start, changes, from, until);
  sizes.carry(v, next);
  return next;
}

function replaceChildren(
  v: Vector,
  next: Vector,
  sizes: SizeChange,
  start: number,
  changes: readonly AccountChange[],
  from: number,
  until: number,
): void {
  const shift = childShift(v.count);
  for (let at = from; at < until; ) {
    const digit = (positionAt(changes, at) - start) >>> shift;
    const childStart = start + digit * 2 ** shift;
    const end = endOfRange(changes, at, until, childStart + 2 ** shift);
    const child = childAt(v, digit, shift);
    measureEmbedded(child);
    const changed = replaceIn(child, childStart, changes, at, end);
    // A child that had to stay a Ref (data/cell.ts) takes other bytes here than its own length.
    sizes.add(v.slots[digit] === child ? child.lengthCache : 0, child.memoryCache, changed);
    next.slots[digit] = changed;
    at = end;
  }
}

/** The same in a leaf: its own elements, and those in its prefix. */
function replaceElements(
  v: Vector,
  next: Vector,
  sizes: SizeChange,
  start: number,
  changes: readonly AccountChange[],
  from: number,
  until: number,
): void {
  const first = start + v.count - v.slots.length;
  const inPrefix = endOfRange(changes, from, until, first);
  if (inPrefix > from) {
    const prefix = prefixOf(v);
    measureEmbedded(prefix);
    const changed = replaceIn(prefix, start, changes, from, inPrefix);
    sizes.add(v.prefix === prefix ? prefix.lengthCache : 0, prefix.memoryCache, changed);
    next.prefix = changed;
  }
  for (let at = inPrefix; at < until; at++) {
    const [position, account] = changes[at] as AccountChange;
    const old = v.slots[position - first];
    if (old instanceof Cell) measure(old);
    sizes.add(
      old instanceof Cell ? old.lengthCache : 0,
      old instanceof Cell ? old.memoryCache : -1,
      account,
    );
    next.slots[position - first] = account;
  }
}

function positionAt(changes: readonly AccountChange[], at: number): number {
  return (changes[at] as AccountChange)[0];
}

/** Index of the first change, from `at` on, at `position` or beyond. */
function endOfRange(
  changes: readonly AccountChange[],
  at: number,
  until: number,
  position: number,
): number {
  let end = at;
  while (end < until && positionAt(changes, end) < position) end++;
  return end;
}

/**
 * The leaf of account i, if it is full and not the vector's own cell; null for the accounts after
 * the last full leaf, and for what is no account.
 */
export function fullLeafOf(accounts: Vector, i: number): Vector | null {
  const { count } = accounts;
  if (count <= CHUNK_SIZE || count > MAX_SMALL_COUNT || i >= count - (count % CHUNK_SIZE)) {
    return null;
  }
  const leaf = leafAt(accounts.built(), i);
  return leaf?.slots[i % CHUNK_SIZE] instanceof AccountStatus ? leaf : null;
}

/**
 * Whether a full leaf stays a branch however short one of its accounts becomes, so that the cells
 * above it keep their lengths. It does if all it holds are accounts, since 16 times 11 bytes are a
 * branch.
 */
export function staysBranch(leaf: Vector, account: AccountStatus): boolean {
  const others = leaf.lengthCache - lengthInParent(account.lengthCache);
  return others + ACCOUNT_LENGTH_MIN > MAX_EMBEDDED_LENGTH;
}
