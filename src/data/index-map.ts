// hot: see test/bench. The Index (CAD003; sheet 01 §8): a map in the order of its keys' bytes. A
// cell holds at most one entry of its own, whose key ends where the cell branches, and children
// that differ in the hex digit at `depth`. Here is the cell; index-tree.ts searches and changes it,
// index-walk.ts goes through its entries, index-sound.ts and T35, T42, T46 are about hand-made
// ones. (Not called index.ts, which would read as the index of a folder.)
//
// Decoding accepts children of other types, keys that are none, and counts, depths and digits that
// are wrong. As in the reference they are believed; where it throws, BadStructureError is thrown.

import { isBranch } from "./branches.ts";
import type { ByteReader } from "./byte-reader.ts";
import { Cell, type Integer, Ref, resolveAt, type Slot, type Value } from "./cell.ts";
import { slotLength, writeSlot } from "./encode.ts";
import { BadFormatError, BadStructureError, IndexFaultError } from "./errors.ts";
import { exactCount, recordCount } from "./exact-count.ts";
import { popcount } from "./hash-digits.ts";
import { checkCopyCount } from "./hash-trie.ts";
import { indexKeyOf, isIndexKey, isMatchingAll } from "./index-key.ts";
import { isSound, sliceByKeys } from "./index-sound.ts";
import {
  filterEntries,
  findEntry,
  isOnlyEntryMatchedByAll,
  putEntry,
  removeEntry,
  withEntry,
} from "./index-tree.ts";
import { hasCount, placedSlots, placeOf, sliceOf, visitAll, visitPlaced } from "./index-walk.ts";
import { TAG } from "./tag.ts";
import { noteUnreadable } from "./unreadable.ts";
import { MAX_COPY_COUNT } from "./vector.ts";
import { vlqLength, type Writer } from "./writer.ts";

/**
 * Hex digits of the longest key; also the `depth` of a cell of one entry, which does not branch.
 */
export const INDEX_DIGITS = 64;
/** Marks in the encoding whether a cell of several entries has one of its own. */
const NO_ENTRY = 0x00;
const WITH_ENTRY = 0x80;

export class Index extends Cell {
  static readonly EMPTY: Index = new Index(0, false, [], INDEX_DIGITS, 0);

  /** Number of entries; rounded above 2^53-1, which only a damaged Index declares. */
  readonly count: number;
  /** Whether the first two slots are the key and value of an entry. */
  readonly hasEntry: boolean;
  /** The entry, if any, and the children in order of digit. */
  readonly slots: Slot[];
  /** Position of the digit that tells the children apart: 0 … 63 with two entries or more. */
  readonly depth: number;
  /** Bit d is set when there is a child for digit d. */
  readonly mask: number;
  /** Bytes of the own entry's key as index-key.ts makes them; null until they are asked for. */
  ownKey: string | null = null;

  /** Builds one cell as it is. Use `from` or the methods. */
  constructor(count: number, hasEntry: boolean, slots: Slot[], depth: number, mask: number) {
    super();
    this.count = count;
    this.hasEntry = hasEntry;
    this.slots = slots;
    this.depth = depth;
    this.mask = mask;
    if (!this.isReadable) noteUnreadable();
  }

  /** The Index of these entries, later ones winning; null when one of the keys cannot be one. */
  static from(entries: readonly (readonly [Value, Value])[]): Index | null {
    let index: Index | null = Index.EMPTY;
    for (const [key, value] of entries) {
      index = index.assoc(key, value);
      if (index === null) return null;
    }
    return index;
  }

  /** Number of entries, exact: as it is encoded. */
  get countInteger(): Integer {
    return exactCount(this);
  }

  override get tag(): number {
    return TAG.INDEX;
  }
  override get slotCount(): number {
    return this.slots.length;
  }
  override slotAt(index: number): Slot {
    return this.slots[index] as Slot;
  }
  override fillSlot(index: number, value: Value): void {
    this.slots[index] = value;
  }

