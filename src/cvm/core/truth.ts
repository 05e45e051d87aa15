// hot: see test/bench. Truth, and core functions boolean and not (sheet 02 §15, §19).

import type { Value } from "../../data/cell.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";

/** False for nil and false alone: 0, "" and empty structures are true (sheet 02 §15). */
export function isTruthy(value: Value): boolean {
  return value !== null && value !== false;
}

function boolean1(ctx: Context, a: Value): Outcome {
  return ctx.withResult(JUICE.SIMPLE_FN, isTruthy(a));
}

function not1(ctx: Context, a: Value): Outcome {
  return ctx.withResult(JUICE.SIMPLE_FN, !isTruthy(a));
}

/** A core function of exactly one argument. */
function ofOne(code: number, name: string, fn1: (ctx: Context, a: Value) => Outcome): CoreFn {
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => fn1(ctx, args[0] as Value), { fn1 });
}

export const TRUTH_FNS: readonly CoreFn[] = [
  ofOne(134, "boolean", boolean1),
  ofOne(175, "not", not1),
];
