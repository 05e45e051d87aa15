// JSON without white space (sheet 01 §19).

import type { Value } from "../data/cell.ts";
import { Vector } from "../data/vector.ts";
import { asArray, asObject, joinParts, keyOf, quoted, scalarText } from "./json-text.ts";

/** A value inside another one, in an object to tell it from text. */
interface Nested {
  readonly value: Value;
}

/**
 * The JSON of a value. Entries are in the order of the cells; keys that become equal all appear.
 */
export function toJson(value: Value): string {
  if (value === null || typeof value !== "object") return scalarText(value);
  if (asObject(value) === null && asArray(value) === null) return scalarText(value);
  return flatText(value) ?? (joinParts<Nested>({ value }, partsOf) as string);
}

/** Longest vector that is written by `flatText`. */
const FLAT_MAX = 8;

/**
 * The text of a short vector of numbers and Booleans, such as the location of a transaction; else
 * null.
 */
function flatText(value: Value): string | null {
  if (!(value instanceof Vector) || value.count > FLAT_MAX) return null;
  let text = "[";
  for (let i = 0; i < value.count; i++) {
    const item = value.get(i);
    if (item !== null && typeof item === "object") return null;
    text += i === 0 ? scalarText(item) : `,${scalarText(item)}`;
  }
  return `${text}]`;
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
