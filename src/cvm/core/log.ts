// Core `log` (sheet 02 §14).

import type { Value } from "../../data/cell.ts";
import { Vector } from "../../data/vector.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { addJuice, buildDataJuice, JUICE } from "../juice.ts";

function log(ctx: Context, args: Value[]): Outcome {
  const juice = addJuice(JUICE.LOG, buildDataJuice(args.length));
  if (!ctx.checkJuice(juice)) return EXIT;
  const values = Vector.from(args);
  ctx.appendLog(values);
  return ctx.withResult(juice, values);
}

export const LOG_FNS: readonly CoreFn[] = [coreFn(384, "log", { min: 0 }, log)];
