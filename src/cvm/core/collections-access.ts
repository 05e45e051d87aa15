// hot: see test/bench. Core functions that read and change collections by key and position (sheet
// 02 §19).

import type { Integer, Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { Index } from "../../data/index-map.ts";
import { isLong } from "../../data/integer.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { Vector } from "../../data/vector.ts";
import { heldBackwards, heldElements } from "../../data/vector-damaged.ts";
import { isSound } from "../../data/vector-sound.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { appendedToVector, joinedVectors, toCanonical } from "../history/array-vectors.ts";
import { merged } from "../history/maps.ts";
import { buildDataJuice, JUICE, wrappedDataJuice } from "../juice.ts";
import { typeName } from "../text/type-name.ts";
import { castInteger, castStructure } from "./arguments.ts";
import { countOf, isCountable, nthOf } from "./countables.ts";
import {
  elementAt,
  hasKey,
  heldIn,
  isStructure,
  type Sequential,
  type Structure,
  sequenceOf,
  sequentialOf,
  structureCount,
  valueAt,
  withElement,
  withValueAt,
} from "./structures.ts";
import { failAfter, PAID_ELEMENTS_MAX, UNPAID } from "./unpaid-work.ts";

const { SIMPLE_FN, GET } = JUICE;

function count1(ctx: Context, a: Value): Outcome {
  if (a === null) return ctx.withResult(SIMPLE_FN, 0);
  if (!isCountable(a)) return ctx.castError(0, a, "DataStructure");
  return ctx.withResult(SIMPLE_FN, countOf(a));
}

/** Value under a key without a default: nil, or false of a Set, when there is none. */
function find(s: Structure, key: Value): Value {
  const value = valueAt(s, key);
  if (value !== undefined) return value;
  return s instanceof CVMSet ? false : null;
}

function get2(ctx: Context, a: Value, key: Value): Outcome {
  if (a === null) return ctx.withResult(GET, null);
  if (!isStructure(a)) return ctx.castValueError(a, "DataStructure");
  return ctx.withResult(GET, find(a, key));
}

function get(ctx: Context, args: Value[]): Outcome {
  const [a, key, notFound] = args as [Value, Value, Value];
  if (args.length === 2) return get2(ctx, a, key);
  if (a === null) return ctx.withResult(GET, notFound);
  if (!isStructure(a)) return ctx.castValueError(a, "DataStructure");
  const value = valueAt(a, key);
  return ctx.withResult(GET, value === undefined ? notFound : value);
}

function containsKey2(ctx: Context, a: Value, key: Value): Outcome {
  if (a === null) return ctx.withResult(GET, false);
  if (!isStructure(a)) return ctx.castValueError(a, "DataStructure");
  return ctx.withResult(GET, hasKey(a, key));
}

function getIn(ctx: Context, args: Value[]): Outcome {
  const path = sequenceOf(args[1] as Value);
  if (path === null) return ctx.castValueError(args[1] as Value, "Sequence");
  const juice = GET * (1 + path.count);
  const notFound = args.length > 2 ? (args[2] as Value) : null;
  let value = args[0] as Value;
  for (let depth = 0; depth < path.count; depth++) {
    if (value === null) return ctx.withResult(juice, notFound);
    if (!isStructure(value)) {
      return failAfter(ctx.castValueError(value, "DataStructure"), depth, UNPAID.NEST);
    }
    // Not before the value was looked at: a hand-made path may have no such key (T47).
    const next = valueAt(value, path.get(depth));
    if (next === undefined) return ctx.withResult(juice, notFound);
    value = next;
  }
  return ctx.withResult(juice, value);
}

function refused(ctx: Context, key: Value): typeof EXIT {
  return ctx.fail(
    CODE.ARGUMENT,
    `Cannot assoc value - invalid (key type ${typeName(key)} is invalid or out of bounds)`,
  );
}

function assoc(ctx: Context, args: Value[]): Outcome {
  if (args.length % 2 === 0) {
    return ctx.fail(CODE.ARITY, "assoc requires key/value pairs as successive args");
  }
  const juice = buildDataJuice(args.length - 1);
  if (!ctx.checkJuice(juice)) return EXIT;
  const target = args[0] === null ? CVMMap.EMPTY : castStructure(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  let result: Structure = target;
  for (let i = 1; i < args.length; i += 2) {
    const key = args[i] as Value;
    const next = withValueAt(result, key, args[i + 1] as Value);
    if (next === null) return refused(ctx, key);
    result = next;
  }
  return ctx.withResult(juice, result);
}

function assocIn(ctx: Context, args: Value[]): Outcome {
  const [target, keys, value] = args as [Value, Value, Value];
  const path = sequenceOf(keys);
  if (path === null) return ctx.castError(1, keys, "Sequence");
  const juice = (GET + JUICE.ASSOC) * (1 + path.count);
  const parents: Structure[] = [];
  let next = target;
  while (next !== null && parents.length < path.count) {
    if (!isStructure(next)) {
      return failAfter(ctx.castValueError(next, "DataStructure"), parents.length, UNPAID.NEST);
    }
    const key = path.get(parents.length);
    parents.push(next);
    next = find(next, key);
  }
  let result: Value = value;
  let levels = parents.length;
  if (ctx.juice + juice <= ctx.juiceLimit) {
    levels = path.count;
    result = nested(path, parents.length, value);
  } else if (parents.length < path.count) {
    // Not paid for: one new map will do, since all that can still fail is putting it in its place.
    result = CVMMap.EMPTY;
  }
  for (let i = parents.length - 1; i >= 0; i--) {
    const changed = withValueAt(parents[i] as Structure, path.get(i), result);
    if (changed === null) {
      return failAfter(refused(ctx, path.get(i)), levels, UNPAID.NEST);
    }
    result = changed;
  }
  return ctx.withResult(juice, result);
}

/** A value within new maps, under the keys of a path from position `from` on. */
function nested(path: Sequential, from: number, value: Value): Value {
  let result = value;
  for (let i = path.count - 1; i >= from; i--) result = CVMMap.from([[path.get(i), result]]);
  return result;
}

function refusedElement(ctx: Context, position: number, value: Value): typeof EXIT {
  return ctx.fail(
    CODE.ARGUMENT,
    `Failure to 'conj' argument at position ${position} (with Type ${typeName(value)}). Probably not a legal value for this data structure?`,
  );
}

function conj(ctx: Context, args: Value[]): Outcome {
  const juice = buildDataJuice(args.length - 1);
  if (!ctx.checkJuice(juice)) return EXIT;
  const target = args[0] === null ? Vector.EMPTY : castStructure(ctx, args[0] as Value, 0);
  if (target === EXIT) return EXIT;
  let result: Structure = target;
  for (let i = 1; i < args.length; i++) {
    const next = withElement(result, args[i] as Value);
    if (next === null) return refusedElement(ctx, i, args[i] as Value);
    result = next;
  }
  return ctx.withResult(juice, result);
}

const CONJ_ONE = buildDataJuice(1);

function conj2(ctx: Context, a: Value, b: Value): Outcome {
  if (a instanceof Vector && ctx.juice + CONJ_ONE <= ctx.juiceLimit) {
    return ctx.withResult(CONJ_ONE, appendedToVector(a, b));
  }
  return conj(ctx, [a, b]);
}

function into(ctx: Context, args: Value[]): Outcome {
  const [target, source] = args as [Value, Value];
  if (target === null) {
    if (source !== null && !isStructure(source)) return ctx.castError(1, source, "DataStructure");
    return ctx.withResult(JUICE.BUILD_DATA, source);
  }
  if (!isStructure(target)) return ctx.castError(0, target, "DataStructure");
  if (source === null) return ctx.withResult(JUICE.BUILD_DATA, target);
  if (!isStructure(source)) return notStructure(ctx, source);
  const juice = wrappedDataJuice(ctx.juice, countOf(source));
  if (!ctx.checkJuice(juice)) return EXIT;
  const result = joined(target, source);
  if (result === null) return ctx.fail(CODE.ARGUMENT, "Invalid element type for 'into'");
  return ctx.withResult(juice, result);
}

/** The source is no structure; if it can be counted, juice for that is checked first. */
function notStructure(ctx: Context, source: Value): typeof EXIT {
  if (isCountable(source) && !ctx.checkJuice(wrappedDataJuice(ctx.juice, countOf(source))))
    return EXIT;
  return ctx.castValueError(source, "DataStructure");
}

/** The target with all elements of the source; null when it cannot hold one of them. */
function joined(target: Structure, source: Structure): Structure | null {
  if (isOrdered(target) && (isOrdered(source) || source instanceof CVMSet)) {
    return appended(target, sequentialOf(source));
  }
  if (target instanceof CVMMap && source instanceof CVMMap && isPaidInFull(source)) {
    return merged(target, source);
  }
  let result = target;
  let i = 0;
  const count = structureCount(source);
  const isPaid = count <= PAID_ELEMENTS_MAX;
  for (const element of elementsTaken(source, target instanceof CVMSet)) {
    if (!isPaid) doWork(UNPAID.FAR_PUT);
    else if (i >= count) doWork(UNPAID.PUT);
    const next = withElement(result, element);
    if (next === null) {
      doWork(i * UNPAID.PUT);
      return null;
    }
    result = next;
    i++;
  }
  return result;
}

/** Whether juice was paid for all entries of a map: its count is true, and can be paid for. */
function isPaidInFull(map: CVMMap): boolean {
  return map.count <= PAID_ELEMENTS_MAX && map.isFull;
}

/**
 * The elements of a source that `into` adds one by one. Of an Index or a map all that are there,
 * whatever they count; of a hand-made sequence too, unless `byPosition`.
 */
function* elementsTaken(source: Structure, byPosition: boolean): Generator<Value> {
  const isMap = source instanceof Index || source instanceof CVMMap;
  const held = isMap ? heldIn(source) : inPlaces(source);
  if (!byPosition && held instanceof Vector && !isSound(held)) {
    yield* heldElements(held);
  } else if (!byPosition && held instanceof List && !isSound(held.vector)) {
    yield* heldBackwards(held.vector, BigInt(held.countInteger));
  } else {
    const n = structureCount(held);
    for (let i = 0; i < n; i++) yield elementAt(held, i);
  }
}

/** A hand-made Set as the Vector of its places; else the source. */
function inPlaces(source: Structure): Structure {
  return source instanceof CVMSet && !source.isFull ? sequentialOf(source) : source;
}

function isOrdered(s: Structure): s is Sequential {
  return s instanceof Vector || s instanceof List;
}

/**
 * The target with the elements of the source added: after those of a Vector, before those of a
 * List.
 */
function appended(target: Sequential, source: Sequential): Sequential {
  const vector = target instanceof List ? target.vector : target;
  const joinedVector = joinedVectors(vector, source);
  return target instanceof List ? List.reverseOf(toCanonical(joinedVector)) : joinedVector;
}

function outOfBounds(ctx: Context, i: Integer): typeof EXIT {
  return ctx.fail(CODE.BOUNDS, `Index: ${i}`);
}

function nth2(ctx: Context, a: Value, i: Value): Outcome {
  if (a instanceof Vector && typeof i === "number" && i >= 0 && i < a.count) {
    return ctx.withResult(SIMPLE_FN, a.get(i));
  }
  if (a !== null && !isCountable(a)) return ctx.castValueError(a, "Sequence");
  const position = castInteger(ctx, i, 1);
  if (position === EXIT) return EXIT;
  if (!isLong(position)) return ctx.fail(CODE.BOUNDS, "Excessively large index");
  if (a === null || position < 0 || position >= countOf(a)) return outOfBounds(ctx, position);
  return ctx.withResult(SIMPLE_FN, nthOf(a, position));
}

/** `first`, `second` and `last`: the position depends on the count alone. */
function fixedPosition(code: number, name: string, position: (count: Integer) => Integer): CoreFn {
  const fn1 = (ctx: Context, a: Value): Outcome => {
    if (a !== null && !isCountable(a)) return ctx.castError(0, a, "Sequence");
    const count = a === null ? 0 : countOf(a);
    const i = position(count);
    if (a === null || i < 0 || i >= count) return outOfBounds(ctx, i);
    return ctx.withResult(SIMPLE_FN, nthOf(a, i));
  };
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => fn1(ctx, args[0] as Value), { fn1 });
}

/** A core function of exactly two arguments. */
function binary(
  code: number,
  name: string,
  fn2: (ctx: Context, a: Value, b: Value) => Outcome,
): CoreFn {
  const body = (ctx: Context, args: Value[]): Outcome =>
    fn2(ctx, args[0] as Value, args[1] as Value);
  return coreFn(code, name, { min: 2, max: 2 }, body, { fn2 });
}

export const COLLECTION_ACCESS_FNS: readonly CoreFn[] = [
  coreFn(85, "assoc", { min: 1 }, assoc),
  coreFn(86, "assoc-in", { min: 3, max: 3 }, assocIn),
  coreFn(112, "get", { min: 2, max: 3 }, get, { fn2: get2 }),
  coreFn(113, "get-in", { min: 2, max: 3 }, getIn),
  binary(114, "contains-key?", containsKey2),
  coreFn(117, "conj", { min: 1 }, conj, { fn2: conj2 }),
  fixedPosition(120, "first", () => 0),
  fixedPosition(121, "second", () => 1),
  fixedPosition(122, "last", (count) => (typeof count === "number" ? count - 1 : count - 1n)),
  coreFn(183, "count", { min: 1, max: 1 }, (ctx, args) => count1(ctx, args[0] as Value), {
    fn1: count1,
  }),
  binary(193, "nth", nth2),
  coreFn(224, "into", { min: 2, max: 2 }, into),
];
