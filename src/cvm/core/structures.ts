// hot: see test/bench. Operations on any data structure (sheet 02 §17, §19): Vector, List, Set,
// map, Index, records, generic dense records, Signed data. A record is read in place, and becomes
// an ordinary map when it is changed. A generic dense record has the entries [i field-i] for
// whatever walks it, but no key finds anything in it.

import type { Integer, Value } from "../../data/cell.ts";
import { PanicError } from "../../data/errors.ts";
import { doWork, workLeft } from "../../data/free-work.ts";
import { checkCopyCount } from "../../data/hash-trie.ts";
import { Index } from "../../data/index-map.ts";
import { isCounted } from "../../data/index-walk.ts";
import { isLong, minus } from "../../data/integer.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { DataRecord, DenseRecord, fieldByKey, fieldIndex } from "../../data/record.ts";
import { PricedMemo, RunMemo } from "../../data/run-memory.ts";
import { CVMSet } from "../../data/set.ts";
import { SignedData } from "../../data/signed.ts";
import { MAX_COPY_COUNT, Vector } from "../../data/vector.ts";
import { isSound } from "../../data/vector-sound.ts";
import { HostError } from "../../state/host-error.ts";
import {
  appendedToVector,
  copyAsArray,
  entryVector,
  refValue,
  replacedInList,
  replacedInVector,
  sliceOfList,
  sliceOfVector,
  toCanonical,
} from "../history/array-vectors.ts";
import { valueUnder, withEntry, withoutValue, withValue } from "../history/maps.ts";
import { hasMember, withMember, withoutMember } from "../history/sets.ts";
import { PAID_ELEMENTS_MAX } from "./unpaid-work.ts";

// Units of work (data/free-work.ts) that the reference does for nothing:
/** To copy an element into a range. */
const RANGE_WORK = 2;
/** To list an element of a Set. */
const ELEMENT_WORK = 50;
/** To make the Vector of an entry. */
const MADE_ENTRY_WORK = 130;
/** To find an entry by its position, too. */
const PLACED_ENTRY_WORK = 1000;
/** To put an entry into a map. */
const ENTRY_WORK = 1500;

/** A record of any kind: fixed fields, in a fixed order. */
export type RecordLike = DataRecord | SignedData | DenseRecord;
/** What `map?` is true of. */
export type MapLike = CVMMap | Index | RecordLike;
/** What has an order of its own and can be concatenated. */
export type Sequential = Vector | List;
/** What `coll?` is true of. */
export type Structure = Sequential | CVMSet | MapLike;

/** Whether a value is a record: of a known type, signed data, or generic. */
export function isRecordLike(v: Value): v is RecordLike {
  return v instanceof DataRecord || v instanceof SignedData || v instanceof DenseRecord;
}

/** Whether `map?` is true of a value. */
export function isMapLike(v: Value): v is MapLike {
  return v instanceof CVMMap || v instanceof Index || isRecordLike(v);
}

/**
 * Whether `coll?` is true of a value: not of nil, though most functions take that for an empty one.
 */
export function isStructure(v: Value): v is Structure {
  return v instanceof Vector || v instanceof List || v instanceof CVMSet || isMapLike(v);
}

/** Number of elements, rounded above 2^53-1. */
export function structureCount(s: Structure): number {
  if (s instanceof DenseRecord) return s.fields.count;
  if (s instanceof DataRecord) return s.fieldCount;
  return s instanceof SignedData ? s.fieldNames.length : s.count;
}

/** Entry i of a map in its order; `i` is in range. */
export function entryAt(m: MapLike, i: number): readonly [Value, Value] {
  if (m instanceof CVMMap || m instanceof Index) return m.entryAt(i);
  if (m instanceof DenseRecord) return [i, m.fields.get(i)];
  return [m.fieldNames[i] as Value, m.field(i)];
}

/** Element i in the structure's order, a map's entry as a Vector; `i` is in range. */
export function elementAt(s: Structure, i: Integer): Value {
  if (s instanceof Vector || s instanceof List) return s.get(i);
  if (s instanceof CVMSet) return s.at(Number(i));
  if (s instanceof DenseRecord) return Vector.of(i, s.fields.get(i));
  const [key, value] = entryAt(s, Number(i));
  return entryVector(key, value);
}

/** All elements in the structure's order. */
export function elements(s: Structure): Value[] {
  if (!isMapLike(s)) return s.toArray();
  return entries(s).map(([key, value]) => entryVector(key, value));
}

/** All entries in order, by position; of a record its fields with their names or positions. */
export function entries(m: MapLike): readonly (readonly [Value, Value])[] {
  if (m instanceof CVMMap || m instanceof Index) return m.entries();
  if (isOddRecord(m)) return fieldsByPosition(m);
  return Array.from({ length: structureCount(m) }, (_, i) => entryAt(m, i));
}

/** Whether a generic record has a hand-made Vector of fields, which may count any number (T47). */
export function isOddRecord(s: Structure): s is DenseRecord {
  return s instanceof DenseRecord && !isSound(s.fields);
}

