// hot: see test/bench. Maps (sheet 01 §7): entries in the order of the hashes of their keys. The
// structure is that of hash-trie.ts with entries of two slots.

import type { ByteReader } from "./byte-reader.ts";
import { resolveAt, type Slot, type Value } from "./cell.ts";
import { hashKey } from "./encode.ts";
import { BadFormatError } from "./errors.ts";
import { recordCount } from "./exact-count.ts";
import { uncounted } from "./free-work.ts";
import { popcount } from "./hash-digits.ts";
import {
  checkCopyCount,
  findLeaf,
  HashTrie,
  isFullTree,
  LEAF,
  LEAF_MAX,
  slotIndexIn,
} from "./hash-trie.ts";
import { buildFrom } from "./hash-trie-bulk.ts";
import { leafToChange, put, remove } from "./hash-trie-edit.ts";
import { leafOf } from "./hash-trie-rebuild.ts";
import { isSoundTrie } from "./hash-trie-sound.ts";
import {
  collect,
  type EntryPlace,
  forEachHeldLeaf,
  forEachLeaf,
  leavesOf,
  placeAt,
} from "./hash-trie-walk.ts";
import { sliceOfMap } from "./map-slice.ts";
import { hashRead } from "./read-entries.ts";
import { TAG } from "./tag.ts";

export class CVMMap extends HashTrie {
  static readonly EMPTY: CVMMap = new CVMMap(0, [], LEAF, 0, null);

  /** The map of these entries; of entries with equal keys the last. */
  static from(entries: readonly (readonly [Value, Value])[]): CVMMap {
    if (entries.length === 1) return CVMMap.EMPTY.assoc(...(entries[0] as readonly [Value, Value]));
    const keys = entries.map((entry) => entry[0]);
    const values = entries.map((entry) => entry[1]);
    return buildFrom(CVMMap.EMPTY, keys, values);
  }

  /**
   * The map of at most 15 entries: `slots` are keys and values by turns, in ascending order of the
   * keys' hashes.
   */
  static ofOrdered(slots: Slot[]): CVMMap {
    return leafOf(CVMMap.EMPTY, slots, null);
  }

  override get tag(): number {
    return TAG.MAP;
  }
  override get stride(): 2 {
    return 2;
  }
  override get empty(): this {
    return CVMMap.EMPTY as this;
  }
  override make(
    count: number,
    slots: Slot[],
    shift: number,
    mask: number,
    hashes: string[] | null,
  ): this {
    return new CVMMap(count, slots, shift, mask, hashes) as this;
  }

  /** The value of a key, undefined when there is none. */
  get(key: Value): Value | undefined {
    const hash = this.isLeaf ? null : hashKey(key);
    const leaf = hash === null ? this : findLeaf<CVMMap>(this, hash);
    const at = slotIndexIn(leaf, key, hash);
    return at < 0 ? undefined : resolveAt((leaf as CVMMap).slots, at + 1);
  }

  has(key: Value): boolean {
    const hash = this.isLeaf ? null : hashKey(key);
    return slotIndexIn(hash === null ? this : findLeaf<CVMMap>(this, hash), key, hash) >= 0;
  }

  /**
   * The value that `assoc` would replace, undefined where it would add one. Counts no work unless
   * it is told to: it is asked for only where there may be traces (cvm/history), which differs
   * between peers.
   * @param isCounted whether it counts the work of that `assoc`
   */
  replacedBy(key: Value, isCounted = false): Value | undefined {
    const hash = this.isLeaf ? null : hashKey(key);
    const find = (): CVMMap | null => leafToChange<CVMMap>(this, hash as string);
    const leaf = hash === null ? this : isCounted ? find() : uncounted(find);
    const at = slotIndexIn(leaf, key, hash);
    return at < 0 ? undefined : resolveAt((leaf as CVMMap).slots, at + 1);
  }

  /** This map with the value of a key set; the same object when that is its value already. */
  assoc(key: Value, value: Value): CVMMap {
    return put<CVMMap>(this, key, value);
  }

  /** This map without a key; the same object when it has none. */
  dissoc(key: Value): CVMMap {
    return remove<CVMMap>(this, key);
  }

  /** This map with the entries of another, which win over its own. */
  merge(other: CVMMap): CVMMap {
    if (this.count === 0 && other.isSound) return other;
    let merged: CVMMap = this;
    other.forEach((value, key) => {
      merged = merged.assoc(key, value);
    });
    return merged;
  }

