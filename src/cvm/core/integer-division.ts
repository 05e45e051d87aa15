// Core functions mod, div, rem and quot (sheet 02 §15). Only mod is the same for all sizes. The
// others divide two Longs as Java's operators do, wrapping; give nil for a Long by a big integer
// (T10); and truncate when the dividend is big.

import type { Integer, Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { add, integer, isInteger, isLong, negate } from "../../data/integer.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { CODE } from "../error-code.ts";
import { HostError } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { noteComputed } from "./arguments.ts";

type Division = (a: Integer, b: Integer) => Integer | null;

function wrapped(value: bigint): Integer {
  return integer(BigInt.asIntN(64, value));
}

/** A division of any sizes, out of its rules for two Longs and for a big dividend. */
function sized(
  longs: (a: Integer, b: Integer) => Integer,
  bigs: (a: bigint, b: bigint) => bigint,
): Division {
  return (a, b) => {
    // The quotient of the least integer by -1 is over the limit: adding 0 gives null for that.
    if (!isLong(a)) return add(bigs(BigInt(a), BigInt(b)), 0);
    return isLong(b) ? longs(a, b) : null;
  };
}

/**
 * In 0 … |b|-1.
 *
 * @throws HostError for a Long by the least Integer of all (T38)
 */
function mod(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    // Adding 0 turns -0 into 0.
    return (rest < 0 ? rest + Math.abs(b) : rest) + 0;
  }
  // The reference negates a negative big divisor; of the least Integer that gives null.
  if (isLong(a) && negate(b) === null) throw new HostError("mod by an integer without an opposite");
  const divisor = BigInt(b);
  const rest = BigInt(a) % divisor;
  return integer(rest < 0n ? rest + (divisor < 0n ? -divisor : divisor) : rest);
}

/** Floor for a positive divisor; for a negative one whatever the reference's formula gives. */
function divLongs(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number" && a >= 0) return quotient(a, b);
  const dividend = BigInt(a);
  const shifted = dividend < 0n ? BigInt.asIntN(64, dividend - (BigInt(b) - 1n)) : dividend;
  return wrapped(shifted / BigInt(b));
}

function quotLongs(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") return quotient(a, b);
  return wrapped(BigInt(a) / BigInt(b));
}

function remLongs(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return integer(BigInt(a) % BigInt(b));
}

/** Truncated quotient of safe integers; exact, since a - a % b is a multiple of b. */
function quotient(a: number, b: number): number {
  return (a - (a % b)) / b + 0;
}

/** Numbers of 64-bit words, each with the least integer that has more. */
const WORD_BOUNDS = [8, 16, 32, 64, 128, 256].map((words) => ({
  words,
  bound: 2n ** BigInt(64 * words),
}));
const MOST_WORDS = 512;
/** Dividing an integer of up to so many words takes no longer than its juice is worth. */
const CHEAP_WORDS = 8;
/** Units of work (data/free-work.ts) of multiplying two words. */
const WORD_WORK = 0.5;

/** Words of an integer, at least 8, rounded up to a power of two. */
function wordsOf(i: bigint): number {
  for (const { words, bound } of WORD_BOUNDS) if (i < bound && i > -bound) return words;
  return MOST_WORDS;
}

/** Counts the work of a division, since its juice is the same for all sizes. */
function doDivisionWork(a: Integer, b: Integer): void {
  if (typeof a === "number" || typeof b === "number") return;
  const dividend = wordsOf(a);
  if (dividend === CHEAP_WORDS) return;
  const divisor = Math.min(wordsOf(b), dividend / 2);
  doWork((dividend - divisor) * divisor * WORD_WORK);
}

const div = sized(divLongs, (a, b) => a / b);
const quot = sized(quotLongs, (a, b) => a / b);
const rem = sized(remLongs, (a, b) => a % b);

function division(code: number, name: string, divide: Division): CoreFn {
  return coreFn(code, name, { min: 2, max: 2 }, (ctx, args) => {
    const [a, b] = args as [Value, Value];
    if (!isInteger(a) || !isInteger(b)) {
      return ctx.fail(CODE.CAST, "Can't convert value(s) to type Integer");
    }
    if (b === 0) return ctx.fail(CODE.ARGUMENT, `Divsion by zero in ${name}`);
    doDivisionWork(a, b);
    const result = divide(a, b);
    for (const integer of [a, b, result]) noteComputed(ctx, integer);
    return ctx.withResult(JUICE.ARITHMETIC, result);
  });
}

export const INTEGER_DIVISION_FNS: readonly CoreFn[] = [
  division(169, "mod", mod),
  division(170, "div", div),
  division(171, "rem", rem),
  division(172, "quot", quot),
];