/** @throws VectorFaultError where a field is missing, WorkLimitError when there are too many */
function fieldsByPosition({ fields }: DenseRecord): [Value, Value][] {
  const found: [Value, Value][] = [];
  for (let i = 0; i < fields.count; i++) {
    doWork(ENTRY_WORK);
    found.push([i, fields.get(i)]);
  }
  return found;
}

/** `entries` one at a time, for callers that may stop early. */
export function eachEntry(m: MapLike): Iterable<readonly [Value, Value]> {
  if (!(m instanceof CVMMap || m instanceof Index)) return entries(m);
  checkCopyCount(m);
  return m;
}

/** Most elements of a range: positions in the reference's arrays have 32 bits. */
export const MAX_RANGE_COUNT = 2 ** 31 - 1;

/** @throws HostError when so many elements are left of a structure that the reference throws */
export function checkRangeCount(count: number): void {
  if (count >= MAX_RANGE_COUNT) throw new HostError(`Index out of range: ${count}`);
}

/**
 * For copies that juice cannot prevent, because it wraps around (T45).
 * @throws PanicError when the reference has no memory for so many elements, or would need years
 */
export function checkCopy(count: Integer): void {
  if (count > MAX_COPY_COUNT) throw new PanicError(`${count} elements to copy`);
}

/** Counts the work of a range, which the reference copies for nothing. */
export function doRangeWork(count: number): void {
  doWork(count * RANGE_WORK);
}

/**
 * The elements from `start` on without the last `after`, as a Vector; null where the reference
 * gives nil, for some hand-made structures.
 * @throws HostError when they are too many
 */
export function rangeOf(s: Structure, start: number, after: number): Vector | null {
  if (s instanceof Vector && (start + after === 0 || !isSound(s))) {
    return sliceOfVector(toCanonical(s), start, minus(s.countInteger, after));
  }
  const end = structureCount(s) - after;
  if (!isRecordLike(s)) checkRangeCount(end - start);
  const isByPlace = s instanceof Index || (s instanceof CVMMap && isMiscounted(s));
  const sequence = isByPlace ? Vector.from(elementsInPlace(s)) : sequentialOf(s);
  checkRangeCount(sequence.count - 1);
  doRangeWork(end - start);
  if (sequence instanceof List) return asVector(sequence).slice(start, end);
  return sliceOfVector(s instanceof Vector ? toCanonical(s) : sequence, start, end);
}

/** The entries by position, copied anew each time: they count as work. @throws WorkLimitError */
function elementsInPlace(map: Index | CVMMap): Vector[] {
  checkCopyCount(map);
  const made: Vector[] = [];
  map.forEach((value, key) => {
    doWork(PLACED_ENTRY_WORK);
    made.push(entryVector(key, value));
  });
  return made;
}

/** The elements of a List as a Vector. */
function asVector(list: List): Vector {
  return isSound(list.vector) ? list.vector.backwards() : Vector.from(list.toArray());
}

/** @throws HostError when a Set counts more than an array of the reference has places */
export function checkPlaces(set: CVMSet): void {
  if (set.count > MAX_RANGE_COUNT) throw new HostError(`Size out of range: ${set.count}`);
}

/** What `sequentialOf` made of structures that are no sequences. */
const vectors = new RunMemo<Structure, Vector>();

const miscounted = new PricedMemo<Index, boolean>();

/** Whether an Index or a map is hand-made with counts that are not true. */
export function isMiscounted(s: Structure): s is Index | CVMMap {
  if (!(s instanceof Index)) return s instanceof CVMMap && !s.isFull;
  return miscounted.of(s, () => !s.hasCount || !isCounted(s, PAID_ELEMENTS_MAX));
}

/** All entries that are there in an Index or a map, whatever they count, as a Vector. */
export function heldIn(map: Index | CVMMap): Vector {
  const entries = () => map.heldEntries().map(([key, value]) => entryVector(key, value));
  return remembered(map, entries);
}

/**
 * What was made of a structure in this run. What is work to make is made each time: peers differ in
 * which structures are one object.
 */
function remembered(s: Structure, make: () => Value[]): Vector {
  const known = vectors.get(s);
  if (known !== undefined) return known;
  const before = workLeft();
  const vector = Vector.from(make());
  if (workLeft() === before) vectors.set(s, vector);
  return vector;
}

/**
 * A sequence as it is; anything else as the Vector of its elements, which costs work.
 * @throws WorkLimitError, and HostError of `checkPlaces`
 */
export function sequentialOf(s: Structure): Sequential {
  if (s instanceof Vector || s instanceof List) return s;
  if (s instanceof CVMSet) checkPlaces(s);
  if (!isMiscounted(s) && !isOddRecord(s)) {
    doWork(structureCount(s) * (s instanceof CVMSet ? ELEMENT_WORK : MADE_ENTRY_WORK));
  }
  if (s instanceof Index || s instanceof CVMMap) return heldIn(s);
  if (s instanceof CVMSet) return copyAsArray(remembered(s, () => s.toPlaces()));
  return remembered(s, () => elements(s));
}

