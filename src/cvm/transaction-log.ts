// The log of a transaction (sheet 02 §14).

import { Vector } from "../data/vector.ts";
import type { Context } from "./context.ts";

/** Appends [address scope location values]. */
export function appendLog(ctx: Context, values: Vector): void {
  ctx.log = ctx.log.append(Vector.of(ctx.address, ctx.scope, ctx.location(), values));
}
