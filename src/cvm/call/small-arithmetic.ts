// hot: see test/bench. Arithmetic and comparison of two small Integers, for closures that know
// which core function they call: same result and juice as the function, without calling it.

import { JUICE } from "../juice.ts";
import { CORE_CODE } from "./core-code.ts";

/** The functions that are done here. */
const CODES: ReadonlySet<number> = new Set([
  CORE_CODE.EQUAL,
  CORE_CODE.NUMERIC_EQUAL,
  CORE_CODE.NOT_EQUAL,
  CORE_CODE.GREATER_OR_EQUAL,
  CORE_CODE.GREATER,
  CORE_CODE.LESS_OR_EQUAL,
  CORE_CODE.LESS,
  CORE_CODE.ADD,
  CORE_CODE.SUBTRACT,
  CORE_CODE.MULTIPLY,
]);
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
/** Juice of + - * on two operands of least cost. */
export const TWO_SMALL_OPERANDS = 2 * JUICE.MIN_NUMERIC_COST + JUICE.ARITHMETIC;

/** Whether `smallResult` does the core function of this code. */
export function isSmallArithmetic(code: number): boolean {
  return CODES.has(code);
}

/** Juice of the core function of this code on two small Integers. */
export function smallJuice(code: number): number {
  if (code === CORE_CODE.EQUAL) return JUICE.EQUALS;
  // Comparisons have the lower codes.
  return code <= CORE_CODE.LESS ? JUICE.NUMERIC_COMPARE : TWO_SMALL_OPERANDS;
}

/** The result, undefined when it is beyond the safe integers. */
export function smallResult(code: number, a: number, b: number): number | boolean | undefined {
  switch (code) {
    case CORE_CODE.ADD:
      return safe(a + b);
    case CORE_CODE.SUBTRACT:
      return safe(a - b);
    case CORE_CODE.LESS:
      return a < b;
    case CORE_CODE.GREATER:
      return a > b;
    case CORE_CODE.LESS_OR_EQUAL:
      return a <= b;
    case CORE_CODE.GREATER_OR_EQUAL:
      return a >= b;
    case CORE_CODE.NOT_EQUAL:
      return a !== b;
    case CORE_CODE.MULTIPLY:
      // Adding 0 turns -0 into 0.
      return safe(a * b + 0);
    default:
      // EQUAL and NUMERIC_EQUAL are the same for two Integers.
      return a === b;
  }
}

function safe(n: number): number | undefined {
  return n <= SAFE_MAX && n >= -SAFE_MAX ? n : undefined;
}
