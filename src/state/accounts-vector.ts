// hot: see test/bench. Replacing one account in the vector of all of them: each new cell on the
// path to it gets its sizes from the cell that it replaces.

import { type Integer, MAX_EMBEDDED_LENGTH, type Slot } from "../data/cell.ts";
import { memorySize } from "../data/memory-size.ts";
import { Vector } from "../data/vector.ts";
import { childShift } from "../data/vector-shape.ts";
import type { AccountStatus } from "./account-status.ts";
import { carrySizes, hasSizes } from "./carry-size.ts";

/** `accounts` with the account at index i replaced; i < count. */
export function replaceAccount(accounts: Vector, i: Integer, account: AccountStatus): Vector {
  const changed = accounts.assoc(i, account);
  if (changed !== accounts) carryPath(accounts, changed, Number(i));
  return changed;
}

/** Sizes for the cells of `after`, which differs from `before` in element i. */
function carryPath(before: Vector, after: Vector, i: number): void {
  if (!hasSizes(before) && !measureEmbedded(before)) return;
  const old = slotOnPath(before, i);
  const next = slotOnPath(after, i);
  if (old instanceof Vector && next instanceof Vector)
    carryPath(old, next, indexInChild(before, i));
  carrySizes(before, after, old, next);
}

/** A store knows the sizes of the cells it loads, but not of those embedded in them. */
function measureEmbedded(v: Vector): boolean {
  if (v.lengthCache === 0 || v.lengthCache > MAX_EMBEDDED_LENGTH) return false;
  memorySize(v);
  return hasSizes(v);
}

/** What holds element i in a vector: the element itself, a child of a tree, or a prefix. */
function slotOnPath(v: Vector, i: number): Slot {
  if (v.isTree) return v.slots[i >>> childShift(v.count)] as Slot;
  const at = i - (v.count - v.slots.length);
  return at >= 0 ? (v.slots[at] as Slot) : v.prefix;
}

function indexInChild(v: Vector, i: number): number {
  return v.isTree ? i & ((1 << childShift(v.count)) - 1) : i;
}
