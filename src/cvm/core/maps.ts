// Core functions of maps, Indexes and records (sheet 02 §19).

import type { Value } from "../../data/cell.ts";
import { doWork } from "../../data/free-work.ts";
import { Index } from "../../data/index-map.ts";
import { CVMMap } from "../../data/map.ts";
import { DenseRecord } from "../../data/record.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { markAsArray } from "../history/array-vectors.ts";
import { merged } from "../history/maps.ts";
import { addJuice, buildDataJuice, JUICE, multiplyJuice, wrappedDataJuice } from "../juice.ts";
import type { Cast } from "./arguments.ts";
import { countOf } from "./countables.ts";
import {
  checkCopy,
  eachEntry,
  entries,
  isMapLike,
  type MapLike,
  plainMap,
  structureCount,
  withoutKey,
} from "./structures.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";

/** `keys` and `values`; nil is not taken for an empty map here. */
function parts(code: number, name: string, select: (map: MapLike) => Value): CoreFn {
  return coreFn(code, name, { min: 1, max: 1 }, (ctx, args) => {
    const map = args[0] as Value;
    if (!isMapLike(map)) return ctx.castError(0, map, "Map");
    const juice = wrappedDataJuice(ctx.juice, countOf(map));
    if (!ctx.checkJuice(juice)) return EXIT;
    return ctx.withResult(juice, map instanceof DenseRecord ? select(map) : checked(map, select));
  });
}

/** @throws PanicError when there are too many entries to copy */
function checked(map: MapLike, select: (map: MapLike) => Value): Value {
  checkCopy(countOf(map));
  return select(map);
}

/** A generic dense record has values but no keys. */
function keysOf(map: MapLike): Value {
  return map instanceof DenseRecord
    ? null
    : markAsArray(Vector.from(entries(map).map(([key]) => key)));
}

/**
 * The values: of an Index or a map all that are there, whatever they count; of a generic record the
 * Vector of its fields.
 */
function valuesOf(map: MapLike): Value {
  if (map instanceof DenseRecord) return map.fields;
  if (map instanceof Index) return markAsArray(Vector.from(map.values()));
  if (map instanceof CVMMap) {
    return markAsArray(Vector.from(map.heldEntries().map(([, value]) => value)));
  }
  return markAsArray(Vector.from(entries(map).map(([, value]) => value)));
}

function castMap(ctx: Context, value: Value): Cast<MapLike> {
  if (value === null) return CVMMap.EMPTY;
  return isMapLike(value) ? value : ctx.castValueError(value, "Map");
}

function dissoc(ctx: Context, args: Value[]): Outcome {
  const map = castMap(ctx, args[0] as Value);
  if (map === EXIT) return EXIT;
  let result: MapLike | null = map;
  for (let i = 1; i < args.length; i++) {
    if (result === null) throw new HostError("dissoc from what is nil");
    result = withoutKey(result, args[i] as Value);
  }
  return ctx.withResult(buildDataJuice(args.length - 1), result);
}

function merge(ctx: Context, args: Value[]): Outcome {
  const first = args.length === 0 ? CVMMap.EMPTY : castMap(ctx, args[0] as Value);
  if (first === EXIT) return EXIT;
  let result = first;
  let juice: number = JUICE.BUILD_DATA;
  /** Entries merged so far. */
  let taken = 0;
  for (let i = 1; i < args.length; i++) {
    const map = castMap(ctx, args[i] as Value);
    if (map === EXIT) return failAfter(EXIT, taken, UNPAID.PUT);
    juice = addJuice(juice, multiplyJuice(JUICE.BUILD_PER_ELEMENT, structureCount(map)));
    if (!ctx.checkJuice(juice)) return EXIT;
    const both = mergedPair(result, map);
    if (both === null) {
      return failAfter(ctx.fail(CODE.CAST, "Unable to merge"), taken, UNPAID.PUT);
    }
    result = both;
    taken += structureCount(map);
  }
  return ctx.withResult(juice, result);
}

/** The first map with the entries of the second; null when it cannot hold one of the keys. */
function mergedPair(first: MapLike, second: MapLike): MapLike | null {
  if (structureCount(second) === 0) return first;
  if (first instanceof CVMMap && second instanceof CVMMap) return merged(first, second);
  let result = plainMap(first);
  let taken = 0;
  for (const [key, value] of eachEntry(second)) {
    const next = result.assoc(key, value);
    if (next === null) {
      doWork(taken * UNPAID.PUT);
      return null;
    }
    result = next;
    taken++;
  }
  return result;
}

export const MAP_FNS: readonly CoreFn[] = [
  parts(83, "keys", keysOf),
  parts(84, "values", valuesOf),
  coreFn(116, "dissoc", { min: 1 }, dissoc),
  coreFn(225, "merge", { min: 0 }, merge),
];
