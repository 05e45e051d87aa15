// True function values (closures, multi-functions, core functions) and the test for what may stand
// in call position (sheet 02 §5).

import { Cell, type Value } from "../../data/cell.ts";
import { Index } from "../../data/index-map.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMMap } from "../../data/map.ts";
import { DataRecord, DenseRecord } from "../../data/record.ts";
import { CVMSet } from "../../data/set.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../exits.ts";

/**
 * A value of which `fn?` is true. `invoke…` runs it once; recur, tailcall and return are up to
 * `ctx.invoke`. The callee must not change the argument array, nor keep it after it has returned.
 */
export abstract class FunctionValue extends Cell {
  abstract invoke(ctx: Context, args: Value[]): Outcome;

  invoke1(ctx: Context, a: Value): Outcome {
    return this.invoke(ctx, [a]);
  }
  invoke2(ctx: Context, a: Value, b: Value): Outcome {
    return this.invoke(ctx, [a, b]);
  }
}

/** Values that are no functions but can be called: keyword, map, sequence, set, record. */
export type DataFunction =
  | Keyword
  | CVMMap
  | Index
  | Vector
  | List
  | CVMSet
  | DataRecord
  | DenseRecord
  | SignedData;

export type Callee = FunctionValue | DataFunction;

/**
 * Whether `fn?` is true of a value: `*lang*`, `expand`, `tailcall*` and actor calls require that.
 */
export function isFunctionValue(value: Value): value is FunctionValue {
  return value instanceof FunctionValue;
}

/** Whether a value that is no function looks things up when it is called. */
export function isDataFunction(value: Value): value is DataFunction {
  return (
    value instanceof Keyword ||
    value instanceof CVMMap ||
    value instanceof Vector ||
    value instanceof List ||
    value instanceof CVMSet ||
    value instanceof Index ||
    value instanceof DataRecord ||
    value instanceof DenseRecord ||
    value instanceof SignedData
  );
}

/** Whether a value casts to function: what `apply` and function position accept (sheet 02 §5). */
export function isCallee(value: Value): value is Callee {
  return value instanceof FunctionValue || isDataFunction(value);
}
