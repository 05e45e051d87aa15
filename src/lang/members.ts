// The members of collections one by one, so that printing stops loading where its limit stops it.

import type { Value } from "../data/cell.ts";
import type { Index } from "../data/index-map.ts";
import type { CVMMap } from "../data/map.ts";
import type { RecordFields } from "../data/record.ts";
import type { CVMSet } from "../data/set.ts";

/** Entries of a map or Index in their order. */
export function* entriesOf(map: CVMMap | Index): Generator<readonly [Value, Value]> {
  for (let i = 0; i < map.count; i++) yield map.entryAt(i);
}

/** Elements of a set in order of hash. */
export function* elementsOf(set: CVMSet): Generator<Value> {
  for (let i = 0; i < set.count; i++) yield set.at(i);
}

/** Names and values of a record's fields. */
export function* fieldsOf(record: RecordFields): Generator<readonly [Value, Value]> {
  for (const [i, name] of record.fieldNames.entries()) yield [name, record.field(i)];
}
