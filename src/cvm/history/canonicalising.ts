// What compares values, and looks for them or puts them in order in maps and Sets, where that
// leaves traces: it canonicalises arrays and views (T34, T37), and gives BlockResults hashes (T50).
// The reference needs the encoding of a value to put it in the order of hashes, or to compare it
// with what may be equal. Members of a Set have hashes, keys of a map when there are two or more.
// What is sought among up to 15 is compared with them one by one. Without arrays and BlockResults
// all of this is what the collections do themselves.

import { Cell, Ref, type Slot, type Value } from "../../data/cell.ts";
import { isEmbedded, slotHashKey } from "../../data/encode.ts";
import { equals } from "../../data/equals.ts";
import { HashTrie, LEAF_MAX } from "../../data/hash-trie.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { hasNotedHash, mayBeUnhashed, noteHash } from "../../data/noted-hash.ts";
import type { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import {
  canonicaliseWithin,
  hasArrays,
  isArray,
  isEntry,
  refValue,
  toCanonical,
} from "./array-vectors.ts";
import { hasLongBlobs } from "./long-blobs.ts";
import { mayLackHash } from "./unhashed.ts";

/**
 * Whether nothing leaves traces, and of two equal values it is the same which of them is kept (T39):
 * then all of this file does what `data` does.
 */
export function isPlain(): boolean {
  return !hasArrays() && !mayBeUnhashed() && !hasLongBlobs();
}

/** `equals`, with the traces that it leaves in the reference. */
export function areEqual(a: Value, b: Value): boolean {
  return isPlain() ? equals(a, b) : tracedEquals(a, b);
}

function tracedEquals(a: Value, b: Value): boolean {
  if (a === b || !(a instanceof Cell) || !(b instanceof Cell)) return equals(a, b);
  if (a.tag !== b.tag) return false;
  if (a instanceof Vector) return equalVectors(a, b as Vector);
  if (a instanceof List) return equalVectors(a.vector, (b as List).vector);
  if (a instanceof HashTrie) return equalTries(a, b as HashTrie);
  if (a instanceof Syntax) return equalSyntaxes(a, b as Syntax);
  return equalByEncoding(a, b);
}

/**
 * A Vector compares its slots with those of another; with an array it compares its encoding, and so
 * does the entry of a map.
 */
function equalVectors(a: Vector, b: Vector): boolean {
  // Of hand-made ones the counts may differ only beyond 2^53.
  if (a.countInteger !== b.countInteger) return false;
  const first = toCanonical(a);
  const isWhole = isArray(b) || isEntry(a) || isEntry(b);
  return isWhole ? equalByEncoding(b, first) : equalSlots(first, b);
}

function equalTries(a: HashTrie, b: HashTrie): boolean {
  if (a.count !== b.count) return false;
  return a.isLeaf && b.isLeaf ? equalSlots(a, b) : equalByEncoding(a, b);
}

function equalSyntaxes(a: Syntax, b: Syntax): boolean {
  return tracedEquals(a.meta, b.meta) && isSameSlot(a.slotAt(0), b.slotAt(0));
}

/** Whether two cells have equal slots, up to the first two that differ. */
function equalSlots(a: Cell, b: Cell): boolean {
  // Code can make Vectors of one count that have not as many children (T48).
  if (a.slotCount !== b.slotCount) return false;
  for (let i = 0; i < a.slotCount; i++) {
    if (!isSameSlot(a.slotAt(i), b.slotAt(i))) return false;
  }
  return true;
}

/**
 * Whether two slots hold equal values, as their Refs are compared: by hash, which both have from
 * then on. One look is enough for the same object, and for nil in the first. What a peer keeps in
 * its store it knows by hash as well, but it loads that to compare it with what has no hash yet;
 * here it may be in memory or not.
 */
function isSameSlot(first: Slot, b: Slot): boolean {
  if (first === b) return true;
  if (first === null) return false;
  const a = first instanceof Ref && mayLackHash(b) ? first.load() : first;
  if (mayLackHash(a) && !isEmbedded(a) && !(b instanceof Ref)) return equals(a, b);
  hash(a);
  hash(b);
  if (a instanceof Ref || b instanceof Ref) return slotHashKey(a) === slotHashKey(b);
  return equals(a, b);
}

/** Notes that the hash of a value is needed. */
function hash(value: Slot): void {
  if (value instanceof Ref) return;
  canonicaliseWithin(value);
  if (mayLackHash(value)) noteHash(value);
}

/** Whether two values are equal, found out by their encodings: arrays in both are canonicalised. */
function equalByEncoding(a: Value, b: Value): boolean {
  canonicaliseWithin(a);
  canonicaliseWithin(b);
  return equals(a, b);
}

/** Whether comparing a value with another leaves no traces. */
function isTraceless(value: Value): boolean {
  return isPlain() || !(value instanceof Cell) || value.slotCount === 0;
}

/** What a map or Set finds by itself when it is to find a key; undefined when it has none. */
function keyIn(
  all: CVMMap | CVMSet,
  key: Value,
  isEqual: (key: Value, member: Value) => boolean = tracedEquals,
): Value | undefined {
  if (isTraceless(key)) return key;
  if (all.count > LEAF_MAX) {
    hash(key);
    return key;
  }
  const keys = all instanceof CVMMap ? all.keys() : all.toArray();
  return keys.find((member) => isEqual(key, member));
}

/** Notes that the hash of the member of a Set of one is needed: decoding needs none. */
export function hashMember(set: CVMSet): void {
  if (set.count === 1) hash(set.slotAt(0));
}

/** Notes that the hashes of the members of two Sets are compared. */
export function hashMembers(a: CVMSet, b: CVMSet): void {
  if (isPlain() || a === b || a.isEmpty || b.isEmpty) return;
  hashMember(a);
  hashMember(b);
}

/** `set.has(value)`. */
export function hasMember(set: CVMSet, value: Value): boolean {
  // Among the members the reference looks for a hash that is known.
  if (mayLackHash(value) && hasNotedHash(value)) hashMember(set);
  const member = keyIn(set, value);
  return member !== undefined && set.has(member);
}

/** `set.include(value)`. */
export function withMember(set: CVMSet, value: Value): CVMSet {
  const member = refValue(value);
  if (!isPlain()) hashKeys(set, value);
  return set.include(member);
}

/** `set.exclude(value)`. */
export function withoutMember(set: CVMSet, value: Value): CVMSet {
  const member = keyIn(set, value);
  return member === undefined ? set : set.exclude(member);
}

/** `map.get(key)`: undefined when there is none. */
export function valueUnder(map: CVMMap, key: Value): Value | undefined {
  const own = keyIn(map, key);
  return own === undefined ? undefined : map.get(own);
}

/** `map.dissoc(key)`. */
export function withoutValue(map: CVMMap, key: Value): CVMMap {
  const own = keyIn(map, key);
  return own === undefined ? map : map.dissoc(own);
}

/** `map.assoc(key, value)`; a value equal to the former one leaves that in place. */
export function withValue(map: CVMMap, key: Value, value: Value): CVMMap {
  if (isPlain() || map.count === 0) return map.assoc(refValue(key), refValue(value));
  const isSmall = map.count <= LEAF_MAX;
  const own = isSmall
    ? keyIn(map, key, (sought, member) => tracedEquals(member, sought))
    : undefined;
  const former = own === undefined ? undefined : map.replacedBy(own);
  if (former !== undefined) return replaced(map, own as Value, former, value);
  const [taken, takenValue] = [refValue(key), refValue(value)];
  hashKeys(map, key);
  // Hashing a key is what takes the time, and `assoc` does it again.
  if (!isSmall && !hasLongBlobs() && isTraceless(value)) return map.assoc(taken, takenValue);
  const found = isSmall ? undefined : map.replacedBy(key);
  return found === undefined ? map.assoc(taken, takenValue) : replaced(map, key, found, value);
}

function replaced(map: CVMMap, key: Value, former: Value, value: Value): CVMMap {
  return tracedEquals(former, value) ? map : map.assoc(key, refValue(value));
}

/** What a definition keeps when it is given a value: the former one if that is equal. */
export function redefined(former: Value | undefined, value: Value): Value {
  // Large ones are equal by their encodings: without arrays and LongBlobs it is the same which of
  // them stays, and comparing them can take the hashes of both.
  const isAnySame = !hasArrays() && !hasLongBlobs();
  if (value instanceof HashTrie && !value.isLeaf && isAnySame) return value;
  return former !== undefined && areEqual(former, value) ? former : refValue(value);
}

/** As withValue, for an entry of another map: the two entries are compared by their slots. */
export function withEntry(map: CVMMap, key: Value, value: Value): CVMMap {
  const [taken, takenValue] = [refValue(key), refValue(value)];
  if (isPlain() || map.count === 0) return map.assoc(taken, takenValue);
  if (map.count === 1 && isOnlyEntry(map, key, value)) return map;
  hashKeys(map, key);
  const former = map.replacedBy(key);
  const isSame = former !== undefined && isSameSlot(value, former);
  return isSame ? map : map.assoc(taken, takenValue);
}

function isOnlyEntry(map: CVMMap, key: Value, value: Value): boolean {
  return isSameSlot(key, map.slotAt(0)) && isSameSlot(value, map.slotAt(1));
}

/** Notes that a key is put in order among those that are there. */
function hashKeys(all: CVMMap | CVMSet, key: Value): void {
  if (all.count === 1) {
    if (all instanceof CVMMap && all.slotAt(0) === key) return;
    hash(all.slotAt(0));
  }
  hash(key);
}

/** `map.merge(other)`. */
export function merged(map: CVMMap, other: CVMMap): CVMMap {
  // Of all of another map nothing is put in order: juice need not pay for its entries.
  if (isPlain() || map.count === 0) return map.merge(other);
  let result = map;
  for (const [key, value] of other.entries()) result = withEntry(result, key, value);
  return result;
}

/** The map of these entries, added one after the other. */
export function mapOf(entries: [Value, Value][]): CVMMap {
  if (isPlain()) return CVMMap.from(entries);
  return entries.reduce((map, [key, value]) => withValue(map, key, value), CVMMap.EMPTY);
}

/** What a Set keeps of these values; it needs the hash of each. */
export function membersOf(values: Value[]): Value[] {
  if (isPlain()) return values;
  return values.map((value) => {
    const member = refValue(value);
    hash(value);
    return member;
  });
}
