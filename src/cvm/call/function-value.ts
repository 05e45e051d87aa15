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
 * A value that `fn?` is true of. `invoke…` runs it once: trampolines (recur, tailcall, return) are
 * resolved by `ctx.invoke`. The callee owns the argument array only until it returns and never
 * changes it.
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
 * What `fn?` is true of; `*lang*`, `expand`, `tailcall*` and actor calls want no less (sheet 02
 * §5).
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

/** Whether the value casts to function (sheet 02 §5: what `apply` and call position accept). */
export function isCallee(value: Value): value is Callee {
  return value instanceof FunctionValue || isDataFunction(value);
}
