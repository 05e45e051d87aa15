// hot: see test/bench. Sets (sheet 01 §7): elements in the order of their hashes. The structure is
// that of hash-trie.ts with entries of one slot. Set algebra and long slices reproduce the
// reference where it is wrong (sheet 01 §21.1, §21.2): set-algebra.ts, set-slice.ts.

import type { ByteReader } from "./byte-reader.ts";
import { resolveAt, type Slot, type Value } from "./cell.ts";
import { hashKey } from "./encode.ts";
import { BadFormatError } from "./errors.ts";
import { recordCount } from "./exact-count.ts";
import { popcount } from "./hash-digits.ts";
import { findLeaf, HashTrie, isFullTree, LEAF, LEAF_MAX, slotIndexIn } from "./hash-trie.ts";
import { buildFrom } from "./hash-trie-bulk.ts";
import { put, remove } from "./hash-trie-edit.ts";
import { arrayOfSet, collect, type EntryPlace, leavesOf, placeAt } from "./hash-trie-walk.ts";
import { hashRead } from "./read-entries.ts";
import { combineSets, INTERSECTION, LEFT_DIFFERENCE, UNION } from "./set-algebra.ts";
import { holdsAll } from "./set-compare.ts";
import { sliceOfSet } from "./set-slice.ts";
import { TAG } from "./tag.ts";

export class CVMSet extends HashTrie {
  static readonly EMPTY: CVMSet = new CVMSet(0, [], LEAF, 0, null);

  /** The set of these values. */
  static from(values: readonly Value[]): CVMSet {
    if (values.length === 1) return CVMSet.EMPTY.include(values[0] as Value);
    return buildFrom(CVMSet.EMPTY, values, null);
  }

  static of(...values: Value[]): CVMSet {
    return CVMSet.from(values);
  }

  override get tag(): number {
    return TAG.SET;
  }
  override get stride(): 1 {
    return 1;
  }
  override get empty(): this {
    return CVMSet.EMPTY as this;
  }
  override make(
    count: number,
    slots: Slot[],
    shift: number,
    mask: number,
    hashes: string[] | null,
  ): this {
    return new CVMSet(count, slots, shift, mask, hashes) as this;
  }

  has(value: Value): boolean {
    const hash = this.isLeaf ? null : hashKey(value);
    return slotIndexIn(hash === null ? this : findLeaf<CVMSet>(this, hash), value, hash) >= 0;
  }

  /** This set with an element; the same object when it has it already. */
  include(value: Value): CVMSet {
    return put<CVMSet>(this, value, null);
  }

  /** This set without an element; the same object when it does not have it. */
  exclude(value: Value): CVMSet {
    return remove<CVMSet>(this, value);
  }

  /** @throws PanicError, and may give a misshapen set: sheet 01 §21.1 */
  union(other: CVMSet): CVMSet {
    return combineSets(this, other, UNION);
  }

  /** @throws PanicError, and may give a misshapen set: sheet 01 §21.1 */
  intersection(other: CVMSet): CVMSet {
    return combineSets(this, other, INTERSECTION);
  }

  /** The elements that the other set does not have. @throws PanicError: sheet 01 §21.1 */
  difference(other: CVMSet): CVMSet {
    return combineSets(this, other, LEFT_DIFFERENCE);
  }

  /** Whether the other set has all elements of this one, as far as the reference finds them. */
  isSubset(other: CVMSet): boolean {
    return holdsAll(other, this);
  }

  /** The place of element i, in order of hash. @throws RangeError unless 0 ≤ i < count */
  placeAt(i: number): EntryPlace<CVMSet> {
    return placeAt<CVMSet>(this, i);
  }

  /** Element i, in order of hash. @throws RangeError unless 0 ≤ i < count */
  at(i: number): Value {
    const { leaf, at } = this.placeAt(i);
    return resolveAt(leaf.slots, at);
  }

  /** All elements in order of hash, by position (hash-trie-walk.ts). @throws WorkLimitError */
  toArray(): Value[] {
    return collect(this, 0);
  }

  /** Whether all counts in it are true; those of a hand-made Set need not be. */
  get isFull(): boolean {
    return this.isLeaf || isFullTree(this, true);
  }

  /** The elements in an array of as many places as the Set counts (`arrayOfSet`). */
  toPlaces(): Value[] {
    return arrayOfSet(this);
  }

  /** All elements one at a time, as `toArray` has them. */
  *[Symbol.iterator](): Iterator<Value> {
    for (const { slots } of leavesOf<CVMSet>(this)) {
      for (let i = 0; i < slots.length; i++) yield resolveAt(slots, i);
    }
  }

  /**
   * The elements start … end-1 in order; of more than 15 elements sometimes others: sheet 01 §21.2.
   * @throws RangeError unless 0 ≤ start ≤ end ≤ count
   */
  slice(start: number, end: number): CVMSet {
    if (!(start >= 0 && start <= end && end <= this.count)) {
      throw new RangeError(`no elements ${start} … ${end} of ${this.countInteger}`);
    }
    return sliceOfSet(this, start, end);
  }
}

/**
 * Reads what follows the tag of a set. Accepts what sheet 01 §14 lists: children of any kind, any
 * digits, any shift; of what this peer has written also a tree of one child.
 * @throws BadFormatError
 */
export function readSet(r: ByteReader): CVMSet {
  const count = r.vlq();
  if (count === 0) return CVMSet.EMPTY;
  return count <= LEAF_MAX ? readLeaf(r, Number(count)) : readTree(r, count);
}

function readLeaf(r: ByteReader, count: number): CVMSet {
  if (count === 1) return new CVMSet(1, [r.slot()], LEAF, 0, null);
  const slots: Slot[] = [];
  const hashes: string[] = [];
  let isRegular = true;
  for (let i = 0; i < count; i++) {
    const start = r.pos;
    const slot = r.slot();
    const hash = hashRead(r, start, slot);
    if (i > 0 && (hashes[i - 1] as string) >= hash) {
      if (!r.isOwn) {
        throw new BadFormatError("elements of a set are not in ascending order of hash");
      }
      isRegular = false;
    }
    hashes.push(hash);
    slots.push(slot);
  }
  const leaf = new CVMSet(count, slots, LEAF, 0, hashes);
  leaf.isRegular = isRegular;
  return leaf;
}

function readTree(r: ByteReader, count: number | bigint): CVMSet {
  const shift = (r.byte() << 24) >> 24;
  const mask = (r.byte() << 8) | r.byte();
  // Set algebra leaves trees of one child (set-algebra.ts), and the State may hold them.
  if (popcount(mask) < 2 && !r.isOwn) {
    throw new BadFormatError("a tree of a set has fewer than two children");
  }
  const slots: Slot[] = [];
  for (let i = popcount(mask); i > 0; i--) slots.push(r.slot());
  const set = new CVMSet(Number(count), slots, shift, mask, null);
  recordCount(set, count);
  return set;
}
