// What a core function says when it is called with a wrong number of arguments (sheet 02 §17).

import type { CoreFn } from "./core-fn.ts";

/** @param count arguments it was called with */
export function arityMessage(fn: CoreFn, count: number): string {
  const { name, min, max } = fn;
  if (fn.isPredicate) return `${name} requires exactly one argument`;
  const called = `but called with: ${count}`;
  if (min === max) return `${name} requires arity ${min} ${called}`;
  if (max === Number.POSITIVE_INFINITY) return `${name} requires minimum arity ${min} ${called}`;
  if (min === 0) return `${name} requires maximum arity ${max} ${called}`;
  return `${name} requires arity between ${min} and ${max} ${called}`;
}
