// hot: see test/bench. Closures of calls of a core function that stands in the op as a Constant.
// When all arguments are locals and constants the call is fused: nothing can observe what happens
// between its charges, so they are made at once. Juice and errors stay the same: depth is checked
// before any charge, and a local that does not exist takes the plain path. An argument of any other
// kind is never fused, since it could see what has been charged, or end in an exit.

import { Ref, type Value } from "../../data/cell.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE, MAX_DEPTH } from "../juice.ts";
import { childCodes, loadedElement } from "../ops/child-code.ts";
import { Constant } from "../ops/constant.ts";
import type { InvokeOp } from "../ops/invoke-op.ts";
import { Local } from "../ops/local.ts";
import type { Code } from "../ops/op.ts";
import { CORE_CODE } from "./core-code.ts";
import { CoreFn } from "./core-fn.ts";
import { trampoline } from "./function-call.ts";
import type { FunctionValue } from "./function-value.ts";
import { isSmallArithmetic, smallJuice, smallResult } from "./small-arithmetic.ts";

/** An argument that costs a fixed charge, and cannot fail if a local at its position exists. */
interface SimpleArgument {
  /** Position of a local, -1 for a constant. */
  readonly position: number;
  readonly value: Value;
  readonly juice: number;
}

/** What `inc` and `dec` add. */
const STEPS: ReadonlyMap<number, number> = new Map<number, number>([
  [CORE_CODE.INC, 1],
  [CORE_CODE.DEC, -1],
]);
const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** The closure of a call of a core function with one or two arguments; null for other calls. */
export function coreCallCode(op: InvokeOp): Code | null {
  const { ops } = op;
  const fn = constantOf(loadedElement(ops, 0));
  if (!(fn instanceof CoreFn) || ops.count < 2 || ops.count > 3) return null;
  const a = simpleArgument(loadedElement(ops, 1));
  if (ops.count === 2) {
    if (a === null) return null;
    const step = STEPS.get(fn.code);
    return step === undefined ? fusedOne(op, fn, a) : fusedStep(op, fn, a, step);
  }
  const b = simpleArgument(loadedElement(ops, 2));
  if (a === null || b === null) return isSmallArithmetic(fn.code) ? arithmeticCode(op, fn) : null;
  return isSmallArithmetic(fn.code) ? fusedArithmetic(op, fn, a, b) : fusedTwo(op, fn, a, b);
}

/** Value of a Constant that is in memory; undefined for anything else. */
function constantOf(op: Value | undefined): Value | undefined {
  if (!(op instanceof Constant)) return undefined;
  return op.slotAt(1) instanceof Ref ? undefined : op.value;
}

function simpleArgument(op: Value | undefined): SimpleArgument | null {
  if (op instanceof Local) {
    return { position: Number(op.position), value: null, juice: JUICE.LOOKUP };
  }
  const value = constantOf(op);
  return value === undefined ? null : { position: -1, value, juice: JUICE.CONSTANT };
}

/** As `trampoline`, for a call by `op`, which stands in the trace of an error. */
export function trampolineTraced(ctx: Context, op: InvokeOp, fn: FunctionValue): Outcome {
  const outcome = trampoline(ctx, fn);
  return outcome === EXIT ? op.traced(ctx) : outcome;
}

function fusedOne(op: InvokeOp, fn: CoreFn, a: SimpleArgument): Code {
  const { position, value } = a;
  const juice = JUICE.CONSTANT + a.juice;
  return (ctx) => {
    const { depth, locals } = ctx;
    if (depth >= MAX_DEPTH - 1 || position >= locals.length) return op.execute(ctx);
    if (!ctx.charge(juice)) return EXIT;
    const arg = position < 0 ? value : (locals[position] as Value);
    ctx.result = arg;
    ctx.depth = depth + 1;
    let outcome = fn.invoke1(ctx, arg);
    if (outcome === EXIT) outcome = trampolineTraced(ctx, op, fn);
    ctx.depth = depth;
    return outcome;
  };
}

