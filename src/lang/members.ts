// The members of collections one by one, so that printing loads no more of them than its limit
// allows.

import { resolveAt, type Slot, type Value } from "../data/cell.ts";
import type { Index } from "../data/index-map.ts";
import { CVMMap } from "../data/map.ts";
import type { RecordFields } from "../data/record.ts";
import type { CVMSet } from "../data/set.ts";

/** Entries of a map or Index in their order. */
export function* entriesOf(map: CVMMap | Index): Generator<readonly [Value, Value]> {
  if (map instanceof CVMMap) {
    for (const [slots, at] of placesOf(map)) yield [resolveAt(slots, at), resolveAt(slots, at + 1)];
  } else {
    for (let i = 0; i < map.count; i++) yield map.entryAt(i);
  }
}

/** Elements of a set in order of hash. */
export function* elementsOf(set: CVMSet): Generator<Value> {
  for (const [slots, at] of placesOf(set)) yield resolveAt(slots, at);
}

/** The places of all entries, by position; each leaf is looked up once. */
function* placesOf(trie: CVMMap | CVMSet): Generator<readonly [slots: Slot[], at: number]> {
  for (let i = 0; i < trie.count; ) {
    const { leaf, at, left } = trie.placeAt(i);
    const taken = Math.min(left, trie.count - i);
    for (let k = 0; k < taken; k++) yield [leaf.slots, at + k * leaf.stride];
    i += taken;
  }
}

/** Names and values of a record's fields. */
export function* fieldsOf(record: RecordFields): Generator<readonly [Value, Value]> {
  for (const [i, name] of record.fieldNames.entries()) yield [name, record.field(i)];
}
