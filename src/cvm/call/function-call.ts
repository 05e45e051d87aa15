// hot: see test/bench. Invoking with trampolines (sheet 02 §5): a `recur` runs the function again,
// a `tailcall*` another one in its place, a `return` ends it.

import type { Value } from "../../data/cell.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome, RecurExit, ReturnExit, TailcallExit } from "../exits.ts";
import { CORE_CODE } from "./core-code.ts";
import { CoreFn } from "./core-fn.ts";
import { invokeData } from "./data-functions.ts";
import { FunctionValue, isDataFunction } from "./function-value.ts";

/** Invokes any value; one that is no function is a :CAST. */
export function invoke(ctx: Context, fn: Value, args: Value[]): Outcome {
  if (fn instanceof FunctionValue) {
    const outcome = fn.invoke(ctx, args);
    return outcome === EXIT ? trampoline(ctx, fn) : outcome;
  }
  return isDataFunction(fn) ? invokeData(ctx, fn, args) : ctx.castValueError(fn, "Function");
}

/** `invoke` with one argument. */
export function invokeOne(ctx: Context, fn: Value, a: Value): Outcome {
  if (!(fn instanceof FunctionValue)) return invoke(ctx, fn, [a]);
  const outcome = fn.invoke1(ctx, a);
  return outcome === EXIT ? trampoline(ctx, fn) : outcome;
}

/** `invoke` with two arguments. */
export function invokeTwo(ctx: Context, fn: Value, a: Value, b: Value): Outcome {
  if (!(fn instanceof FunctionValue)) return invoke(ctx, fn, [a, b]);
  const outcome = fn.invoke2(ctx, a, b);
  return outcome === EXIT ? trampoline(ctx, fn) : outcome;
}

/**
 * Goes on after a call that ended with an exit: calls again what the exit asks for, until a call
 * ends with a value, or with an exit that functions do not take. Core functions take them too, as
 * `apply` does (T17); only recur, tailcall* and return do not take the exits that they make.
 */
export function trampoline(ctx: Context, called: FunctionValue): Outcome {
  let fn = called;
  for (;;) {
    const { exit } = ctx;
    let outcome: Outcome;
    if (exit instanceof RecurExit) {
      if (isCore(fn, CORE_CODE.RECUR)) return EXIT;
      outcome = fn.invoke(ctx, exit.args);
    } else if (exit instanceof TailcallExit) {
      if (isCore(fn, CORE_CODE.TAILCALL)) return EXIT;
      fn = exit.fn;
      outcome = fn.invoke(ctx, exit.args);
    } else if (exit instanceof ReturnExit && !isCore(fn, CORE_CODE.RETURN)) {
      ctx.result = exit.value;
      return exit.value;
    } else {
      return EXIT;
    }
    if (outcome !== EXIT) return outcome;
  }
}

function isCore(fn: FunctionValue, code: number): boolean {
  return fn instanceof CoreFn && fn.code === code;
}
