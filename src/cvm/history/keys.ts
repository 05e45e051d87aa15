// Keys of maps and members of Sets that are sought, or put in order (T50): what is sought among up
// to 15 is compared with them one by one (comparing.ts), else by its hash. Members of a Set have
// hashes, keys of a map when there are two or more.

import type { Value } from "../../data/cell.ts";
import { LEAF_MAX } from "../../data/hash-trie.ts";
import { CVMMap } from "../../data/map.ts";
import type { CVMSet } from "../../data/set.ts";
import { hash, isTraceless, tracedEquals } from "./comparing.ts";

/** What a map or Set finds by itself when it is to find a key; undefined when it has none. */
export function keyIn(
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

/** Notes that a key is put in order among those that are there. */
export function hashKeys(all: CVMMap | CVMSet, key: Value): void {
  if (all.count === 1) {
    if (all instanceof CVMMap && all.slotAt(0) === key) return;
    hash(all.slotAt(0));
  }
  hash(key);
}
