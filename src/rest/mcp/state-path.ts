// Looking into the State along a path of keys, e.g. [:accounts 12 :balance].

import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { DataRecord } from "../../data/record.ts";
import { Vector } from "../../data/vector.ts";

function elementOf(sequence: Vector | List, key: Value): Value | undefined {
  const index = key instanceof Address ? key.value : key;
  const isIndex = typeof index === "number" && index >= 0 && index < sequence.count;
  return isIndex ? sequence.get(index) : undefined;
}

function step(value: Value, key: Value): Value | undefined {
  if (value instanceof DataRecord) return value.fieldByKey(key);
  if (value instanceof CVMMap || value instanceof Index) return value.get(key);
  if (value instanceof Vector || value instanceof List) return elementOf(value, key);
  return undefined;
}

/** The value at the end of a path, undefined when there is none. */
export function valueAt(root: Value, path: Iterable<Value>): Value | undefined {
  let value: Value | undefined = root;
  for (const key of path) {
    if (value === undefined) return undefined;
    value = step(value, key);
  }
  return value;
}
