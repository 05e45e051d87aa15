// Equality, maps and Sets where that canonicalises arrays and views (T34, T37). The reference needs
// the encoding of a value to put it in the order of hashes, or to compare it with what may be
// equal, and then the arrays in it are canonicalised. Members of a Set always have hashes, keys of
// a map when there are two or more. What is sought among up to 15 is compared with them one by one.
// Without arrays all of this is what the collections do themselves.

import { Cell, Ref, type Slot, type Value } from "../../data/cell.ts";
import { slotHashKey } from "../../data/encode.ts";
import { equals } from "../../data/equals.ts";
import { LEAF_MAX } from "../../data/hash-trie.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { canonicaliseWithin, hasArrays, isArray, refValue, toCanonical } from "./array-vectors.ts";
import {
  isSettled,
  leavesFormer,
  settleCompared,
  settleHash,
  settleKeys,
  settleLookup,
} from "./unhashed.ts";

/** `equals`, canonicalising what the reference does to find out. */
export function areEqual(a: Value, b: Value): boolean {
  if (hasArrays()) return canonicalisingEquals(a, b);
  settleCompared(a, b);
  return equals(a, b);
}

function canonicalisingEquals(a: Value, b: Value): boolean {
  if (a === b || !(a instanceof Cell) || !(b instanceof Cell)) return equals(a, b);
  if (a.tag !== b.tag) return false;
  if (!isSettled(a)) return equals(a, b);
  if (a instanceof Vector) return equalVectors(a, b as Vector);
  if (a instanceof List) return equalVectors(a.vector, (b as List).vector);
  if (a instanceof CVMSet) return equals(a, b);
  if (a instanceof CVMMap) return equalMaps(a, b as CVMMap);
  if (a instanceof Syntax) return equalByEncoding(a.datum, (b as Syntax).datum) && equals(a, b);
  return equalByEncoding(a, b);
}

/**
 * A Vector compares its slots with those of another, up to the first two that differ; with an array
 * it compares its whole encoding.
 */
function equalVectors(a: Vector, b: Vector): boolean {
  if (a === b) return true;
  if (a.count !== b.count) return false;
  const first = toCanonical(a);
  if (isArray(b)) return equalByEncoding(b, first);
  for (let i = 0; i < first.slotCount; i++) {
    if (!slotsEqualByEncoding(first.slotAt(i), b.slotAt(i))) return false;
  }
  return true;
}

function equalMaps(a: CVMMap, b: CVMMap): boolean {
  if (a.count !== b.count) return false;
  if (a.count > LEAF_MAX) return equalByEncoding(a, b);
  const others = b.entries();
  return a.entries().every(([key, value], i) => {
    const [otherKey, otherValue] = others[i] as readonly [Value, Value];
    return equalByEncoding(key, otherKey) && equalByEncoding(value, otherValue);
  });
}

/** Whether two values are equal, found out by their encodings: arrays in both are canonicalised. */
function equalByEncoding(a: Value, b: Value): boolean {
  if (a === b) return true;
  canonicaliseWithin(a);
  canonicaliseWithin(b);
  settleHash(a);
  settleHash(b);
  return equals(a, b);
}

function slotsEqualByEncoding(a: Slot, b: Slot): boolean {
  if (!(a instanceof Ref || b instanceof Ref)) return equalByEncoding(a, b);
  if (!(a instanceof Ref)) canonicaliseWithin(a);
  if (!(b instanceof Ref)) canonicaliseWithin(b);
  return slotHashKey(a) === slotHashKey(b);
}

/** A value that is to be found by its hash. */
function hashed(value: Value): Value {
  canonicaliseWithin(value);
  return refValue(value);
}

/** `set.has(value)`. */
export function hasMember(set: CVMSet, value: Value): boolean {
  settleLookup(set, value);
  if (!hasArrays() || !(value instanceof Cell)) return set.has(value);
  if (set.count > LEAF_MAX) return set.has(hashed(value));
  return set.toArray().some((member) => canonicalisingEquals(value, member));
}

/** `set.exclude(value)`. */
export function withoutMember(set: CVMSet, value: Value): CVMSet {
  settleLookup(set, value);
  if (!hasArrays() || !(value instanceof Cell)) return set.exclude(value);
  if (set.count > LEAF_MAX) return set.exclude(hashed(value));
  const found = set.toArray().find((member) => canonicalisingEquals(value, member));
  return found === undefined ? set : set.exclude(found);
}

