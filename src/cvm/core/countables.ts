// Values that can be counted (sheet 02 §16, §19): data structures, and values that consist of
// bytes. Positions in the latter are those of bytes. Their elements are: for a String or a name the
// character that starts at the position, nil if none does; for others the byte as an Integer.

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { CVMChar } from "../../data/char.ts";
import { exactCount } from "../../data/exact-count.ts";
import { ExtensionValue } from "../../data/generic-cells.ts";
import { lesser, plus } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { DenseRecord } from "../../data/record.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { laxCodePointAt } from "../../lang/utf8.ts";
import {
  elementAt,
  elements,
  isRecordLike,
  isStructure,
  type Structure,
  structureCount,
} from "./structures.ts";

/** A value that consists of bytes. */
export type ByteSequence = CVMString | Blob | Keyword | CVMSymbol | Address | ExtensionValue;
export type Countable = Structure | ByteSequence;

/** Bytes that an Address or extension value counts as. */
const LONG_BYTES = 8;
const MAX_CHARACTER_LENGTH = 4;

/** Whether a value consists of bytes. */
export function isByteSequence(v: Value): v is ByteSequence {
  return (
    v instanceof CVMString ||
    v instanceof Blob ||
    v instanceof Keyword ||
    v instanceof CVMSymbol ||
    isLongLike(v)
  );
}

/** Whether `countable?` is true of a value that is not nil. */
export function isCountable(v: Value): v is Countable {
  return isStructure(v) || isByteSequence(v);
}

function isLongLike(v: Value): v is Address | ExtensionValue {
  return v instanceof Address || v instanceof ExtensionValue;
}

/** Whether the elements are characters. */
function isText(v: ByteSequence): v is CVMString | Keyword | CVMSymbol {
  return v instanceof CVMString || v instanceof Keyword || v instanceof CVMSymbol;
}

/** Number of elements or bytes, exact. */
export function countOf(v: Countable): Integer {
  if (v instanceof CVMString) return v.blob.countInteger;
  if (v instanceof Blob) return v.countInteger;
  if (v instanceof Keyword || v instanceof CVMSymbol) return v.name.length;
  if (isLongLike(v)) return LONG_BYTES;
  if (v instanceof List) return v.countInteger;
  if (v instanceof DenseRecord) return v.fields.countInteger;
  return isRecordLike(v) ? structureCount(v) : exactCount(v);
}

/** Element i, which is in range. */
export function nthOf(v: Countable, i: Integer): Value {
  if (!isByteSequence(v)) return elementAt(v, i);
  if (v instanceof Blob) return v.byteAt(i);
  if (v instanceof CVMString) {
    const end = lesser(plus(i, MAX_CHARACTER_LENGTH), v.blob.countInteger);
    return characterAt(v.blob.bytesOf(i, end), 0);
  }
  return isText(v) ? characterAt(bytesOf(v), Number(i)) : (bytesOf(v)[Number(i)] as number);
}

/** All elements. */
export function elementsOf(v: Countable): Value[] {
  if (!isByteSequence(v)) return elements(v);
  const bytes = bytesOf(v);
  if (!isText(v)) return Array.from(bytes);
  return Array.from(bytes, (_, i) => characterAt(bytes, i));
}

function characterAt(bytes: Uint8Array, i: number): Value {
  const codePoint = laxCodePointAt(bytes, i);
  return codePoint < 0 ? null : CVMChar.of(codePoint);
}

/** The bytes: content, UTF-8 of a name, or the 8 of a number, big-endian. Not to be changed. */
export function bytesOf(v: ByteSequence): Uint8Array {
  if (v instanceof CVMString) return v.blob.bytesByPosition();
  if (v instanceof Blob) return v.bytesByPosition();
  if (v instanceof Keyword || v instanceof CVMSymbol) return Buffer.from(v.name, "latin1");
  return longBytes(v.value);
}

/** A long as 8 bytes big-endian. */
export function longBytes(value: Integer): Uint8Array {
  const bytes = new Uint8Array(LONG_BYTES);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
  return bytes;
}
