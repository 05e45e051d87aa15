// Values that are no functions in call position (sheet 02 §5): keyword, map, sequence, set, record.
// They charge nothing.

import type { Value } from "../../data/cell.ts";
import { isLong } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMSet } from "../../data/set.ts";
import { Vector } from "../../data/vector.ts";
import type { Context } from "../context.ts";
import { isStructure, valueAt } from "../core/structures.ts";
import { CODE } from "../error-code.ts";
import type { Outcome } from "../exits.ts";
import { typeName } from "../text/type-name.ts";
import type { DataFunction } from "./function-value.ts";

/**
 * Looks the first argument up in `fn`; a Keyword is looked up in the first argument. The second
 * argument is the value when nothing is found. Raises :ARITY, :CAST, :BOUNDS.
 */
export function invokeData(ctx: Context, fn: DataFunction, args: readonly Value[]): Outcome {
  if (fn instanceof Keyword) return invokeKeyword(ctx, fn, args);
  if (fn instanceof Vector || fn instanceof List) return invokeSequence(ctx, fn, args);
  if (fn instanceof CVMSet) return invokeSet(ctx, fn, args);
  const n = args.length;
  if (n !== 1 && n !== 2) {
    return ctx.fail(CODE.ARITY, `Expected arity 1 or 2 for map lookup but got: ${n}`);
  }
  const value = valueAt(fn, args[0] as Value);
  return ctx.complete(value === undefined ? notFound(args) : value);
}

/** The second argument, nil when it was not given. */
function notFound(args: readonly Value[]): Value {
  return args[1] ?? null;
}

function invokeKeyword(ctx: Context, fn: Keyword, args: readonly Value[]): Outcome {
  const n = args.length;
  if (n !== 1 && n !== 2) {
    return ctx.fail(CODE.ARITY, `Expected arity 1 or 2 for keyword lookup but got: ${n}`);
  }
  const structure = args[0] as Value;
  if (structure === null) return ctx.complete(notFound(args));
  if (!isStructure(structure)) {
    return ctx.fail(CODE.CAST, "Can't convert argument at position 1 to type DataStructure");
  }
  // As `get`: a Set that is asked without a default says false.
  const absent = n === 1 && structure instanceof CVMSet ? false : notFound(args);
  const value = valueAt(structure, fn);
  return ctx.complete(value === undefined ? absent : value);
}

function invokeSequence(ctx: Context, fn: Vector | List, args: readonly Value[]): Outcome {
  const n = args.length;
  if (n !== 1 && n !== 2) return ctx.fail(CODE.ARITY, "Expected arity 1 or 2 for sequence lookup");
  const at = args[0] as Value;
  if (!isLong(at)) {
    return ctx.fail(CODE.CAST, `Can't convert value of type ${typeName(at)} to type Long`);
  }
  if (at >= 0 && at < fn.countInteger) return ctx.complete(fn.get(at));
  if (n === 2) return ctx.complete(args[1] as Value);
  return ctx.fail(CODE.BOUNDS, `Index: ${at}`);
}

function invokeSet(ctx: Context, fn: CVMSet, args: readonly Value[]): Outcome {
  if (args.length !== 1) return ctx.fail(CODE.ARITY, "Expected arity 1 for set lookup");
  return ctx.complete(fn.has(args[0] as Value));
}
