// hot: see test/bench. Casts of arguments (sheet 02 §17, §19): each returns the value as the type
// that a core function works on, or raises :CAST and returns EXIT. Positions count from 0 here;
// messages count from 1. A cast only tests, and converts nothing, except those that say so.

import { PUBLIC_KEY_LENGTH } from "../../crypto/ed25519.ts";
import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { CVMChar, MAX_CODE_POINT } from "../../data/char.ts";
import { CVMDouble } from "../../data/double.ts";
import { isInteger, isLong, LONG_MAX } from "../../data/integer.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { MAX_COPY_COUNT, Vector } from "../../data/vector.ts";
import { laxCodePointAt, utf8Length } from "../../lang/utf8.ts";
import {
  type Callee,
  type FunctionValue,
  isCallee,
  isFunctionValue,
} from "../call/function-value.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT } from "../exits.ts";
import {
  checkPlaces,
  isMiscounted,
  isOddRecord,
  isStructure,
  type Sequential,
  type Structure,
  sequentialOf,
  structureCount,
} from "./structures.ts";

/** What arithmetic works on. */
export type Numeric = Integer | CVMDouble;
/** What a cast gives: the value, or EXIT with the :CAST raised. */
export type Cast<T> = T | typeof EXIT;

/** Whether `number?` is true of a value: an Integer of any size, or a Double. */
export function isNumeric(value: Value): value is Numeric {
  return typeof value === "number" || typeof value === "bigint" || value instanceof CVMDouble;
}

/** A number as a double. */
export function toDouble(value: Numeric): number {
  return value instanceof CVMDouble ? value.value : Number(value);
}

/** Notes that a number has been computed, or is computed with (T9, integer-history.ts). */
export function noteComputed(ctx: Context, value: Value): void {
  if (typeof value === "bigint" && value > LONG_MAX) ctx.integers.compute(value);
}

/**
 * A number of either kind, as it is.
 * @param position of the argument, counted from 0; so in the other casts
 */
export function castNumber(ctx: Context, value: Value, position: number): Cast<Numeric> {
  return isNumeric(value) ? value : ctx.castError(position, value, "Number");
}

/** All arguments are numbers; the first that is not raises. */
export function castNumbers(ctx: Context, args: readonly Value[]): args is Numeric[] {
  for (let i = 0; i < args.length; i++) {
    if (castNumber(ctx, args[i] as Value, i) === EXIT) return false;
  }
  return true;
}

/** An Integer within 64 bits. */
export function castLong(ctx: Context, value: Value, position: number): Cast<Integer> {
  return isLong(value) ? (value as Integer) : ctx.castError(position, value, "Long");
}

/**
 * An Integer of any size.
 * @param wanted type that the :CAST names
 */
export function castInteger(
  ctx: Context,
  value: Value,
  position: number,
  wanted = "Integer",
): Cast<Integer> {
  return isInteger(value) ? value : ctx.castError(position, value, wanted);
}

/** An Address alone: no Integer, hex or text is converted to one. */
export function castAddress(ctx: Context, value: Value, position: number): Cast<Address> {
  return value instanceof Address ? value : ctx.castError(position, value, "Address");
}

/** A Symbol alone: no Keyword or String is converted to one. */
export function castSymbol(ctx: Context, value: Value, position: number): Cast<CVMSymbol> {
  return value instanceof CVMSymbol ? value : ctx.castError(position, value, "Symbol");
}

/** A String alone; a Blob of the same bytes is none. */
export function castString(ctx: Context, value: Value, position: number): Cast<CVMString> {
  return value instanceof CVMString ? value : ctx.castError(position, value, "String");
}

/** A Blob of any length; a String of the same bytes is none. */
export function castBlob(ctx: Context, value: Value, position: number): Cast<Blob> {
  return value instanceof Blob ? value : ctx.castError(position, value, "Blob");
}

/** A Blob of 32 bytes; anything else is a :CAST. */
export function castKey(ctx: Context, value: Value, position: number): Cast<Blob> {
  if (value instanceof Blob && value.count === PUBLIC_KEY_LENGTH) return value;
  return ctx.castError(position, value, "Blob");
}

/** A Blob, else :CAST; of 32 bytes, else :ARGUMENT. */
export function castKeyByLength(
  ctx: Context,
  value: Value,
  position: number,
  message: string,
): Cast<Blob> {
  if (!(value instanceof Blob)) return ctx.castError(position, value, "Blob");
  return value.count === PUBLIC_KEY_LENGTH ? value : ctx.fail(CODE.ARGUMENT, message);
}

/** A function value or anything else that can be called. */
export function castFunction(ctx: Context, value: Value, position: number): Cast<Callee> {
  return isCallee(value) ? value : ctx.castError(position, value, "Function");
}

/** A true function: no keyword, map, sequence or set. */
export function castFunctionValue(
  ctx: Context,
  value: Value,
  position: number,
): Cast<FunctionValue> {
  return isFunctionValue(value) ? value : ctx.castError(position, value, "Function");
}

/** A Set; nil is the empty one. */
export function castSet(ctx: Context, value: Value, position: number): Cast<CVMSet> {
  if (value === null) return CVMSet.EMPTY;
  return value instanceof CVMSet ? value : ctx.castError(position, value, "Set");
}

/** An ordinary map; nil is the empty one. */
export function castHashMap(ctx: Context, value: Value, position: number): Cast<CVMMap> {
  if (value === null) return CVMMap.EMPTY;
  return value instanceof CVMMap ? value : ctx.castError(position, value, "Map");
}

/** A data structure; nil is not one. */
export function castStructure(ctx: Context, value: Value, position: number): Cast<Structure> {
  return isStructure(value) ? value : ctx.castError(position, value, "DataStructure");
}

/**
 * A sequence as it is, a Set as a Vector, a map as a Vector of its entries; null for nil. When they
 * are too many to be copied, for which the reference has no memory either, it is out of juice.
 */
export function castSequential(
  ctx: Context,
  value: Value,
  position: number,
): Cast<Sequential | null> {
  if (value === null) return null;
  if (value instanceof Vector || value instanceof List) return value;
  if (!isStructure(value)) return ctx.castError(position, value, "Sequence");
  if (value instanceof CVMSet) checkPlaces(value);
  // An Index, a map or a record can hold fewer than it counts.
  const isOdd = isMiscounted(value) || isOddRecord(value);
  const isTooLarge = structureCount(value) > MAX_COPY_COUNT && !isOdd;
  return isTooLarge ? ctx.outOfJuice() : sequentialOf(value);
}

/** The code point when the bytes are exactly one character in its shortest form, else -1. */
export function singleCodePoint(bytes: Uint8Array): number {
  const codePoint = laxCodePointAt(bytes, 0);
  return codePoint >= 0 && utf8Length(codePoint) === bytes.length ? codePoint : -1;
}

/** Code point of a Character, of a Long in range, or of a String of one character (§16). */
export function castCodePoint(ctx: Context, value: Value, position: number): Cast<number> {
  if (value instanceof CVMChar) return value.codePoint;
  if (typeof value === "number" && value >= 0 && value <= MAX_CODE_POINT) return value;
  if (value instanceof CVMString && value.count <= 4) {
    const codePoint = singleCodePoint(value.toBytes());
    if (codePoint >= 0) return codePoint;
  }
  return ctx.castError(position, value, "Character");
}
