// What code does with maps where that leaves traces (T50: comparing.ts, keys.ts). `assoc` compares
// a value with the former one as `=` does, `conj` and `merge` compare entries by their slots.

import type { Value } from "../../data/cell.ts";
import { LEAF_MAX } from "../../data/hash-trie.ts";
import { CVMMap } from "../../data/map.ts";
import { refValue } from "./array-vectors.ts";
import { isPlain, isSameSlot, isTraceless, tracedEquals } from "./comparing.ts";
import { hashKeys, keyIn } from "./keys.ts";
import { hasLongBlobs } from "./long-blobs.ts";

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
  return tracedEquals(former, value) ? kept(map, key) : map.assoc(key, refValue(value));
}

/**
 * The map, in which the value of a key stays what it is. That counts as much work as to put it in
 * again: whether a process comes here depends on whether it has decoded BlockResults before.
 */
function kept(map: CVMMap, key: Value): CVMMap {
  map.replacedBy(key, true);
  return map;
}

/** As withValue, for an entry of another map: the two entries are compared by their slots. */
export function withEntry(map: CVMMap, key: Value, value: Value): CVMMap {
  const [taken, takenValue] = [refValue(key), refValue(value)];
  if (isPlain() || map.count === 0) return map.assoc(taken, takenValue);
  if (map.count === 1 && isOnlyEntry(map, key, value)) return map;
  hashKeys(map, key);
  const former = map.replacedBy(key);
  const isSame = former !== undefined && isSameSlot(value, former);
  return isSame ? kept(map, key) : map.assoc(taken, takenValue);
}

function isOnlyEntry(map: CVMMap, key: Value, value: Value): boolean {
  return isSameSlot(key, map.slotAt(0)) && isSameSlot(value, map.slotAt(1));
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
