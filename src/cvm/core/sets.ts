// Core functions of sets (sheet 02 §19). The results are those of the reference, defects included
// (data/set-algebra.ts): a union that it dies of throws PanicError.

import type { Value } from "../../data/cell.ts";
import { CVMSet } from "../../data/set.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { hashMember, hashMembers, withoutMember } from "../history/sets.ts";
import { addJuice, buildDataJuice, JUICE, multiplyJuice, wrappedJuice } from "../juice.ts";
import { castSet } from "./arguments.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";

type SetOperation = (a: CVMSet, b: CVMSet) => CVMSet;

/** Combines `first`, for which nothing is paid, with the arguments from `from` on. */
function fold(
  ctx: Context,
  args: Value[],
  first: CVMSet,
  from: number,
  combine: SetOperation,
): Outcome {
  let result = first;
  let juice: number = JUICE.BUILD_DATA;
  /** Elements of the sets combined so far. */
  let taken = 0;
  for (let i = from; i < args.length; i++) {
    const set = castSet(ctx, args[i] as Value, i);
    if (set === EXIT) return failAfter(EXIT, taken, UNPAID.COMBINE);
    juice = addJuice(juice, multiplyJuice(JUICE.BUILD_PER_ELEMENT, set.count));
    if (!ctx.checkJuice(juice)) return EXIT;
    taken += result.count + set.count;
    hashMembers(result, set);
    result = combine(result, set);
  }
  return ctx.withResult(juice, result);
}

function union(ctx: Context, args: Value[]): Outcome {
  return fold(ctx, args, CVMSet.EMPTY, 0, (a, b) => {
    if (a.isEmpty) hashMember(b);
    return a.union(b);
  });
}

/** `intersection` and `difference`: nothing is paid for the first argument. */
function foldingFirst(code: number, name: string, combine: SetOperation): CoreFn {
  return coreFn(code, name, { min: 1 }, (ctx, args) => {
    const first = castSet(ctx, args[0] as Value, 0);
    return first === EXIT ? EXIT : fold(ctx, args, first, 1, combine);
  });
}

function castSetValue(ctx: Context, value: Value): CVMSet | typeof EXIT {
  if (value === null) return CVMSet.EMPTY;
  return value instanceof CVMSet ? value : ctx.castValueError(value, "Set");
}

function isSubset(ctx: Context, args: Value[]): Outcome {
  const a = castSetValue(ctx, args[0] as Value);
  if (a === EXIT) return EXIT;
  const juice = wrappedJuice(
    ctx.juice,
    JUICE.SIMPLE_FN,
    JUICE.SET_COMPARE_PER_ELEMENT,
    a.countInteger,
  );
  if (!ctx.checkJuice(juice)) return EXIT;
  const b = castSetValue(ctx, args[1] as Value);
  if (b === EXIT) return EXIT;
  hashMembers(a, b);
  return ctx.withResult(juice, a.isSubset(b));
}

function disj(ctx: Context, args: Value[]): Outcome {
  const juice = buildDataJuice(args.length - 1);
  if (!ctx.checkJuice(juice)) return EXIT;
  const set = castSet(ctx, args[0] as Value, 0);
  if (set === EXIT) return EXIT;
  let result = set;
  for (let i = 1; i < args.length; i++) {
    result = withoutMember(result, args[i] as Value);
  }
  return ctx.withResult(juice, result);
}

export const SET_FNS: readonly CoreFn[] = [
  coreFn(6, "union", { min: 0 }, union),
  foldingFirst(7, "intersection", (a, b) => a.intersection(b)),
  foldingFirst(8, "difference", (a, b) => a.difference(b)),
  coreFn(115, "subset?", { min: 2, max: 2 }, isSubset),
  coreFn(118, "disj", { min: 1 }, disj),
];
