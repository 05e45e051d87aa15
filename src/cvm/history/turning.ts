// For what the reference needs the encoding of a value, or a Vector in the place of an array, so
// that arrays and views in it are turned (T34, T37): to put it in the order of hashes, and to
// compare it with what may be equal. Members of a Set always have hashes, keys of a map when there
// are two; those of up to 15 are compared one by one with what is sought.

import { Cell, type Value } from "../../data/cell.ts";
import { equals } from "../../data/equals.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { isTurning, kept, turnWithin } from "./array-vectors.ts";
import { copyOfView } from "./shared-arguments.ts";

/** Most members of a map or Set that the reference compares one by one. */
const LEAF_MAX = 15;

/** Whether two values are the same. */
export function areEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (isSequence(a) && isSequence(b) && a.count !== b.count) return false;
  if (isTurning()) turnCompared(a, b);
  return equals(a, b);
}

function isSequence(value: Value): value is Vector | List {
  return value instanceof Vector || value instanceof List;
}

/** Notes what it takes to compare two values. */
function turnCompared(a: Value, b: Value): void {
  if (a === b || !(a instanceof Cell) || !(b instanceof Cell) || a.tag !== b.tag) return;
  if (isSequence(a) && a.count !== (b as Vector | List).count) return;
  if (a instanceof CVMSet) return;
  if (a instanceof CVMMap) turnComparedMaps(a, b as CVMMap);
  else if (a instanceof Syntax) turnBoth(a.datum, (b as Syntax).datum);
  else turnBoth(a, b);
}

function turnComparedMaps(a: CVMMap, b: CVMMap): void {
  if (a.count !== b.count) return;
  if (a.count > LEAF_MAX) {
    turnBoth(a, b);
    return;
  }
  const others = b.entries();
  for (const [i, [key, value]] of a.entries().entries()) {
    const [otherKey, otherValue] = others[i] as readonly [Value, Value];
    if (!turnBoth(key, otherKey) || !turnBoth(value, otherValue)) return;
  }
}

/** What it takes to compare by hash; whether the two are the same. */
function turnBoth(a: Value, b: Value): boolean {
  if (a === b) return true;
  turnWithin(a);
  turnWithin(b);
  return equals(a, b);
}

/** A key or member to be sought, after what seeking it takes; it is not turned by that itself. */
export function soughtIn(where: CVMMap | CVMSet, key: Value): Value {
  if (!isTurning() || !(key instanceof Cell)) return key;
  if (where.count > LEAF_MAX) turnWithin(key);
  else {
    for (const member of where instanceof CVMMap ? where.keys() : where.toArray()) {
      if (isFound(key, member)) break;
    }
  }
  return unturned(key);
}

/** Value under a key of a map, undefined when there is none. */
export function valueUnder(map: CVMMap, key: Value): Value | undefined {
  if (!isTurning() || !(key instanceof Cell) || map.count > LEAF_MAX) {
    return map.get(soughtIn(map, key));
  }
  return map.entries().find(([member]) => isFound(key, member))?.[1];
}

/** The map without a key. */
export function withoutValue(map: CVMMap, key: Value): CVMMap {
  if (!isTurning() || !(key instanceof Cell) || map.count > LEAF_MAX) {
    return map.dissoc(soughtIn(map, key));
  }
  const found = map.keys().find((member) => isFound(key, member));
  if (found === undefined) return map;
  return map.count === 1 ? CVMMap.EMPTY : map.dissoc(found);
}

/** Whether a key is the one sought. */
function isFound(key: Value, member: Value): boolean {
  if (key === member) return true;
  if (isSequence(key) && isSequence(member) && key.count !== member.count) return false;
  turnCompared(key, member);
  return isSameType(key, member) && equals(unturned(key), unturned(member));
}

function isSameType(a: Value, b: Value): boolean {
  return a instanceof Cell && b instanceof Cell && a.tag === b.tag;
}

function unturned(value: Value): Value {
  return value instanceof Vector ? copyOfView(value) : value;
}

/** The map with a value under a key: the former one if it is the same. */
export function withValue(map: CVMMap, key: Value, value: Value): CVMMap {
  if (!isTurning() || map.count === 0) return map.assoc(kept(key), kept(value));
  const [taken, takenValue] = [kept(key), kept(value)];
  turnKeys(map, key);
  const former = map.get(key);
  if (former === undefined) return map.assoc(taken, takenValue);
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
  const former = map.get(key);
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
