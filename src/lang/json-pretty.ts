// The indented JSON of the reference (sheet 01 §19): an array stands in the column where it begins,
// an object two columns further than its brace.

import type { Value } from "../data/cell.ts";
import { CVMSet } from "../data/set.ts";
import { toJson } from "./json-compact.ts";
import { asArray, asObject, joinParts, prettyKeyBytes, quoted, scalarText } from "./json-text.ts";
import { utf8Text } from "./utf8.ts";

/** A value inside another, and the column in which it begins. */
interface Nested {
  readonly value: Value;
  readonly column: number;
}

/** Most characters of indented text. */
const LENGTH_MAX = 2 ** 25;

/**
 * Indented text; sets stay on one line. Null when it is longer than 2^25 characters: 1 MB of values
 * behind a long key, or within one another, is indented by gigabytes.
 */
export function toJsonPretty(value: Value): string | null {
  return joinParts<Nested>({ value, column: 0 }, partsOf, LENGTH_MAX);
}

function* partsOf({ value, column }: Nested): Generator<string | Nested> {
  const object = asObject(value);
  const array = asArray(value);
  if (object !== null) {
    const indent = " ".repeat(column);
    let before = "{\n";
    for (const [k, v] of object.entries) {
      const key = prettyKeyBytes(k);
      yield `${before}${indent}  ${quoted(utf8Text(key))}: `;
      yield { value: v, column: column + 2 + key.length + 4 };
      before = ",\n";
    }
    yield before === "{\n" ? `{${indent}}` : `\n${indent}}`;
  } else if (value instanceof CVMSet) {
    yield toJson(value);
  } else if (array !== null) {
    let before: string | null = "[";
    for (const v of array.items) {
      // Arrays of one, deep within one another, would else be as many lines that nobody sees.
      yield before ?? `,\n${" ".repeat(column)} `;
      yield { value: v, column: column + 1 };
      before = null;
    }
    yield before === "[" ? "[]" : "]";
  } else yield scalarText(value);
}
