// Invoke (sheet 03 §6.2): runs an op, or evaluates a form, behind a state boundary.

import type { Context } from "../../cvm/context.ts";
import { runFresh } from "../../cvm/evaluate.ts";
import type { Outcome } from "../../cvm/exits.ts";
import type { Invoke } from "../../state/transaction.ts";

/**
 * @returns the value of the form, or EXIT with the reason in `ctx.exit`
 * @throws HostError when the block is void
 */
export function applyInvoke(ctx: Context, tx: Invoke): Outcome {
  return runFresh(ctx, tx.command);
}
