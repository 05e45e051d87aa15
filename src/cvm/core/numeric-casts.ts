// Core functions that convert to numbers and characters (sheet 02 §15, §19; sheet 01 §21.3).

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import { longOf } from "../../data/blob-damaged.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { CVMChar, MAX_CODE_POINT } from "../../data/char.ts";
import { CVMDouble } from "../../data/double.ts";
import { doWork } from "../../data/free-work.ts";
import { ByteFlag } from "../../data/generic-cells.ts";
import {
  integer,
  integerFromBytes,
  isInteger,
  isLong,
  LONG_MAX,
  MAX_BIG_INTEGER_LENGTH,
  minus,
} from "../../data/integer.ts";
import { RunMemo } from "../../data/run-memory.ts";
import { doubleText } from "../../lang/double-text.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import type { EXIT, Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { isNumeric, noteComputed, singleCodePoint, toDouble } from "./arguments.ts";

const LONG_BYTES = 8;
/** 2^63: doubles up to here, inclusive, are taken as Longs. */
const LONG_LIMIT = 2 ** 63;

function outOfRange(ctx: Context): typeof EXIT {
  return ctx.fail(CODE.ARGUMENT, "Out of range");
}

/** A double within ±2^63 truncated to an Integer; 2^63 itself saturates. */
function truncated(x: number): Integer {
  return x === LONG_LIMIT ? LONG_MAX : integer(BigInt(Math.trunc(x)));
}

/** Whether a double can be truncated to a Long; the bounds are inclusive. */
function isLongSized(x: number): boolean {
  return x >= -LONG_LIMIT && x <= LONG_LIMIT;
}

/** The Long that a value which is no number converts to; null when there is none. */
function longValue(value: Value): Integer | null {
  if (value instanceof CVMChar) return value.codePoint;
  if (value instanceof Address) return value.value;
  // A flag that is no Boolean converts to the low half of its byte (seen on the reference).
  if (value instanceof ByteFlag) return value.tag & 0x0f;
  return value instanceof Blob ? longOf(value) : null;
}

function long(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (value instanceof CVMDouble) {
    if (!isLongSized(value.value)) return outOfRange(ctx);
    return ctx.withResult(JUICE.ARITHMETIC, truncated(value.value));
  }
  if (isInteger(value)) {
    return isLong(value) ? ctx.withResult(JUICE.ARITHMETIC, value) : outOfRange(ctx);
  }
  const result = longValue(value);
  if (result === null) return ctx.castError(0, value, "Long");
  return ctx.withResult(JUICE.ARITHMETIC, result);
}

function int(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (isInteger(value)) return ctx.withResult(JUICE.ARITHMETIC, value);
  if (value instanceof CVMDouble) {
    if (!Number.isFinite(value.value)) return outOfRange(ctx);
    const integer = integerOfDouble(value.value);
    noteComputed(ctx, integer);
    return ctx.withResult(JUICE.ARITHMETIC, integer);
  }
  const result = value instanceof Blob ? integerOfBlob(value) : longValue(value);
  if (result === null) return ctx.castError(0, value, "Integer");
  if (typeof result === "bigint") ctx.integers.make(result);
  return ctx.withResult(JUICE.ARITHMETIC, result);
}

/**
 * Beyond the Longs a double converts to the decimal number that it prints as, not to its exact
 * value: `(int 1e30)` is 10^30.
 */
function integerOfDouble(x: number): Integer {
  if (isLongSized(x)) return truncated(x);
  const [digits, exponent] = doubleText(x).split("E") as [string, string];
  const [whole, fraction] = digits.split(".") as [string, string];
  return integer(BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length));
}

/**
 * The Integer of bytes in two's complement; null beyond the limit. As in the reference, more than 8
 * bytes of which the first is superfluous give the value of the last byte alone.
 */
function integerOfBlob(blob: Blob): Integer | null {
  if (blob.count <= LONG_BYTES) return blob.longValue();
  const count = blob.countInteger;
  if (isLongerThanNeeded(blob)) {
    // The reference looks at the first two bytes once for each byte there is.
    doWork(blob.count);
    return integerFromBytes(blob.bytesOf(minus(count, 1), count));
  }
  if (blob.count > MAX_BIG_INTEGER_LENGTH) return null;
  const known = blobIntegers.get(blob);
  if (known !== undefined) return known;
  const result = integerFromBytes(blob.toBytes());
  blobIntegers.set(blob, result);
  return result;
}

/** Remembered, because converting 4,096 bytes takes long for 20 juice. */
const blobIntegers = new RunMemo<Blob, Integer>();

/** Whether the first byte is superfluous: it only repeats the sign of the second. */
function isLongerThanNeeded(blob: Blob): boolean {
  const first = blob.byteAt(0);
  return (first === 0x00 || first === 0xff) && blob.byteAt(1) >= 0x80 === first >= 0x80;
}

function double(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (!isNumeric(value)) return ctx.castError(0, value, "Double");
  noteComputed(ctx, value);
  return ctx.withResult(JUICE.ARITHMETIC, CVMDouble.of(toDouble(value)));
}

function char(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (value instanceof CVMChar) return ctx.withResult(JUICE.ARITHMETIC, value);
  if (value instanceof Blob) {
    const codePoint = value.count > 4 ? -1 : singleCodePoint(value.toBytes());
    if (codePoint < 0) return ctx.fail(CODE.ARGUMENT, "Not a valid UTF-8 character");
    return ctx.withResult(JUICE.ARITHMETIC, CVMChar.of(codePoint));
  }
  if (!isInteger(value)) return ctx.castError(0, value, "Character");
  if (value < 0 || value > MAX_CODE_POINT) {
    noteComputed(ctx, value);
    // Writing out an Integer of 4,096 bytes takes longer than the juice of this call pays for.
    const found = typeof value === "number" ? value : "an Integer beyond 2^53";
    return ctx.fail(CODE.ARGUMENT, `Invalid code point: ${found}`);
  }
  return ctx.withResult(JUICE.ARITHMETIC, CVMChar.of(value as number));
}

function byte(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (isInteger(value)) {
    const low = Number(BigInt.asUintN(8, BigInt(value)));
    return ctx.withResult(JUICE.ARITHMETIC, low);
  }
  if (!(value instanceof Blob)) return ctx.castError(0, value, "Long");
  const last = minus(value.countInteger, 1);
  return ctx.withResult(JUICE.ARITHMETIC, last < 0 ? 0 : value.byteAt(last));
}

const ONE = { min: 1, max: 1 };

export const NUMERIC_CAST_FNS: readonly CoreFn[] = [
  coreFn(137, "long", ONE, long),
  coreFn(138, "int", ONE, int),
  coreFn(139, "double", ONE, double),
  coreFn(140, "char", ONE, char),
  coreFn(141, "byte", ONE, byte),
];