  override measure(): number {
    let length = 1 + vlqLength(this.countInteger);
    if (!this.#hasBody()) return length;
    if (this.count === 1) return length + slotLength(this.slotAt(0)) + slotLength(this.slotAt(1));
    for (const slot of this.slots) length += slotLength(slot);
    return length + 4;
  }

  override writeTo(w: Writer): void {
    const { slots, count } = this;
    w.byte(TAG.INDEX);
    w.vlq(this.countInteger);
    if (!this.#hasBody()) return;
    let i = 0;
    if (count > 1) {
      w.byte(this.hasEntry ? WITH_ENTRY : NO_ENTRY);
      for (; this.hasEntry && i < 2; i++) writeSlot(w, slots[i] as Slot);
      w.byte(this.depth);
      w.byte(this.mask >> 8);
      w.byte(this.mask & 0xff);
    }
    const end = count === 1 ? 2 : slots.length;
    for (; i < end; i++) writeSlot(w, slots[i] as Slot);
  }

  /** Whether the cell can be encoded: some that code makes of hand-made ones can't. */
  get #hasEncoding(): boolean {
    return this.count === 1 ? this.hasEntry : this.count >= 0;
  }

  /**
   * Whether it can be encoded, and decoded again (T48): not when its only entry is under what is no
   * key, or when it has more or fewer children than digits.
   */
  get isReadable(): boolean {
    const { count, hasEntry, slots, mask } = this;
    if (count === 1) return hasEntry && isKeySlot(slots[0] as Slot);
    return count < 1 ? count === 0 : popcount(mask) === slots.length - (hasEntry ? 2 : 0);
  }

  /**
   * Whether anything follows the count in the encoding: not when that is 0, whatever the cell
   * holds.
   * @throws BadStructureError for a cell that can't be encoded
   */
  #hasBody(): boolean {
    const { count } = this;
    if (!this.#hasEncoding) {
      throw new BadStructureError(`an Index that counts ${count} has no encoding`);
    }
    return count > 0;
  }

  /** The value of the entry with the bytes of this key; undefined when there is none. */
  get(key: Value): Value | undefined {
    if (isOnlyEntryMatchedByAll(this, key)) return resolveAt(this.slots, 1);
    const bytes = indexKeyOf(key);
    const holder = bytes === null ? null : findEntry(this, bytes, isMatchingAll(key));
    return holder === null ? undefined : resolveAt(holder.slots, 1);
  }

  /** `get` by the bytes of a key, at most 32, as characters 0–255. */
  lookup(bytes: string): Value | undefined {
    const holder = findEntry(this, bytes, false);
    return holder === null ? undefined : resolveAt(holder.slots, 1);
  }

  has(key: Value): boolean {
    if (isOnlyEntryMatchedByAll(this, key)) return true;
    const bytes = indexKeyOf(key);
    return bytes !== null && findEntry(this, bytes, isMatchingAll(key)) !== null;
  }

  /**
   * This Index with an entry set: the key takes the place of one with the same bytes. The same
   * object when it has that key and that value, as objects; null when the key cannot be one.
   */
  assoc(key: Value, value: Value): Index | null {
    // The bytes of the only key are not looked at, which may be damaged (T46).
    if (this.count === 0) return isIndexKey(key) ? putEntry(this, "", key, value) : null;
    if (isOnlyEntryMatchedByAll(this, key)) return withEntry(this, key, value);
    const bytes = indexKeyOf(key);
    return bytes === null ? null : putEntry(this, bytes, key, value);
  }

  /**
   * This Index without the entry with the bytes of this key; the same object when it has none.
   * @throws BadStructureError when `dissocOrNil` leaves nothing
   */
  dissoc(key: Value): Index {
    return somethingLeft(this.dissocOrNil(key));
  }

  /** As dissoc; null where the reference leaves nil, of some hand-made Indexes. */
  dissocOrNil(key: Value): Index | null {
    if (isOnlyEntryMatchedByAll(this, key)) return Index.EMPTY;
    const bytes = indexKeyOf(key);
    return bytes === null ? this : removeEntry(this, bytes, isMatchingAll(key));
  }

  /**
   * This Index without the entries whose values `keeps` is false of, save some that the reference
   * does not leave out either (T36, see `filterEntries`). The same object when none is left out.
   */
  filterValues(keeps: (value: Value) => boolean): Index {
    return filterEntries(this, keeps);
  }

  /** Entry i in order of key. @throws RangeError unless 0 ≤ i < count */
  entryAt(i: number): [Value, Value] {
    return this.cellAt(i).ownEntry;
  }

  /**
   * The cell whose own entry is entry i in order of key. @throws RangeError unless 0 ≤ i < count
   */
  cellAt(i: number): Index {
    if (!(i >= 0 && i < this.count)) {
      // Beyond 2^53 a position in range can be rounded up to the count, as in hash-trie-walk.ts.
      if (i === this.count && i > Number.MAX_SAFE_INTEGER) throw new IndexFaultError(i);
      throw new RangeError(`no entry ${i} of ${this.countInteger}`);
    }
    return placeOf(this, i);
  }

