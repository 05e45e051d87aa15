// hot: see test/bench. Core functions that make collections of arguments or of other collections
// (sheet 02 §19).

import { Blob, FlatBlob } from "../../data/blob.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMString } from "../../data/string.ts";
import { Vector } from "../../data/vector.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { markAsArray, refValue, refValues, toCanonical } from "../history/array-vectors.ts";
import { mapOf } from "../history/maps.ts";
import { membersOf } from "../history/sets.ts";
import { argumentsAsVector } from "../history/shared-arguments.ts";
import { buildDataJuice, JUICE, wrappedDataJuice } from "../juice.ts";
import { typeName } from "../text/type-name.ts";
import { type Countable, countOf, elementsOf, isByteSequence, isCountable } from "./countables.ts";
import { checkCopy, checkPlaces, emptyLike, heldIn } from "./structures.ts";

/** A core function that builds a collection of its arguments. */
function ofArguments(code: number, name: string, build: (args: Value[]) => Value): CoreFn {
  return coreFn(code, name, { min: 0 }, (ctx, args) => {
    const juice = buildDataJuice(args.length);
    return ctx.checkJuice(juice) ? ctx.withResult(juice, build(args)) : EXIT;
  });
}

/**
 * A core function that builds a collection of the elements of a countable value; nil has none.
 * @param wanted type that the :CAST names
 * @param juiceOf its juice, by the juice used so far and the count of the source
 */
function ofElements(
  code: number,
  name: string,
  wanted: string,
  build: (source: Countable) => Value,
  empty: Value,
  juiceOf: (used: number, count: Integer) => number,
): CoreFn {
  const fn1 = (ctx: Context, a: Value): Outcome => {
    if (a === null) return ctx.withResult(JUICE.BUILD_DATA, empty);
    if (!isCountable(a)) return ctx.castError(0, a, wanted);
    const juice = juiceOf(ctx.juice, countOf(a));
    return ctx.checkJuice(juice) ? ctx.withResult(juice, build(a)) : EXIT;
  };
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => fn1(ctx, args[0] as Value), { fn1 });
}

function vectorOf(source: Countable): Vector {
  if (source instanceof Vector) return toCanonical(source);
  if (source instanceof CVMSet) checkPlaces(source);
  checkCopy(countOf(source));
  if (!(source instanceof CVMSet)) return Vector.from(elementsOf(source));
  return markAsArray(Vector.from(source.toPlaces()));
}

function setOf(source: Countable): CVMSet {
  if (source instanceof CVMSet) return source;
  const isMap = source instanceof Index || source instanceof CVMMap;
  const elements = isMap ? heldIn(source) : elementsOf(source);
  return CVMSet.from(membersOf([...elements]));
}

function oddArguments(ctx: Context, name: string): typeof EXIT {
  return ctx.fail(CODE.ARITY, `${name} requires an even number of arguments`);
}

function hashMap(ctx: Context, args: Value[]): Outcome {
  if (args.length % 2 !== 0) return oddArguments(ctx, "hash-map");
  const entries: [Value, Value][] = [];
  for (let i = 0; i < args.length; i += 2) {
    entries.push([args[i] as Value, args[i + 1] as Value]);
  }
  return ctx.withResult(buildDataJuice(args.length), mapOf(entries));
}

function index(ctx: Context, args: Value[]): Outcome {
  if (args.length % 2 !== 0) return oddArguments(ctx, "index");
  const juice = buildDataJuice(args.length);
  if (!ctx.checkJuice(juice)) return EXIT;
  let result = Index.EMPTY;
  for (let i = 0; i < args.length; i += 2) {
    const next = result.assoc(args[i] as Value, refValue(args[i + 1] as Value));
    if (next === null) {
      const type = typeName(args[i] as Value);
      return ctx.fail(CODE.ARGUMENT, `Cannot have a key of Type ${type} in Index`);
    }
    result = next;
  }
  return ctx.withResult(juice, result);
}

/** The empty value of the same type; names and Addresses have none. */
function emptyOf(source: Countable): Value {
  if (!isByteSequence(source)) return emptyLike(source);
  if (source instanceof CVMString) return CVMString.EMPTY;
  return source instanceof Blob ? FlatBlob.EMPTY : null;
}

function empty1(ctx: Context, a: Value): Outcome {
  if (a === null) return ctx.withResult(JUICE.SIMPLE_FN, null);
  if (!isCountable(a)) return ctx.castError(0, a, "DataStructure");
  return ctx.withResult(JUICE.SIMPLE_FN, emptyOf(a));
}

export const COLLECTION_BUILD_FNS: readonly CoreFn[] = [
  ofArguments(CORE_CODE.VECTOR, "vector", (args) =>
    markAsArray(argumentsAsVector(args, 0, args.length)),
  ),
  ofElements(3, "vec", "Vector", vectorOf, Vector.EMPTY, wrappedDataJuice),
  ofElements(5, "set", "Sequence", setOf, CVMSet.EMPTY, (_, count) =>
    buildDataJuice(Number(count)),
  ),
  ofArguments(9, "list", (args) => List.from(refValues(args))),
  coreFn(80, "hash-map", { min: 0 }, hashMap),
  coreFn(81, "index", { min: 0 }, index),
  ofArguments(82, "hash-set", (args) => CVMSet.from(membersOf(args))),
  coreFn(192, "empty", { min: 1, max: 1 }, (ctx, args) => empty1(ctx, args[0] as Value), {
    fn1: empty1,
  }),
];
