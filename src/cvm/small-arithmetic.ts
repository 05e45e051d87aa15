// hot: see test/bench. Arithmetic and comparison of two small Integers, for closures that know
// which core function they call: same result and juice as the function, without calling it.

import { JUICE } from "./juice.ts";

/** Core codes of the functions that are done here (sheet 01 §11). */
const CODE_NUMBER = {
  EQUAL: 123,
  NUMERIC_EQUAL: 124,
  NOT_EQUAL: 125,
  GREATER_OR_EQUAL: 126,
  GREATER: 127,
  LESS_OR_EQUAL: 128,
  LESS: 129,
  ADD: 160,
  SUBTRACT: 161,
  MULTIPLY: 162,
} as const;

const CODES: ReadonlySet<number> = new Set(Object.values(CODE_NUMBER));
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
/** Juice of + - * on two operands of least cost. */
const TWO_SMALL_OPERANDS = 2 * JUICE.MIN_NUMERIC_COST + JUICE.ARITHMETIC;

/** Whether `smallResult` does the core function of this code. */
export function isSmallArithmetic(code: number): boolean {
  return CODES.has(code);
}

/** Juice of the core function of this code on two small Integers. */
export function smallJuice(code: number): number {
  if (code === CODE_NUMBER.EQUAL) return JUICE.EQUALS;
  return code <= CODE_NUMBER.LESS ? JUICE.NUMERIC_COMPARE : TWO_SMALL_OPERANDS;
}

/** The result, undefined when it is beyond the safe integers. */
export function smallResult(code: number, a: number, b: number): number | boolean | undefined {
  switch (code) {
    case CODE_NUMBER.ADD:
      return safe(a + b);
    case CODE_NUMBER.SUBTRACT:
      return safe(a - b);
    case CODE_NUMBER.LESS:
      return a < b;
    case CODE_NUMBER.GREATER:
      return a > b;
    case CODE_NUMBER.LESS_OR_EQUAL:
      return a <= b;
    case CODE_NUMBER.GREATER_OR_EQUAL:
      return a >= b;
    case CODE_NUMBER.NOT_EQUAL:
      return a !== b;
    case CODE_NUMBER.MULTIPLY:
      // Adding 0 turns -0 into 0.
      return safe(a * b + 0);
    default:
      return a === b;
  }
}

function safe(n: number): number | undefined {
  return n <= SAFE_MAX && n >= -SAFE_MAX ? n : undefined;
}
