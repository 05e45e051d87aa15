// hot: see test/bench. Core functions that call functions: apply, map, reduce (sheet 02 §19).

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { type Callee, FunctionValue, isCallee } from "../call/function-value.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome, ReducedExit } from "../exits.ts";
import { SharedArguments } from "../history/shared-arguments.ts";
import { addJuice, JUICE, multiplyJuice } from "../juice.ts";
import { typeName } from "../text/type-name.ts";
import { castFunction } from "./arguments.ts";
import {
  elementAt,
  elements,
  emptyLike,
  isStructure,
  type Sequential,
  type Structure,
  structureCount,
  withElement,
} from "./structures.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";
import { elementsByPlace } from "./walk.ts";

// Units of work (data/free-work.ts) of a step of `reduce` whose function is data, which charges
// nothing.
/** The function is a sequence, and so is what is reduced. */
const SEQUENCE_STEP_WORK = 60;
/** The function is other data, and a sequence is reduced. */
const LOOKUP_STEP_WORK = 400;
/** Something else than a sequence is reduced. */
const PLACE_STEP_WORK = 600;
/** Besides, if an Integer beyond 2^53 is looked up: it keeps no hash. */
const BIG_KEY_WORK = 1500;

// Units of work of an element that `map` takes from one of more than SOURCES_PAID structures. A
// step costs the same juice however many they are.
const SOURCES_PAID = 2;
/** Of a sequence. */
const TAKEN_WORK = 60;
/** Besides, of any other structure. */
const TAKEN_PLACE_WORK = 300;

function apply(ctx: Context, args: Value[]): Outcome {
  const fn = castFunction(ctx, args[0] as Value, 0);
  if (fn === EXIT) return EXIT;
  const last = args.length - 1;
  const spread = args[last] as Value;
  if (spread !== null && !isStructure(spread)) {
    return ctx.castError(last, spread, "DataStructure");
  }
  const count = spread === null ? 0 : structureCount(spread);
  const juice = addJuice(JUICE.APPLY, multiplyJuice(JUICE.BUILD_PER_ELEMENT, count));
  if (!ctx.charge(juice)) return EXIT;
  const values = args.slice(1, last);
  return ctx.invoke(fn, spread === null ? values : values.concat(elements(spread)));
}

function map(ctx: Context, args: Value[]): Outcome {
  const fn = args[0] as Value;
  if (!isCallee(fn)) return ctx.castValueError(fn, "Function");
  const sources: Structure[] = [];
  let count = Number.POSITIVE_INFINITY;
  for (let i = 1; i < args.length; i++) {
    const source = args[i] as Value;
    if (source === null) {
      return ctx.withResult(JUICE.MAP, sources[0] === undefined ? null : emptyLike(sources[0]));
    }
    if (!isStructure(source)) return ctx.castValueError(source, "Sequence");
    sources.push(source);
    count = Math.min(count, structureCount(source));
  }
  const juice = addJuice(JUICE.MAP, multiplyJuice(JUICE.BUILD_PER_ELEMENT, count));
  if (!ctx.checkJuice(juice)) return EXIT;
  const result = mapped(ctx, fn, sources, count);
  return result === EXIT ? EXIT : ctx.withResult(juice, result);
}

/** For a List the calls go from the last element to the first, since it is built from its end. */
function mapped(ctx: Context, fn: Callee, sources: readonly Structure[], count: number): Outcome {
  const first = sources[0] as Structure;
  const work = takingWork(sources);
  if (first instanceof Vector) {
    const values: Value[] = [];
    for (let i = 0; i < count; i++) {
      doWork(work);
      const value = callWith(ctx, fn, sources, i);
      if (value === EXIT) return failedMap(fn, i, UNPAID.NEST);
      values.push(value);
    }
    return Vector.from(values);
  }
  const backwards = first instanceof List;
  let result = emptyLike(first);
  for (let k = 0; k < count; k++) {
    doWork(work);
    const value = callWith(ctx, fn, sources, backwards ? count - 1 - k : k);
    if (value === EXIT) return failedMap(fn, k, backwards ? UNPAID.NEST : UNPAID.MAP);
    const next = withElement(result, value);
    if (next === null) {
      ctx.fail(CODE.ARGUMENT, `Invalid element type for ${typeName(result)}`);
      return failedMap(fn, k, UNPAID.MAP);
    }
    result = next;
  }
  return result;
}

