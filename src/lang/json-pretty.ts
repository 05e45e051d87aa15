// The indented JSON of the reference (sheet 01 §19): elements of an array stand in the column after
// its bracket, members of an object two columns after its brace.

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
 * The indented JSON of a value; sets stay on one line. Null when it is longer than LENGTH_MAX: 1 MB
 * of values after a long key, or inside one another, is indented by gigabytes.
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
      // Not made for the first element: arrays of one, deep inside one another, need no
      // indentation.
      yield before ?? `,\n${" ".repeat(column)} `;
      yield { value: v, column: column + 1 };
      before = null;
    }
    yield before === "[" ? "[]" : "]";
  } else yield scalarText(value);
}