/** `map.get(key)`: undefined when there is none. */
export function valueUnder(map: CVMMap, key: Value): Value | undefined {
  settleLookup(map, key);
  if (!hasArrays() || !(key instanceof Cell)) return map.get(key);
  if (map.count > LEAF_MAX) return map.get(hashed(key));
  return map.entries().find(([member]) => canonicalisingEquals(key, member))?.[1];
}

/** `map.dissoc(key)`. */
export function withoutValue(map: CVMMap, key: Value): CVMMap {
  settleLookup(map, key);
  if (!hasArrays() || !(key instanceof Cell)) return map.dissoc(key);
  if (map.count > LEAF_MAX) return map.dissoc(hashed(key));
  const found = map.keys().find((member) => canonicalisingEquals(key, member));
  if (found === undefined) return map;
  return map.count === 1 ? CVMMap.EMPTY : map.dissoc(found);
}

/** `map.assoc(key, value)`; a value equal to the former one leaves that in place. */
export function withValue(map: CVMMap, key: Value, value: Value): CVMMap {
  settleLookup(map, key);
  if (!hasArrays() || map.count === 0) {
    if (!isSettled(value) && leavesFormer(map.get(key), value)) return map;
    const next = map.assoc(refValue(key), refValue(value));
    if (map.count > 0 && next.count > map.count) settleKeys(map, key);
    return next;
  }
  const isSmall = map.count <= LEAF_MAX;
  const place = isSmall
    ? map.entries().find(([member]) => canonicalisingEquals(member, key))
    : undefined;
  if (place !== undefined) return replaced(map, place[0], place[1], value);
  const [taken, takenValue] = [refValue(key), refValue(value)];
  canonicaliseKeys(map, key);
  const former = isSmall ? undefined : map.replacedBy(key);
  return former === undefined ? map.assoc(taken, takenValue) : replaced(map, key, former, value);
}

function replaced(map: CVMMap, key: Value, former: Value, value: Value): CVMMap {
  return areEqual(former, value) ? map : map.assoc(key, refValue(value));
}

/** What a definition keeps when it is given a value: the former one if that is equal. */
export function redefined(former: Value | undefined, value: Value): Value {
  if (leavesFormer(former, value)) return former as Value;
  if (former === undefined || !hasArrays()) return refValue(value);
  return areEqual(former, value) ? former : refValue(value);
}

/** As withValue, for an entry of another map: the two values are compared by their hashes. */
export function withEntry(map: CVMMap, key: Value, value: Value): CVMMap {
  settleKeys(map, key);
  if (!hasArrays() || map.count === 0) return map.assoc(refValue(key), refValue(value));
  const [taken, takenValue] = [refValue(key), refValue(value)];
  canonicaliseKeys(map, key);
  const former = map.replacedBy(key);
  const isSame = former !== undefined && equalByEncoding(former, value);
  return isSame ? map : map.assoc(taken, takenValue);
}

function canonicaliseKeys(map: CVMMap, key: Value): void {
  if (map.count === 1) for (const known of map.keys()) canonicaliseWithin(known);
  canonicaliseWithin(key);
}

/** `map.merge(other)`. */
export function merged(map: CVMMap, other: CVMMap): CVMMap {
  if (other.count === 1) for (const key of other.keys()) settleKeys(map, key);
  if (!hasArrays() || map.count === 0) return map.merge(other);
  let result = map;
  for (const [key, value] of other.entries()) result = withEntry(result, key, value);
  return result;
}

/** The map of these entries, added one after the other. */
export function mapOf(entries: [Value, Value][]): CVMMap {
  return hasArrays() ? addedInTurn(entries) : CVMMap.from(entries);
}

/** The same, where what is there already may be taken for what comes. */
export function addedInTurn(entries: [Value, Value][]): CVMMap {
  return entries.reduce((map, [key, value]) => withValue(map, key, value), CVMMap.EMPTY);
}

/** What a Set keeps of these values; it needs the hash of each. */
export function membersOf(values: Value[]): Value[] {
  values.forEach(settleHash);
  if (!hasArrays()) return values;
  return values.map((value) => {
    const member = refValue(value);
    canonicaliseWithin(value);
    return member;
  });
}