/** Units of work of taking one element of each. */
function takingWork(sources: readonly Structure[]): number {
  if (sources.length <= SOURCES_PAID) return 0;
  const places = sources.filter((s) => !(s instanceof Vector || s instanceof List)).length;
  return sources.length * TAKEN_WORK + places * TAKEN_PLACE_WORK;
}

/** Ends a `map` that failed after `count` elements; calls of a real function were paid for. */
function failedMap(fn: Callee, count: number, unit: number): typeof EXIT {
  return fn instanceof FunctionValue ? EXIT : failAfter(EXIT, count, unit);
}

function callWith(ctx: Context, fn: Callee, sources: readonly Structure[], i: number): Outcome {
  const args = sources.map((source) => elementAt(source, i));
  return ctx.invoke(fn, args);
}

function reduce(ctx: Context, args: Value[]): Outcome {
  const fn = castFunction(ctx, args[0] as Value, 0);
  if (fn === EXIT) return EXIT;
  const last = args.length - 1;
  const source = args[last] as Value;
  if (source !== null && !isStructure(source)) return ctx.castError(last, source, "Sequence");
  let outcome = reduced(ctx, fn, source, args);
  if (outcome === EXIT && ctx.exit instanceof ReducedExit) outcome = ctx.exit.value;
  if (outcome !== EXIT) ctx.result = outcome;
  return ctx.chargeAfter(JUICE.REDUCE, outcome);
}

function reduced(ctx: Context, fn: Callee, source: Structure | null, args: Value[]): Outcome {
  const count = source === null ? 0 : structureCount(source);
  if (args.length === 3) {
    return source === null ? (args[1] as Value) : folded(ctx, fn, source, 0, args[1] as Value);
  }
  if (source === null || count === 0) return ctx.invoke(fn, []);
  const first = elementAt(source, 0);
  return count === 1 ? ctx.invoke(fn, [first]) : folded(ctx, fn, source, 1, first);
}

/** `folded` by a map: each step is a lookup with the element as its default, without arguments. */
function lookedUp(ctx: Context, fn: CVMMap, elements: Iterable<Value>, first: Value): Value {
  let result = first;
  for (const element of elements) {
    doWork(typeof result === "bigint" ? LOOKUP_STEP_WORK + BIG_KEY_WORK : LOOKUP_STEP_WORK);
    const found = fn.get(result);
    result = found === undefined ? element : found;
    ctx.result = result;
  }
  return result;
}

/** Folds the elements from index `from` (0 or 1) on, beginning with the value `first`. */
function folded(ctx: Context, fn: Callee, source: Structure, from: number, first: Value): Outcome {
  const isSequence = source instanceof Vector || source instanceof List;
  const elements = isSequence ? elementsFrom(source, from) : elementsByPlace(source, from);
  if (fn instanceof CVMMap && isSequence) return lookedUp(ctx, fn, elements, first);
  if (fn instanceof FunctionValue) {
    const shared = new SharedArguments();
    return shared.within(() => {
      let result: Outcome = first;
      for (const element of elements) {
        result = ctx.invoke(fn, shared.next(result, element));
        if (result === EXIT) return EXIT;
      }
      return result;
    });
  }
  const work = isSequence ? sequenceStepWork(fn) : PLACE_STEP_WORK;
  let result: Outcome = first;
  for (const element of elements) {
    doWork(typeof result === "bigint" ? work + BIG_KEY_WORK : work);
    result = ctx.invoke(fn, [result, element]);
    if (result === EXIT) return EXIT;
  }
  return result;
}

function sequenceStepWork(fn: Callee): number {
  return fn instanceof Vector || fn instanceof List ? SEQUENCE_STEP_WORK : LOOKUP_STEP_WORK;
}

function elementsFrom(source: Sequential, from: number): IterableIterator<Value> {
  const elements = source[Symbol.iterator]();
  if (from === 1) elements.next();
  return elements;
}

export const HIGHER_ORDER_FNS: readonly CoreFn[] = [
  coreFn(198, "apply", { min: 2 }, apply),
  coreFn(226, "map", { min: 2 }, map),
  coreFn(227, "reduce", { min: 2, max: 3 }, reduce),
];