  /** The place of entry i, in order of hash. @throws RangeError unless 0 ≤ i < count */
  placeAt(i: number): EntryPlace<CVMMap> {
    return placeAt<CVMMap>(this, i);
  }

  /** Entry i, in order of hash. @throws RangeError unless 0 ≤ i < count */
  entryAt(i: number): [Value, Value] {
    const { leaf, at } = this.placeAt(i);
    return [resolveAt(leaf.slots, at), resolveAt(leaf.slots, at + 1)];
  }

  /** All entries in order of hash, by position (hash-trie-walk.ts). @throws WorkLimitError */
  entries(): [Value, Value][] {
    checkCopyCount(this);
    const entries: [Value, Value][] = [];
    this.forEach((value, key) => {
      entries.push([key, value]);
    });
    return entries;
  }

  /** Whether all counts in it are true; those of a hand-made map need not be. */
  get isFull(): boolean {
    return this.isLeaf || isFullTree(this, true);
  }

  /** Whether it is the canonical map of its entries; a hand-made one need not be. */
  get isSound(): boolean {
    return isSoundTrie(this);
  }

  /** All entries that are there, whatever the counts say: if those are not true they are work. */
  heldEntries(): [Value, Value][] {
    const { isFull } = this;
    if (isFull) checkCopyCount(this);
    const entries: [Value, Value][] = [];
    forEachHeldLeaf<CVMMap>(
      this,
      ({ slots }) => {
        for (let i = 0; i < slots.length; i += 2) {
          entries.push([resolveAt(slots, i), resolveAt(slots, i + 1)]);
        }
      },
      !isFull,
    );
    return entries;
  }

  /** All keys, as `entries`. */
  keys(): Value[] {
    return collect(this, 0);
  }

  /** Visits all entries, as `entries` has them. */
  forEach(visit: (value: Value, key: Value) => void): void {
    forEachLeaf<CVMMap>(this, ({ slots }) => {
      for (let i = 0; i < slots.length; i += 2) visit(resolveAt(slots, i + 1), resolveAt(slots, i));
    });
  }

  /** All entries one at a time, as `entries` has them. */
  *[Symbol.iterator](): Iterator<[Value, Value]> {
    for (const { slots } of leavesOf<CVMMap>(this)) {
      for (let i = 0; i < slots.length; i += 2) {
        yield [resolveAt(slots, i), resolveAt(slots, i + 1)];
      }
    }
  }

  /** The entries start … end-1 in order. @throws RangeError unless 0 ≤ start ≤ end ≤ count */
  slice(start: number, end: number): CVMMap {
    if (!(start >= 0 && start <= end && end <= this.count)) {
      throw new RangeError(`no entries ${start} … ${end} of ${this.countInteger}`);
    }
    return sliceOfMap(this, start, end);
  }
}

/**
 * Reads what follows the tag of a map. Accepts what sheet 01 §14 lists: a tree with one child or
 * none, children of any kind, any digits.
 * @throws BadFormatError
 */
export function readMap(r: ByteReader): CVMMap {
  const count = r.vlq();
  if (count === 0) return CVMMap.EMPTY;
  return count <= LEAF_MAX ? readLeaf(r, Number(count)) : readTree(r, count);
}

function readLeaf(r: ByteReader, count: number): CVMMap {
  if (count === 1) return new CVMMap(1, [r.slot(), r.slot()], LEAF, 0, null);
  const slots: Slot[] = [];
  const hashes: string[] = [];
  let isRegular = true;
  for (let i = 0; i < count; i++) {
    const start = r.pos;
    const key = r.slot();
    const hash = hashRead(r, start, key);
    if (i > 0 && (hashes[i - 1] as string) >= hash) {
      if (!r.isOwn) throw new BadFormatError("keys of a map are not in ascending order of hash");
      isRegular = false;
    }
    hashes.push(hash);
    slots.push(key, r.slot());
  }
  const leaf = new CVMMap(count, slots, LEAF, 0, hashes);
  leaf.isRegular = isRegular;
  return leaf;
}

function readTree(r: ByteReader, count: number | bigint): CVMMap {
  const shift = r.byte();
  if (shift >= 0x80) throw new BadFormatError("negative shift of a map");
  const mask = (r.byte() << 8) | r.byte();
  const slots: Slot[] = [];
  for (let i = popcount(mask); i > 0; i--) slots.push(r.slot());
  const map = new CVMMap(Number(count), slots, shift, mask, null);
  recordCount(map, count);
  return map;
}
