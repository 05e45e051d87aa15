// Core functions that evaluate, compile and expand forms (sheet 02 §7, §8, §10). They ask the
// Context, since they can't import the compiler, which imports the table of core functions.

import type { Value } from "../../data/cell.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castAddress, castFunctionValue } from "./arguments.ts";

const ONE = { min: 1, max: 1 };
const TWO = { min: 2, max: 2 };

function evalAs(ctx: Context, args: Value[]): Outcome {
  const target = castAddress(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.EVAL, ctx.evalAs(target, args[1] as Value));
}

function queryAs(ctx: Context, args: Value[]): Outcome {
  const target = castAddress(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.EVAL, ctx.queryAs(target, args[1] as Value));
}

/** Arguments: (form), (form expander) or (form expander continuation). */
function expand(ctx: Context, args: Value[]): Outcome {
  const expander = args.length > 1 ? castFunctionValue(ctx, args[1] as Value, 1) : INITIAL_EXPANDER;
  if (expander === EXIT) return EXIT;
  const continuation = args.length > 2 ? castFunctionValue(ctx, args[2] as Value, 2) : expander;
  if (continuation === EXIT) return EXIT;
  return ctx.expand(expander, args[0] as Value, continuation);
}

function expandInitially(ctx: Context, form: Value, by: Value): Outcome {
  const continuation = castFunctionValue(ctx, by, 1);
  if (continuation === EXIT) return EXIT;
  return ctx.initialExpand(form, continuation);
}

const INITIAL_EXPANDER = coreFn(
  CORE_CODE.INITIAL_EXPANDER,
  "*initial-expander*",
  TWO,
  (ctx, args) => expandInitially(ctx, args[0] as Value, args[1] as Value),
  { fn2: expandInitially },
);

export const EVAL_FNS: readonly CoreFn[] = [
  // As an expander: a quoted form is not expanded, so the continuation is not used.
  coreFn(0, "quote", TWO, (ctx, args) => ctx.withResult(JUICE.EXPAND_CONSTANT, args[0] as Value)),
  coreFn(17, "eval", ONE, (ctx, args) => ctx.evalForm(args[0] as Value)),
  coreFn(18, "eval-as", TWO, evalAs),
  coreFn(19, "query-as", TWO, queryAs),
  coreFn(CORE_CODE.COMPILE, "compile", ONE, (ctx, args) => ctx.expandCompile(args[0] as Value), {
    fn1: (ctx, form) => ctx.expandCompile(form),
  }),
  coreFn(258, "expand", { min: 1, max: 3 }, expand),
  INITIAL_EXPANDER,
];
