// mod, div, rem and quot (sheet 02 §15). Only mod is one thing for all sizes; the others divide two
// Longs as the Java operators do, wrapping, give nil for a Long by a big integer (T10), and truncate
// where the dividend is big.

import type { Integer, Value } from "../../data/cell.ts";
import { add, integer, isInteger, isLong } from "../../data/integer.ts";
import { type CoreFn, coreFn } from "../core-fn.ts";
import { CODE } from "../error-code.ts";
import { JUICE } from "../juice.ts";

type Division = (a: Integer, b: Integer) => Integer | null;

function wrapped(value: bigint): Integer {
  return integer(BigInt.asIntN(64, value));
}

/** The rule for two Longs, inside the one for dividends and divisors of any size. */
function sized(
  longs: (a: Integer, b: Integer) => Integer,
  bigs: (a: bigint, b: bigint) => bigint,
): Division {
  return (a, b) => {
    // The quotient of the least integer by -1 is over the limit: adding nothing checks for it.
    if (!isLong(a)) return add(bigs(BigInt(a), BigInt(b)), 0);
    return isLong(b) ? longs(a, b) : null;
  };
}

/** In 0 … |b|-1. */
function mod(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const rest = a % b;
    // Adding 0 turns -0 into 0.
    return (rest < 0 ? rest + Math.abs(b) : rest) + 0;
  }
  const divisor = BigInt(b);
  const rest = BigInt(a) % divisor;
  return integer(rest < 0n ? rest + (divisor < 0n ? -divisor : divisor) : rest);
}

/** Floor for a positive divisor, and something else for a negative one: kept as it is. */
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

/** Truncated quotient of safe integers; exact, since what is divided is a multiple of b. */
function quotient(a: number, b: number): number {
  return (a - (a % b)) / b + 0;
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
    return ctx.withResult(JUICE.ARITHMETIC, divide(a, b));
  });
}

export const INTEGER_DIVISION_FNS: readonly CoreFn[] = [
  division(169, "mod", mod),
  division(170, "div", div),
  division(171, "rem", rem),
  division(172, "quot", quot),
];
