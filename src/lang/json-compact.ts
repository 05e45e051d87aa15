// JSON without white space (sheet 01 §19).

import type { Value } from "../data/cell.ts";
import { asArray, asObject, joinParts, keyOf, quoted, scalarText } from "./json-text.ts";

/** A value inside another, to tell it from text. */
interface Nested {
  readonly value: Value;
}

/** Entries in the order of the cells; keys that become equal are all written. */
export function toJson(value: Value): string {
  if (value === null || typeof value !== "object") return scalarText(value);
  if (asObject(value) === null && asArray(value) === null) return scalarText(value);
  return joinParts<Nested>({ value }, partsOf);
}

function* partsOf({ value }: Nested): Generator<string | Nested> {
  const object = asObject(value);
  const array = asArray(value);
  if (object !== null) {
    let before = "{";
    for (const [k, v] of object.entries) {
      yield `${before}${quoted(keyOf(k))}:`;
      yield { value: v };
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  } else if (array !== null) {
    let before = "[";
    for (const v of array.items) {
      yield before;
      yield { value: v };
      before = ",";
    }
    yield before === "[" ? "[]" : "]";
  } else yield scalarText(value);
}