  /** The own entry of this cell, which must have one. */
  get ownEntry(): [Value, Value] {
    return [resolveAt(this.slots, 0), resolveAt(this.slots, 1)];
  }

  /** All entries in order of key, by position: as many as are counted. @throws WorkLimitError */
  entries(): [Value, Value][] {
    checkCopyCount(this);
    const entries: [Value, Value][] = [];
    this.forEach((value, key) => {
      entries.push([key, value]);
    });
    return entries;
  }

  /** All keys, as `entries`. */
  keys(): Value[] {
    checkCopyCount(this);
    const keys: Value[] = [];
    visitPlaced(this, this.count, (slots) => {
      keys.push(resolveAt(slots, 0));
    });
    return keys;
  }

  /** All entries that are there, in order of key, however many are counted. */
  heldEntries(): [Value, Value][] {
    const entries: [Value, Value][] = [];
    this.#visitHeld((slots) => {
      entries.push([resolveAt(slots, 0), resolveAt(slots, 1)]);
    });
    return entries;
  }

  /** All values, as `heldEntries`. */
  values(): Value[] {
    const values: Value[] = [];
    this.#visitHeld((slots) => {
      values.push(resolveAt(slots, 1));
    });
    return values;
  }

  #visitHeld(visit: (slots: Slot[]) => void): void {
    visitAll(this, visit, this.count > MAX_COPY_COUNT);
  }

  /** Whether the count of this cell is the sum of its parts', and small enough to be copied. */
  get hasCount(): boolean {
    return this.count <= MAX_COPY_COUNT && hasCount(this);
  }

  /** Visits all entries, as `entries` has them. */
  forEach(visit: (value: Value, key: Value) => void): void {
    visitPlaced(this, this.count, (slots) => visit(resolveAt(slots, 1), resolveAt(slots, 0)));
  }

  /** All entries one at a time, as `entries` has them. */
  *[Symbol.iterator](): Iterator<[Value, Value]> {
    for (const slots of placedSlots(this, this.count)) {
      yield [resolveAt(slots, 0), resolveAt(slots, 1)];
    }
  }

  /**
   * The entries start … end-1 in order.
   * @throws RangeError unless 0 ≤ start ≤ end ≤ count
   * @throws BadStructureError when `sliceOrNil` leaves nothing
   */
  slice(start: number, end: number): Index {
    return somethingLeft(this.sliceOrNil(start, end));
  }

  /** As slice; null where the reference leaves nil, of some hand-made Indexes. */
  sliceOrNil(start: number, end: number): Index | null {
    if (!(start >= 0 && start <= end && end <= this.count)) {
      throw new RangeError(`no entries ${start} … ${end} of ${this.countInteger}`);
    }
    if (start === end || end - start === this.count || isSound(this)) {
      return sliceOf(this, start, end);
    }
    return sliceByKeys(this, start, end);
  }
}

function somethingLeft(index: Index | null): Index {
  if (index === null) throw new BadStructureError("nothing is left of an Index");
  return index;
}

/**
 * Reads what follows the tag of an Index. Accepts what sheet 01 §14 lists: from two entries on any
 * children, digits and keys.
 * @throws BadFormatError
 */
export function readIndex(r: ByteReader): Index {
  const count = r.vlq();
  if (count === 0) return Index.EMPTY;
  if (count === 1) return readSingle(r);
  const part = r.byte();
  if (part !== NO_ENTRY && part !== WITH_ENTRY) {
    throw new BadFormatError(`entry of an Index marked with 0x${part.toString(16)}`);
  }
  const hasEntry = part === WITH_ENTRY;
  const slots: Slot[] = hasEntry ? [r.slot(), r.slot()] : [];
  const depth = r.byte();
  if (depth >= INDEX_DIGITS) throw new BadFormatError(`an Index that branches at digit ${depth}`);
  const mask = (r.byte() << 8) | r.byte();
  for (let i = popcount(mask); i > 0; i--) slots.push(r.slot());
  const index = new Index(Number(count), hasEntry, slots, depth, mask);
  recordCount(index, count);
  return index;
}

/**
 * Whether a slot can hold the key of an only entry. A branch is not looked at: when it is read
 * again it will be a Ref, and whether it is one now depends on what this peer has loaded.
 */
function isKeySlot(slot: Slot): boolean {
  return slot instanceof Ref || isIndexKey(slot) || isBranch(slot);
}

function readSingle(r: ByteReader): Index {
  const key = r.slot();
  if (!isKeySlot(key)) {
    throw new BadFormatError("the key of an Index does not stand for bytes");
  }
  return new Index(1, true, [key, r.slot()], INDEX_DIGITS, 0);
}