function fusedTwo(op: InvokeOp, fn: CoreFn, a: SimpleArgument, b: SimpleArgument): Code {
  const juice = JUICE.CONSTANT + a.juice + b.juice;
  const last = Math.max(a.position, b.position);
  const { position: positionA, value: valueA } = a;
  const { position: positionB, value: valueB } = b;
  return (ctx) => {
    const { depth, locals } = ctx;
    if (depth >= MAX_DEPTH - 1 || last >= locals.length) return op.execute(ctx);
    if (!ctx.charge(juice)) return EXIT;
    const argA = positionA < 0 ? valueA : (locals[positionA] as Value);
    const argB = positionB < 0 ? valueB : (locals[positionB] as Value);
    ctx.result = argB;
    ctx.depth = depth + 1;
    let outcome = fn.invoke2(ctx, argA, argB);
    if (outcome === EXIT) outcome = trampolineTraced(ctx, op, fn);
    ctx.depth = depth;
    return outcome;
  };
}

/** `inc` and `dec`. */
function fusedStep(op: InvokeOp, fn: CoreFn, a: SimpleArgument, step: number): Code {
  const { position, value } = a;
  const juice = JUICE.CONSTANT + a.juice + JUICE.ARITHMETIC;
  const general = fusedOne(op, fn, a);
  return (ctx) => {
    const { depth, locals } = ctx;
    if (depth >= MAX_DEPTH - 1 || position >= locals.length) return op.execute(ctx);
    const arg = position < 0 ? value : locals[position];
    if (typeof arg !== "number") return general(ctx);
    const next = arg + step;
    return next <= SAFE_MAX && next >= -SAFE_MAX ? ctx.withResult(juice, next) : general(ctx);
  };
}

/** Arithmetic and comparison of simple arguments. */
function fusedArithmetic(op: InvokeOp, fn: CoreFn, a: SimpleArgument, b: SimpleArgument): Code {
  const { code } = fn;
  const juice = JUICE.CONSTANT + a.juice + b.juice + smallJuice(code);
  const last = Math.max(a.position, b.position);
  const { position: positionA, value: valueA } = a;
  const { position: positionB, value: valueB } = b;
  const general = fusedTwo(op, fn, a, b);
  return (ctx) => {
    const { depth, locals } = ctx;
    if (depth >= MAX_DEPTH - 1 || last >= locals.length) return op.execute(ctx);
    const argA = positionA < 0 ? valueA : locals[positionA];
    const argB = positionB < 0 ? valueB : locals[positionB];
    if (typeof argA !== "number" || typeof argB !== "number") return general(ctx);
    const value = smallResult(code, argA, argB);
    return value === undefined ? general(ctx) : ctx.withResult(juice, value);
  };
}

/** Arithmetic and comparison of any arguments: each is evaluated and charged by itself. */
function arithmeticCode(op: InvokeOp, fn: CoreFn): Code {
  const { code } = fn;
  const juice = smallJuice(code);
  const codes = childCodes(op.ops, 0);
  const call = (ctx: Context): Outcome => {
    if (!ctx.charge(JUICE.CONSTANT)) return EXIT;
    ctx.result = fn;
    const a = (codes[1] as Code)(ctx);
    if (a === EXIT) return EXIT;
    const b = (codes[2] as Code)(ctx);
    if (b === EXIT) return EXIT;
    if (typeof a === "number" && typeof b === "number") {
      const value = smallResult(code, a, b);
      if (value !== undefined) return ctx.withResult(juice, value);
    }
    const outcome = fn.invoke2(ctx, a, b);
    return outcome === EXIT ? trampolineTraced(ctx, op, fn) : outcome;
  };
  return (ctx) => {
    const { depth } = ctx;
    if (depth >= MAX_DEPTH - 1) return op.execute(ctx);
    ctx.depth = depth + 1;
    const outcome = call(ctx);
    ctx.depth = depth;
    return outcome;
  };
}
