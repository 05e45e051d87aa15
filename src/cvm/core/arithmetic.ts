// hot: see test/bench. Arithmetic (sheet 02 §15): + - * / and functions of one number. Integers are
// exact; from the first Double on, the rest of a sum or product is calculated in doubles.

import type { Integer, Value } from "../../data/cell.ts";
import { CVMDouble } from "../../data/double.ts";
import { add, integerLength, multiply, negate, subtract } from "../../data/integer.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { TWO_SMALL_OPERANDS } from "../call/small-arithmetic.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { ceil, exp, floor, pow, sqrt } from "../maths.ts";
import {
  castInteger,
  castNumber,
  castNumbers,
  isNumeric,
  type Numeric,
  noteComputed,
  toDouble,
} from "./arguments.ts";

const { ARITHMETIC, MIN_NUMERIC_COST } = JUICE;
const SAFE_MAX = Number.MAX_SAFE_INTEGER;

type IntegerOperation = (a: Integer, b: Integer) => Integer | null;
type DoubleOperation = (a: number, b: number) => number;

/** Juice of an operand: its bytes, at least 8. */
function numericCost(value: Numeric): number {
  return typeof value === "bigint"
    ? Math.max(MIN_NUMERIC_COST, integerLength(value))
    : MIN_NUMERIC_COST;
}

/** Juice of the operands of + - *: each costs as much as the dearest up to it. */
function operandsJuice(args: readonly Numeric[]): number {
  let most = 0;
  let total = 0;
  for (const arg of args) {
    most = Math.max(most, numericCost(arg));
    total += most;
  }
  return total;
}

function invalidResult(ctx: Context): typeof EXIT {
  return ctx.fail(CODE.ARGUMENT, "Invalid numeric result");
}

/** a operated with b; null when an Integer result takes over 4096 bytes. */
function combine(
  ctx: Context,
  a: Numeric,
  b: Numeric,
  integers: IntegerOperation,
  doubles: DoubleOperation,
): Numeric | null {
  noteComputed(ctx, a);
  noteComputed(ctx, b);
  if (a instanceof CVMDouble || b instanceof CVMDouble) {
    return CVMDouble.of(doubles(toDouble(a), toDouble(b)));
  }
  return integers(a, b);
}

function plus(ctx: Context, args: Value[]): Outcome {
  return fold(ctx, args, 0, add, (a, b) => a + b);
}

function times(ctx: Context, args: Value[]): Outcome {
  return fold(ctx, args, 1, multiply, (a, b) => a * b);
}

function fold(
  ctx: Context,
  args: Value[],
  unit: Integer,
  integers: IntegerOperation,
  doubles: DoubleOperation,
): Outcome {
  if (!castNumbers(ctx, args)) return EXIT;
  if (!ctx.charge(operandsJuice(args))) return EXIT;
  let result: Numeric = args.length === 0 ? unit : (args[0] as Numeric);
  for (let i = 1; i < args.length; i++) {
    const next = combine(ctx, result, args[i] as Numeric, integers, doubles);
    if (next === null) return invalidResult(ctx);
    result = next;
  }
  if (args.length > 1) noteComputed(ctx, result);
  return ctx.withResult(ARITHMETIC, result);
}

function minus(ctx: Context, args: Value[]): Outcome {
  if (!castNumbers(ctx, args)) return EXIT;
  if (!ctx.charge(operandsJuice(args))) return EXIT;
  let result: Numeric | null = args[0] as Numeric;
  if (args.length === 1) {
    noteComputed(ctx, result);
    result = result instanceof CVMDouble ? CVMDouble.of(-result.value) : negate(result);
  }
  for (let i = 1; i < args.length; i++) {
    // T3: the reference goes on with the null of the step before, and throws.
    if (result === null) throw new HostError("subtraction from a result beyond the integer limit");
    result = combine(ctx, result, args[i] as Numeric, subtract, (a, b) => a - b);
  }
  if (result === null) return invalidResult(ctx);
  noteComputed(ctx, result);
  return ctx.withResult(ARITHMETIC, result);
}

function divide(ctx: Context, args: Value[]): Outcome {
  let result = 1;
  for (let i = 0; i < args.length; i++) {
    const number = castNumber(ctx, args[i] as Value, i);
    if (number === EXIT) return EXIT;
    noteComputed(ctx, number);
    if (i === 0 && args.length > 1) result = toDouble(number);
    else result /= toDouble(number);
  }
  return ctx.withResult(ARITHMETIC, CVMDouble.of(result));
}

function plus2(ctx: Context, a: Value, b: Value): Outcome {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= SAFE_MAX && sum >= -SAFE_MAX) return ctx.withResult(TWO_SMALL_OPERANDS, sum);
  }
  return plus(ctx, [a, b]);
}

