// Core functions of forms with metadata (sheet 02 §19): syntax, unsyntax, meta.

import type { Value } from "../../data/cell.ts";
import { CVMMap } from "../../data/map.ts";
import { Syntax } from "../../data/syntax.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import { withMeta } from "../compile/form-metadata.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { refValue } from "../history/array-vectors.ts";
import { JUICE } from "../juice.ts";
import { castHashMap } from "./arguments.ts";

const ONE = { min: 1, max: 1 };

/** Syntax of a value; given metadata is merged over that which the value has. */
function syntax(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  const meta = args.length > 1 ? castHashMap(ctx, args[1] as Value, 1) : CVMMap.EMPTY;
  if (meta === EXIT) return EXIT;
  return ctx.withResult(JUICE.SYNTAX, withMeta(refValue(value), meta));
}

function unsyntax(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  return ctx.withResult(JUICE.SYNTAX, value instanceof Syntax ? value.datum : value);
}

function meta(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  return ctx.withResult(JUICE.META, value instanceof Syntax ? value.meta : null);
}

export const SYNTAX_FNS: readonly CoreFn[] = [
  coreFn(21, "syntax", { min: 1, max: 2 }, syntax),
  coreFn(22, "unsyntax", ONE, unsyntax),
  coreFn(23, "meta", ONE, meta),
];