/** A Vector or List as it is, nil as the empty Vector; null for anything else. */
export function sequenceOf(value: Value): Sequential | null {
  if (value === null) return Vector.EMPTY;
  return value instanceof Vector || value instanceof List ? value : null;
}

const plainMaps = new PricedMemo<RecordLike, CVMMap>();

/**
 * The ordinary map of a record's entries; a map or Index is itself.
 * @throws WorkLimitError when a generic record has too many fields
 */
export function plainMap(m: MapLike): CVMMap | Index {
  if (!isRecordLike(m)) return m;
  if (!isOddRecord(m)) doWork(structureCount(m) * ENTRY_WORK);
  return plainMaps.of(m, () => CVMMap.from(entries(m)));
}

/** The position that a key is in a sequence of n elements, or -1. */
function position(key: Value, n: Integer): Integer {
  return isLong(key) && (key as Integer) >= 0 && (key as Integer) < n ? (key as Integer) : -1;
}

/** Value under a key; undefined when there is none. For a member of a Set it is true. */
export function valueAt(s: Structure, key: Value): Value | undefined {
  if (s instanceof CVMMap) return valueUnder(s, key);
  if (s instanceof Index) return s.get(key);
  if (s instanceof Vector || s instanceof List) {
    const i = position(key, s.countInteger);
    return i < 0 ? undefined : s.get(i);
  }
  if (s instanceof CVMSet) return hasMember(s, key) ? true : undefined;
  return s instanceof DenseRecord ? undefined : fieldByKey(s, key);
}

/** Whether `valueAt` finds a value, which may be nil. */
export function hasKey(s: Structure, key: Value): boolean {
  if (isRecordLike(s)) return !(s instanceof DenseRecord) && fieldIndex(s, key) >= 0;
  if (s instanceof Vector || s instanceof List) return position(key, s.countInteger) >= 0;
  return valueAt(s, key) !== undefined;
}

/** The structure with `value` under `key`; null when it cannot hold that. */
export function withValueAt(s: Structure, key: Value, value: Value): Structure | null {
  if (s instanceof CVMMap) return withValue(s, key, value);
  if (s instanceof Index) return s.assoc(key, refValue(value));
  if (s instanceof Vector || s instanceof List) {
    const i = position(key, s.countInteger);
    if (i < 0) return null;
    return s instanceof Vector ? replacedInVector(s, i, value) : replacedInList(s, i, value);
  }
  if (s instanceof CVMSet) {
    return value === true ? withMember(s, key) : value === false ? withoutMember(s, key) : null;
  }
  const fields = plainMap(s);
  return fields instanceof Index
    ? fields.assoc(key, refValue(value))
    : withValue(fields, key, value);
}

/** The structure with one more element; null when it cannot hold that. */
export function withElement(s: Structure, value: Value): Structure | null {
  if (s instanceof Vector) return appendedToVector(s, value);
  if (s instanceof List) return s.cons(refValue(value));
  if (s instanceof CVMSet) return withMember(s, value);
  if (!(value instanceof Vector) || value.count !== 2) return null;
  const [key, entry] = [value.get(0), value.get(1)];
  const map = plainMap(s);
  return map instanceof CVMMap ? withEntry(map, key, entry) : map.assoc(key, refValue(entry));
}

/**
 * The map without a key; null where the reference gives nil, for some hand-made Indexes. A record
 * stays a record unless the key is one of its fields.
 */
export function withoutKey(m: MapLike, key: Value): MapLike | null {
  if (m instanceof CVMMap) return withoutValue(m, key);
  if (m instanceof Index) return m.dissocOrNil(key);
  return hasKey(m, key) ? plainMap(m).dissoc(key) : m;
}

/** The empty structure of the same kind; a record's is the empty map. */
export function emptyLike(s: Structure): Structure {
  if (s instanceof Vector) return Vector.EMPTY;
  if (s instanceof List) return List.EMPTY;
  if (s instanceof CVMSet) return CVMSet.EMPTY;
  return s instanceof Index ? Index.EMPTY : CVMMap.EMPTY;
}

/**
 * The elements start … end-1 as a structure of the same kind; of a record a map of these fields.
 * Null where the reference gives nil, for some hand-made structures.
 */
export function sliceOf(s: Structure, start: Integer, end: Integer): Structure | null {
  if (s instanceof Vector) return sliceOfVector(s, start, end);
  if (s instanceof List) return sliceOfList(s, start, end);
  const from = Number(start);
  const to = Number(end);
  if (s instanceof Index) return s.sliceOrNil(from, to);
  if (!isRecordLike(s)) return s.slice(from, to);
  const fields = Array.from({ length: to - from }, (_, i) => entryAt(s, from + i));
  return CVMMap.from(fields);
}
