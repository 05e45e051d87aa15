// hot: see test/bench. Core functions that compare: equality of values, and order of numbers (sheet
// 02 §15). Two Integers compare exactly; if one is a Double both become doubles, and NaN compares
// false.

import type { Value } from "../../data/cell.ts";
import { CVMDouble } from "../../data/double.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { areEqual } from "../history/comparing.ts";
import { JUICE } from "../juice.ts";
import { type Cast, castNumber, type Numeric, noteComputed, toDouble } from "./arguments.ts";

const { EQUALS, NUMERIC_COMPARE } = JUICE;

/**
 * A relation on numbers. A number and a bigint compare by their exact values in JavaScript, so one
 * relation serves Integers and doubles.
 */
type Relation = (a: number | bigint, b: number | bigint) => boolean;

// biome-ignore lint/suspicious/noDoubleEquals: a number and a bigint are equal only loosely
const equalNumbers: Relation = (a, b) => a == b;
const less: Relation = (a, b) => a < b;
const lessOrEqual: Relation = (a, b) => a <= b;
const greater: Relation = (a, b) => a > b;
const greaterOrEqual: Relation = (a, b) => a >= b;

/** Notes that two numbers are compared (T9); after a NaN the reference does not compare. */
function noteCompared(ctx: Context, a: Numeric, b: Numeric): void {
  if (isNotANumber(a)) return;
  noteComputed(ctx, a);
  noteComputed(ctx, b);
}

function holds(relation: Relation, a: Numeric, b: Numeric): boolean {
  if (a instanceof CVMDouble || b instanceof CVMDouble) return relation(toDouble(a), toDouble(b));
  return relation(a, b);
}

/** Whether the relation holds between all neighbours; stops at the first two where it does not. */
function allHold(ctx: Context, args: readonly Value[], relation: Relation): Cast<boolean> {
  if (args.length === 0) return true;
  let last = castNumber(ctx, args[0] as Value, 0);
  if (last === EXIT) return EXIT;
  for (let i = 1; i < args.length; i++) {
    const next = castNumber(ctx, args[i] as Value, i);
    if (next === EXIT) return EXIT;
    noteCompared(ctx, last, next);
    if (!holds(relation, last, next)) return false;
    last = next;
  }
  return true;
}

/** @param negated whether the result is the opposite (`!=`) */
function comparison(code: number, name: string, relation: Relation, negated = false): CoreFn {
  const body = (ctx: Context, args: Value[]): Outcome => {
    const all = allHold(ctx, args, relation);
    return all === EXIT ? EXIT : ctx.withResult(NUMERIC_COMPARE, all !== negated);
  };
  const fn2 = (ctx: Context, a: Value, b: Value): Outcome => {
    if (typeof a === "number" && typeof b === "number") {
      return ctx.withResult(NUMERIC_COMPARE, relation(a, b) !== negated);
    }
    return body(ctx, [a, b]);
  };
  return coreFn(code, name, { min: 0 }, body, { fn2 });
}

function equal(ctx: Context, args: Value[]): Outcome {
  for (let i = 1; i < args.length; i++) {
    if (!areEqual(args[i - 1] as Value, args[i] as Value)) return ctx.withResult(EQUALS, false);
  }
  return ctx.withResult(EQUALS, true);
}

function equal2(ctx: Context, a: Value, b: Value): Outcome {
  return ctx.withResult(EQUALS, areEqual(a, b));
}

/** `min` and `max`: the first number than which none `isBetter`. */
function extreme(code: number, name: string, isBetter: Relation): CoreFn {
  return coreFn(code, name, { min: 1 }, (ctx, args) => {
    let best = castNumber(ctx, args[0] as Value, 0);
    if (best === EXIT) return EXIT;
    for (let i = 1; i < args.length; i++) {
      const next = castNumber(ctx, args[i] as Value, i);
      if (next === EXIT) return EXIT;
      noteCompared(ctx, best, next);
      if (isNotANumber(best) || isNotANumber(next)) best = CVMDouble.NAN;
      else if (holds(isBetter, next, best)) best = next;
    }
    return ctx.withResult(NUMERIC_COMPARE, best);
  });
}

function isNotANumber(value: Numeric): boolean {
  return value instanceof CVMDouble && Number.isNaN(value.value);
}

export const COMPARE_FNS: readonly CoreFn[] = [
  coreFn(CORE_CODE.EQUAL, "=", { min: 0 }, equal, { fn2: equal2 }),
  comparison(CORE_CODE.NUMERIC_EQUAL, "==", equalNumbers),
  comparison(CORE_CODE.NOT_EQUAL, "!=", equalNumbers, true),
  comparison(CORE_CODE.GREATER_OR_EQUAL, ">=", greaterOrEqual),
  comparison(CORE_CODE.GREATER, ">", greater),
  comparison(CORE_CODE.LESS_OR_EQUAL, "<=", lessOrEqual),
  comparison(CORE_CODE.LESS, "<", less),
  extreme(130, "min", less),
  extreme(131, "max", greater),
];
