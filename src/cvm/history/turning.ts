// For what the reference needs the encoding of a value, or a Vector in the place of an array, so
// that arrays and views in it are turned (T34, T37): to put it in the order of hashes, and to
// compare it with what may be equal. Members of a Set always have hashes, keys of a map when there
// are two; those of up to 15 are compared one by one with what is sought.

import { Cell, Ref, type Slot, type Value } from "../../data/cell.ts";
import { slotHashKey } from "../../data/encode.ts";
import { equals } from "../../data/equals.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { isArray, isTurning, kept, turnWithin, withoutArray } from "./array-vectors.ts";

/** Most members of a map or Set that the reference compares one by one. */
const LEAF_MAX = 15;

/** Whether two values are the same. */
export function areEqual(a: Value, b: Value): boolean {
  return isTurning() ? compared(a, b) : equals(a, b);
}

/** Whether two values are the same, after what it takes to compare them. */
function compared(a: Value, b: Value): boolean {
  if (a === b || !(a instanceof Cell) || !(b instanceof Cell)) return equals(a, b);
  if (a.tag !== b.tag) return false;
  if (a instanceof Vector) return comparedVectors(a, b as Vector);
  if (a instanceof List) return comparedVectors(a.vector, (b as List).vector);
  if (a instanceof CVMSet) return equals(a, b);
  if (a instanceof CVMMap) return comparedMaps(a, b as CVMMap);
  if (a instanceof Syntax) return turnBoth(a.datum, (b as Syntax).datum) && equals(a, b);
  return turnBoth(a, b);
}

/**
 * A Vector compares its elements by hash with those of another, up to the first that differ, and
 * its encoding with that of an array.
 */
function comparedVectors(a: Vector, b: Vector): boolean {
  if (a === b) return true;
  if (a.count !== b.count) return false;
  const first = withoutArray(a);
  if (isArray(b)) return turnBoth(b, first);
  for (let i = 0; i < first.slotCount; i++) {
    if (!turnBothSlots(first.slotAt(i), b.slotAt(i))) return false;
  }
  return true;
}

function comparedMaps(a: CVMMap, b: CVMMap): boolean {
  if (a.count !== b.count) return false;
  if (a.count > LEAF_MAX) return turnBoth(a, b);
  const others = b.entries();
  return a.entries().every(([key, value], i) => {
    const [otherKey, otherValue] = others[i] as readonly [Value, Value];
    return turnBoth(key, otherKey) && turnBoth(value, otherValue);
  });
}

/** What it takes to compare by hash; whether the two are the same. */
function turnBoth(a: Value, b: Value): boolean {
  if (a === b) return true;
  turnWithin(a);
  turnWithin(b);
  return equals(a, b);
}

function turnBothSlots(a: Slot, b: Slot): boolean {
  if (!(a instanceof Ref || b instanceof Ref)) return turnBoth(a, b);
  if (!(a instanceof Ref)) turnWithin(a);
  if (!(b instanceof Ref)) turnWithin(b);
  return slotHashKey(a) === slotHashKey(b);
}

/** What is to be sought by hash. */
function sought(value: Value): Value {
  turnWithin(value);
  return kept(value);
}

/** Whether a Set has a member. */
export function hasMember(set: CVMSet, value: Value): boolean {
  if (!isTurning() || !(value instanceof Cell)) return set.has(value);
  if (set.count > LEAF_MAX) return set.has(sought(value));
  return set.toArray().some((member) => compared(value, member));
}

/** The Set without a member. */
export function withoutMember(set: CVMSet, value: Value): CVMSet {
  if (!isTurning() || !(value instanceof Cell)) return set.exclude(value);
  if (set.count > LEAF_MAX) return set.exclude(sought(value));
  const found = set.toArray().find((member) => compared(value, member));
  return found === undefined ? set : set.exclude(found);
}

/** Value under a key of a map, undefined when there is none. */
export function valueUnder(map: CVMMap, key: Value): Value | undefined {
  if (!isTurning() || !(key instanceof Cell)) return map.get(key);
  if (map.count > LEAF_MAX) return map.get(sought(key));
  return map.entries().find(([member]) => compared(key, member))?.[1];
}

/** The map without a key. */
export function withoutValue(map: CVMMap, key: Value): CVMMap {
  if (!isTurning() || !(key instanceof Cell)) return map.dissoc(key);
  if (map.count > LEAF_MAX) return map.dissoc(sought(key));
  const found = map.keys().find((member) => compared(key, member));
  if (found === undefined) return map;
  return map.count === 1 ? CVMMap.EMPTY : map.dissoc(found);
}

/** The map with a value under a key: the former one if it is the same. */
export function withValue(map: CVMMap, key: Value, value: Value): CVMMap {
  if (!isTurning() || map.count === 0) return map.assoc(kept(key), kept(value));
  const isSmall = map.count <= LEAF_MAX;
  const place = isSmall ? map.entries().find(([member]) => compared(member, key)) : undefined;
  if (place !== undefined) return replaced(map, place[0], place[1], value);
  const [taken, takenValue] = [kept(key), kept(value)];
  turnKeys(map, key);
  const former = isSmall ? undefined : map.replacedBy(key);
  return former === undefined ? map.assoc(taken, takenValue) : replaced(map, key, former, value);
}

function replaced(map: CVMMap, key: Value, former: Value, value: Value): CVMMap {
  return areEqual(former, value) ? map : map.assoc(key, kept(value));
}

/** What a definition takes in the place of another: the former value if it is the same. */
export function inPlaceOf(former: Value | undefined, value: Value): Value {
  if (former === undefined || !isTurning()) return kept(value);
  return areEqual(former, value) ? former : kept(value);
}

/** As withValue, of an entry: its value is compared by hash, and was taken in before. */
export function withEntry(map: CVMMap, key: Value, value: Value): CVMMap {
  if (!isTurning() || map.count === 0) return map.assoc(kept(key), kept(value));
  const [taken, takenValue] = [kept(key), kept(value)];
  turnKeys(map, key);
  const former = map.replacedBy(key);
  const isSame = former !== undefined && turnBoth(former, value);
  return isSame ? map : map.assoc(taken, takenValue);
}

function turnKeys(map: CVMMap, key: Value): void {
  if (map.count === 1) for (const known of map.keys()) turnWithin(known);
  turnWithin(key);
}

/** The map with all entries of another. */
export function merged(map: CVMMap, other: CVMMap): CVMMap {
  if (!isTurning() || map.count === 0) return map.merge(other);
  let result = map;
  for (const [key, value] of other.entries()) result = withEntry(result, key, value);
  return result;
}

/** The map of these entries, put in one after the other. */
export function mapOf(entries: [Value, Value][]): CVMMap {
  if (!isTurning()) return CVMMap.from(entries);
  return entries.reduce((map, [key, value]) => withValue(map, key, value), CVMMap.EMPTY);
}

/** What a Set takes in of these values: their hashes are needed. */
export function membersOf(values: Value[]): Value[] {
  if (!isTurning()) return values;
  return values.map((value) => {
    const member = kept(value);
    turnWithin(value);
    return member;
  });
}