function minus2(ctx: Context, a: Value, b: Value): Outcome {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (difference <= SAFE_MAX && difference >= -SAFE_MAX) {
      return ctx.withResult(TWO_SMALL_OPERANDS, difference);
    }
  }
  return minus(ctx, [a, b]);
}

function times2(ctx: Context, a: Value, b: Value): Outcome {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (product <= SAFE_MAX && product >= -SAFE_MAX) {
      // Adding 0 turns -0 into 0.
      return ctx.withResult(TWO_SMALL_OPERANDS, product + 0);
    }
  }
  return times(ctx, [a, b]);
}

/** `inc` and `dec`: nil beyond the limit of 4096 bytes (T10). */
function step(code: number, name: string, by: 1 | -1): CoreFn {
  const fn1 = (ctx: Context, a: Value): Outcome => {
    if (typeof a === "number") {
      const next = a + by;
      if (next <= SAFE_MAX && next >= -SAFE_MAX) return ctx.withResult(ARITHMETIC, next);
    }
    const value = castInteger(ctx, a, 0, "Long");
    if (value === EXIT) return EXIT;
    const next = add(value, by);
    noteComputed(ctx, value);
    noteComputed(ctx, next);
    return ctx.withResult(ARITHMETIC, next);
  };
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => fn1(ctx, args[0] as Value), { fn1 });
}

/** A core function of one number, calculated in doubles. */
function ofDouble(code: number, name: string, f: (x: number) => number): CoreFn {
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => {
    const value = castNumber(ctx, args[0] as Value, 0);
    if (value === EXIT) return EXIT;
    noteComputed(ctx, value);
    return ctx.withResult(ARITHMETIC, CVMDouble.of(f(toDouble(value))));
  });
}

function expOf(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (!isNumeric(value)) {
    return ctx.fail(CODE.CAST, "Can't convert argument at position 1 to type Double");
  }
  noteComputed(ctx, value);
  return ctx.withResult(ARITHMETIC, CVMDouble.of(exp(toDouble(value))));
}

function powOf(ctx: Context, args: Value[]): Outcome {
  const [base, exponent] = args as [Value, Value];
  noteComputed(ctx, base);
  noteComputed(ctx, exponent);
  if (!isNumeric(base) || !isNumeric(exponent)) {
    return ctx.fail(CODE.CAST, "Can't convert value(s) to type Double");
  }
  return ctx.withResult(ARITHMETIC, CVMDouble.of(pow(toDouble(base), toDouble(exponent))));
}

function abs(ctx: Context, args: Value[]): Outcome {
  const value = castNumber(ctx, args[0] as Value, 0);
  if (value === EXIT) return EXIT;
  if (value instanceof CVMDouble) {
    return ctx.withResult(ARITHMETIC, CVMDouble.of(Math.abs(value.value)));
  }
  const result = value < 0 ? negate(value) : value;
  if (result === null) return invalidResult(ctx);
  noteComputed(ctx, result);
  return ctx.withResult(ARITHMETIC, result);
}

/**
 * The sign; 0 for a big Integer that is kept as bytes beginning with 0x00 (T9, integer-history.ts).
 */
function signum(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (!isNumeric(value)) return ctx.castValueError(value, "Number");
  if (value instanceof CVMDouble) {
    return ctx.withResult(ARITHMETIC, CVMDouble.of(Math.sign(value.value)));
  }
  if (typeof value === "bigint" && ctx.integers.hasZeroSign(value)) {
    return ctx.withResult(ARITHMETIC, 0);
  }
  return ctx.withResult(ARITHMETIC, value < 0 ? -1 : value > 0 ? 1 : 0);
}

export const ARITHMETIC_FNS: readonly CoreFn[] = [
  step(CORE_CODE.INC, "inc", 1),
  step(CORE_CODE.DEC, "dec", -1),
  coreFn(CORE_CODE.ADD, "+", { min: 0 }, plus, { fn2: plus2 }),
  coreFn(CORE_CODE.SUBTRACT, "-", { min: 1 }, minus, { fn2: minus2 }),
  coreFn(CORE_CODE.MULTIPLY, "*", { min: 0 }, times, { fn2: times2 }),
  coreFn(163, "/", { min: 1 }, divide),
  ofDouble(164, "floor", floor),
  ofDouble(165, "ceil", ceil),
  ofDouble(166, "sqrt", sqrt),
  coreFn(167, "abs", { min: 1, max: 1 }, abs),
  coreFn(168, "signum", { min: 1, max: 1 }, signum),
  coreFn(173, "pow", { min: 2, max: 2 }, powOf),
  coreFn(174, "exp", { min: 1, max: 1 }, expOf),
];
