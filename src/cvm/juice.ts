// Juice costs (sheet 02 §18; names as in the reference). Juice inside the machine is a plain JS
// number: a transaction has at most 10,000,000, and whatever exceeds 2^53 exceeds every limit.

import type { Integer } from "../data/cell.ts";

export const JUICE = {
  /** Overhead of a transaction, and of each byte of it. */
  TRANSACTION: 500,
  TRANSACTION_PER_BYTE: 20,
  CONSTANT: 5,
  DEF: 100,
  LOOKUP: 15,
  LOOKUP_DYNAMIC: 40,
  /** LOOKUP_DYNAMIC, and CONSTANT for the address: of a lookup at one that is written down. */
  LOOKUP_SYM: 45,
  DO: 5,
  TRY: 50,
  LET: 30,
  COND_OP: 20,
  LAMBDA: 100,
  CALL_OP: 100,
  SET_BANG: 20,
  LOG: 1000,
  MEMORY_TRADE: 200,
  BUILD_DATA: 50,
  BUILD_PER_ELEMENT: 50,
  BUILD_PER_BYTE: 1,
  MAP: 100,
  REDUCE: 100,
  EQUALS: 20,
  NUMERIC_COMPARE: 10,
  APPLY: 50,
  HASH: 1000,
  HASH_PER_BYTE: 20,
  SIMPLE_FN: 20,
  STR: 20,
  ARITHMETIC: 20,
  SYNTAX: 20,
  ADDRESS: 20,
  BLOB: 20,
  KEYWORD: 20,
  SYMBOL: 20,
  BALANCE: 50,
  GET: 30,
  ASSOC: 150,
  SET_COMPARE_PER_ELEMENT: 10,
  EVAL: 500,
  COMPILE_CONSTANT: 30,
  COMPILE_LOOKUP: 50,
  COMPILE_NODE: 200,
  EXPAND_CONSTANT: 40,
  EXPAND_SEQUENCE: 100,
  SCHEDULE_MILLIS_PER_JUICE_UNIT: 360_000,
  RETURN: 20,
  RECUR: 30,
  TRANSFER: 200,
  ACCEPT: 200,
  DEPLOY_CONTRACT: 1000,
  META: 10,
  QUERY: 10,
  SPECIAL: 10,
  PEER_UPDATE: 1000,
  /** Least cost of an operand of + - *. */
  MIN_NUMERIC_COST: 8,
} as const;

/** Deepest nesting of op execution, expansion and compilation together (T20). */
export const MAX_DEPTH = 256;
/** Accounts of a parent chain in which a symbol is looked up. */
export const LOOKUP_DEPTH = 16;

const SATURATION = 2 ** 63;

/** Juice sums saturate at 2^63-1 in the reference; any value that large is beyond every limit. */
export function addJuice(a: number, b: number): number {
  return Math.min(a + b, SATURATION);
}

/** Saturates as `addJuice`, so counts may be whatever they are. */
export function multiplyJuice(a: number, b: number): number {
  return Math.min(a * b, SATURATION);
}

/** Juice of building a data structure of n elements: 50 + 50n. */
export function buildDataJuice(n: number): number {
  return addJuice(JUICE.BUILD_DATA, multiplyJuice(JUICE.BUILD_PER_ELEMENT, n));
}

/** Up to this count its product with any price below is a safe integer. */
const PLAIN_COUNT_MAX = 2 ** 40;

/**
 * base + price · count as some functions of the reference calculate it, in 64 bits that wrap around
 * (T45). A negative result gives juice back, but never more than was used.
 */
export function wrappedJuice(used: number, base: number, price: number, count: Integer): number {
  if (count <= PLAIN_COUNT_MAX) return base + price * (count as number);
  const juice = Number(BigInt.asIntN(64, BigInt(base) + BigInt(price) * BigInt(count)));
  return used + juice < 0 ? SATURATION : juice;
}

/** `buildDataJuice`, calculated as in `wrappedJuice`. */
export function wrappedDataJuice(used: number, count: Integer): number {
  return wrappedJuice(used, JUICE.BUILD_DATA, JUICE.BUILD_PER_ELEMENT, count);
}

/** Juice of building a string or blob of n bytes: 50 + n. */
export function buildBytesJuice(n: number): number {
  return addJuice(JUICE.BUILD_DATA, multiplyJuice(JUICE.BUILD_PER_BYTE, n));
}
