// Error codes raised by the CVM and the message used when none is given (sheet 02 §17).

import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";

export const CODE = {
  ARGUMENT: Keyword.of("ARGUMENT"),
  ARITY: Keyword.of("ARITY"),
  ASSERT: Keyword.of("ASSERT"),
  BOUNDS: Keyword.of("BOUNDS"),
  CAST: Keyword.of("CAST"),
  CHILD: Keyword.of("CHILD"),
  COMPILE: Keyword.of("COMPILE"),
  DEPTH: Keyword.of("DEPTH"),
  EXCEPTION: Keyword.of("EXCEPTION"),
  FUNDS: Keyword.of("FUNDS"),
  JUICE: Keyword.of("JUICE"),
  MEMORY: Keyword.of("MEMORY"),
  NOBODY: Keyword.of("NOBODY"),
  PEER: Keyword.of("PEER"),
  SEQUENCE: Keyword.of("SEQUENCE"),
  SIGNATURE: Keyword.of("SIGNATURE"),
  STATE: Keyword.of("STATE"),
  SYNTAX: Keyword.of("SYNTAX"),
  TRUST: Keyword.of("TRUST"),
  UNDECLARED: Keyword.of("UNDECLARED"),
} as const;

const DEFAULT_MESSAGES: ReadonlyMap<Value, string> = new Map<Value, string>([
  [CODE.ARGUMENT, "Invalid argument"],
  [CODE.NOBODY, "Account does not exist"],
  [CODE.FUNDS, "Funds not available"],
  [CODE.JUICE, "Out of juice"],
  [CODE.CAST, "Illegal type cast"],
  [CODE.ASSERT, "Assertion failed"],
  [CODE.ARITY, "Wrong number of arguments"],
  [CODE.BOUNDS, "Out of bounds"],
  [CODE.MEMORY, "Out of memory"],
]);

/** Message of an error of this code that was raised without one; null when there is none. */
export function defaultMessage(code: Value): string | null {
  return DEFAULT_MESSAGES.get(code) ?? null;
}
