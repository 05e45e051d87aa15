// The transactions that hold no others.

import type { Context } from "../../cvm/context.ts";
import { withinWorkLimit } from "../../cvm/work-limit.ts";
import { HostError } from "../../state/host-error.ts";
import type { Rules } from "../../state/rules.ts";
import { Call, Invoke, type Transaction, Transfer } from "../../state/transaction.ts";
import { applyCall } from "./call.ts";
import { applyInvoke, type Ending } from "./invoke.ts";
import { applyTransfer } from "./transfer.ts";

/** Runs an Invoke, Transfer or Call in a context made for its origin, within the limit of free work. */
export function applySimple(ctx: Context, tx: Transaction, rules: Rules): Ending {
  let isRolledBack = false;
  const outcome = withinWorkLimit(ctx, () => {
    const ending = applyUnlimited(ctx, tx, rules);
    isRolledBack = ending.isRolledBack;
    return ending.outcome;
  });
  return { outcome, isRolledBack };
}

function applyUnlimited(ctx: Context, tx: Transaction, rules: Rules): Ending {
  if (tx instanceof Transfer) return { outcome: applyTransfer(ctx, tx), isRolledBack: false };
  if (tx instanceof Invoke) return applyInvoke(ctx, tx);
  if (tx instanceof Call) return { outcome: applyCall(ctx, tx, rules), isRolledBack: false };
  throw new HostError("Unknown transaction type");
}
