// hot: see test/bench. Closures of Invoke ops, by number of arguments; those of a core function
// with simple arguments are fused (fused-call.ts).

import type { Value } from "../../data/cell.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { MAX_DEPTH } from "../juice.ts";
import { childCodes, loadedElement } from "../ops/child-code.ts";
import { Constant } from "../ops/constant.ts";
import type { InvokeOp } from "../ops/invoke-op.ts";
import { Lambda } from "../ops/lambda.ts";
import { Lookup } from "../ops/lookup.ts";
import { type Code, Op } from "../ops/op.ts";
import { invokeData } from "./data-functions.ts";
import { FunctionValue, isDataFunction } from "./function-value.ts";
import { coreCallCode, trampolineTraced } from "./fused-call.ts";

/** Evaluates function and arguments and calls; the depth is that of the children. */
type Call = (ctx: Context) => Outcome;

/** The closure of an Invoke that has at least a function. */
export function invokeCode(op: InvokeOp): Code {
  const core = coreCallCode(op);
  if (core !== null) return core;
  const codes = childCodes(op.ops, 0);
  const call = callOf(op, codes);
  return (ctx) => {
    const { depth } = ctx;
    if (depth >= MAX_DEPTH) return ctx.depthError();
    ctx.depth = depth + 1;
    const outcome = call(ctx);
    ctx.depth = depth;
    return outcome;
  };
}

/** Whether an op certainly ends in the same context of the reference in which it began (T30). */
function keepsContext(op: Value | undefined): boolean {
  if (!(op instanceof Op)) return false;
  if (op instanceof Lookup) return op.slotAt(0) === null || op.slotAt(0) instanceof Constant;
  return op.isSimple || op instanceof Lambda;
}

function callOf(op: InvokeOp, codes: Code[]): Call {
  if (!keepsContext(loadedElement(op.ops, 0))) return callOfMany(op, codes);
  if (codes.length === 2) return callOfOne(op, codes);
  return codes.length === 3 ? callOfTwo(op, codes) : callOfMany(op, codes);
}

function callOfOne(op: InvokeOp, codes: Code[]): Call {
  return (ctx) => {
    const fn = (codes[0] as Code)(ctx);
    if (fn === EXIT) return EXIT;
    if (!(fn instanceof FunctionValue)) return callData(ctx, op, fn, codes);
    const a = (codes[1] as Code)(ctx);
    if (a === EXIT) return EXIT;
    const outcome = fn.invoke1(ctx, a);
    return outcome === EXIT ? trampolineTraced(ctx, op, fn) : outcome;
  };
}

function callOfTwo(op: InvokeOp, codes: Code[]): Call {
  return (ctx) => {
    const fn = (codes[0] as Code)(ctx);
    if (fn === EXIT) return EXIT;
    if (!(fn instanceof FunctionValue)) return callData(ctx, op, fn, codes);
    const a = (codes[1] as Code)(ctx);
    if (a === EXIT) return EXIT;
    const b = (codes[2] as Code)(ctx);
    if (b === EXIT) return EXIT;
    const outcome = fn.invoke2(ctx, a, b);
    return outcome === EXIT ? trampolineTraced(ctx, op, fn) : outcome;
  };
}

function callOfMany(op: InvokeOp, codes: Code[]): Call {
  return (ctx) => {
    const { identity } = ctx;
    const fn = (codes[0] as Code)(ctx);
    if (fn === EXIT) return EXIT;
    if (!(fn instanceof FunctionValue)) return callData(ctx, op, fn, codes, identity);
    const args = evaluateArgs(ctx, codes);
    if (args === null) return EXIT;
    const outcome = fn.invoke(ctx, args);
    return outcome === EXIT ? trampolineTraced(ctx, op, fn) : outcome;
  };
}

/** Values of the arguments, null on an exit. */
function evaluateArgs(ctx: Context, codes: readonly Code[]): Value[] | null {
  const args: Value[] = [];
  for (let i = 1; i < codes.length; i++) {
    const arg = (codes[i] as Code)(ctx);
    if (arg === EXIT) return null;
    args.push(arg);
  }
  return args;
}

/** Calls a value that is no function value: looks up in data, or raises that it can't be called. */
function callData(
  ctx: Context,
  op: InvokeOp,
  fn: Value,
  codes: readonly Code[],
  identity = ctx.identity,
): Outcome {
  if (!isDataFunction(fn)) return op.notCallable(ctx, fn, identity);
  const args = evaluateArgs(ctx, codes);
  if (args === null) return EXIT;
  const outcome = invokeData(ctx, fn, args);
  return outcome === EXIT ? op.traced(ctx) : outcome;
}
