// Core functions that exit (sheet 02 §6): recur, tailcall*, rollback, halt, return, fail, reduced.

import type { Value } from "../../data/cell.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import {
  EXIT,
  type Exit,
  HaltExit,
  type Outcome,
  RecurExit,
  ReducedExit,
  ReturnExit,
  RollbackExit,
  TailcallExit,
} from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castFunctionValue } from "./arguments.ts";

const ONE = { min: 1, max: 1 };

function exitWith(ctx: Context, juice: number, exit: Exit): typeof EXIT {
  return ctx.charge(juice) ? ctx.exitWith(exit) : EXIT;
}

/** An exit that carries one value. */
function valueExit(code: number, name: string, exitOf: (value: Value) => Exit): CoreFn {
  return coreFn(code, name, ONE, (ctx, args) =>
    exitWith(ctx, JUICE.RETURN, exitOf(args[0] as Value)),
  );
}

function halt(ctx: Context, args: Value[]): Outcome {
  return exitWith(ctx, JUICE.RETURN, new HaltExit(args.length > 0 ? (args[0] as Value) : null));
}

function recur(ctx: Context, args: Value[]): Outcome {
  return exitWith(ctx, JUICE.RECUR, new RecurExit(args.slice()));
}

function tailcall(ctx: Context, args: Value[]): Outcome {
  const fn = castFunctionValue(ctx, args[0] as Value, 0);
  if (fn === EXIT) return EXIT;
  return exitWith(ctx, JUICE.RECUR, new TailcallExit(fn, args.slice(1)));
}

/** Arguments: (), (message) or (code message). */
function fail(ctx: Context, args: Value[]): Outcome {
  const message = args.length > 0 ? (args[args.length - 1] as Value) : null;
  if (args.length < 2) return ctx.fail(CODE.ASSERT, message);
  const code = args[0] as Value;
  if (code === null) return ctx.fail(CODE.ARGUMENT, "Error code cannot be nil");
  return ctx.fail(code, message);
}

export const CONTROL_FNS: readonly CoreFn[] = [
  coreFn(CORE_CODE.RECUR, "recur", { min: 0 }, recur),
  coreFn(CORE_CODE.TAILCALL, "tailcall*", { min: 1 }, tailcall),
  valueExit(208, "rollback", (value) => new RollbackExit(value)),
  coreFn(209, "halt", { min: 0, max: 1 }, halt),
  valueExit(CORE_CODE.RETURN, "return", (value) => new ReturnExit(value)),
  coreFn(CORE_CODE.FAIL, "fail", { min: 0, max: 2 }, fail),
  valueExit(228, "reduced", (value) => new ReducedExit(value)),
];
