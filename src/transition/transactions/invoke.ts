// Invoke (sheet 03 §6.2): runs an op, or evaluates a form, behind a state boundary.

import { Boundary } from "../../cvm/boundary.ts";
import type { Context } from "../../cvm/context.ts";
import { evaluate } from "../../cvm/eval.ts";
import { EXIT, type Outcome, RollbackExit } from "../../cvm/exits.ts";
import type { Invoke } from "../../state/transaction.ts";

/** How a transaction ended in its context. */
export interface Ending {
  readonly outcome: Outcome;
  /** It succeeded by rolling back: State and log are as before it. */
  readonly isRolledBack: boolean;
}

export function applyInvoke(ctx: Context, tx: Invoke): Ending {
  const boundary = new Boundary(ctx);
  const outcome = evaluate(ctx, tx.command);
  const isRolledBack = outcome === EXIT && ctx.exit instanceof RollbackExit;
  return { outcome: boundary.leave(outcome), isRolledBack };
}
