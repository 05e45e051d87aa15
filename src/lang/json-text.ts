// How values map to JSON (sheet 01 §19): which are objects and arrays, and the text of the others.

import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Integer, Value } from "../data/cell.ts";
import { CVMChar } from "../data/char.ts";
import { CVMDouble } from "../data/double.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { DenseRecord, isRecord } from "../data/record.ts";
import { CVMSet } from "../data/set.ts";
import { CVMString } from "../data/string.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Vector } from "../data/vector.ts";
import { doubleText } from "./double-text.ts";
import { elementsOf, entriesOf, fieldsOf } from "./members.ts";
import { print } from "./printer.ts";
import { cutText, PRINT_EXCEEDED_MESSAGE, strBytes } from "./str-text.ts";
import { utf8Text } from "./utf8.ts";

export interface JsonObject {
  readonly entries: Iterable<readonly [Value, Value]>;
}

/** A JSON value that is neither object nor array. */
export type JsonScalar = null | boolean | Integer | string | CVMDouble;

export interface JsonArray {
  readonly items: Iterable<Value>;
}

/**
 * The members of a value that is an object in JSON; null for others. The fields of a generic record
 * are named by their positions.
 */
export function asObject(value: Value): JsonObject | null {
  if (value instanceof CVMMap || value instanceof Index) return { entries: entriesOf(value) };
  if (value instanceof DenseRecord) return { entries: numbered(value.fields) };
  return isRecord(value) ? { entries: fieldsOf(value) } : null;
}

function* numbered(fields: Vector): Generator<readonly [Value, Value]> {
  for (let i = 0; i < fields.count; i++) yield [i, fields.get(i)];
}

/** The elements of a value that is an array in JSON; null for others. */
export function asArray(value: Value): JsonArray | null {
  if (value instanceof Vector || value instanceof List) return { items: value };
  return value instanceof CVMSet ? { items: elementsOf(value) } : null;
}

/**
 * The JSON value of a value that is neither object nor array. A bigint keeps all its digits; what
 * is too long to print becomes null.
 */
export function scalarOf(value: Value): JsonScalar {
  if (value instanceof Blob) return `0x${value.toHex()}`;
  const plain = plainOf(value);
  return plain === undefined ? print(value) : plain;
}

/** The same for a JavaScript value in memory: what is too long to print, blobs too, is cut off. */
export function memoryScalarOf(value: Value): JsonScalar {
  const plain = plainOf(value);
  return plain === undefined ? cutText(value) : plain;
}

/** The JSON value of types that are not shown as they are printed; undefined for others. */
function plainOf(value: Value): JsonScalar | undefined {
  if (value === null || typeof value !== "object") return value;
  if (value instanceof CVMDouble) return Number.isFinite(value.value) ? value : null;
  // A lone surrogate: the reference writes bytes that are no UTF-8.
  if (value instanceof CVMChar) return String.fromCodePoint(value.codePoint).toWellFormed();
  if (value instanceof Address) return value.value;
  return nameOf(value) ?? undefined;
}

/** The JSON text of `scalarOf`. */
export function scalarText(value: Value): string {
  const scalar = scalarOf(value);
  if (scalar instanceof CVMDouble) return doubleText(scalar.value);
  return typeof scalar === "string" ? quoted(scalar) : String(scalar);
}

/**
 * A key as the key of an object: a name without its colon, or the printed form of anything else.
 */
export function keyOf(key: Value): string {
  return nameOf(key) ?? print(key) ?? PRINT_EXCEEDED_MESSAGE;
}

/** The bytes of a key in indented JSON: there it is `str` of anything that is no name. */
export function prettyKeyBytes(key: Value): Uint8Array {
  if (key instanceof Keyword || key instanceof CVMSymbol) return Buffer.from(key.name, "latin1");
  return strBytes(key, Number.POSITIVE_INFINITY);
}

function nameOf(value: Value): string | null {
  if (value instanceof CVMString) return utf8Text(value.toBytes());
  if (value instanceof Keyword || value instanceof CVMSymbol) {
    return nameText(value.name);
  }
  return null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/** The text of a name of bytes 0–255. */
function nameText(name: string): string {
  return ASCII.test(name) ? name : utf8Text(Buffer.from(name, "latin1"));
}

const ESCAPES = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes exactly these
const ESCAPED = /["\\\u0000-\u001f]/;
const ALL_ESCAPED = new RegExp(ESCAPED, "g");

/** A text as a JSON string; only what must be escaped is. */
export function quoted(text: string): string {
  return `"${ESCAPED.test(text) ? text.replace(ALL_ESCAPED, escapeOf) : text}"`;
}

function escapeOf(c: string): string {
  return ESCAPES.get(c) ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Joins the parts of a root: texts, and nested objects that have parts of their own. Open ones are
 * kept on a list, so that nesting costs no stack. Null when there are more than `lengthMax`
 * characters.
 */
export function joinParts<T extends object>(
  root: T,
  partsOf: (nested: T) => Iterator<string | T>,
  lengthMax = Number.POSITIVE_INFINITY,
): string | null {
  const text: string[] = [];
  let length = 0;
  const open = [partsOf(root)];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { value: part, done } = top.next();
    if (done) open.pop();
    else if (typeof part === "string") {
      length += part.length;
      if (length > lengthMax) return null;
      text.push(part);
    } else open.push(partsOf(part));
  }
  return text.join("");
}
