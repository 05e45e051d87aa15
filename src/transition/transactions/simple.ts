// Transactions other than Multi (sheet 03 §6.2).

import type { Context } from "../../cvm/context.ts";
import type { Outcome } from "../../cvm/exits.ts";
import { withinWorkLimit } from "../../cvm/work-limit.ts";
import { HostError } from "../../state/host-error.ts";
import type { Rules } from "../../state/rules.ts";
import { Call, Invoke, type Transaction, Transfer } from "../../state/transaction.ts";
import { applyCall } from "./call.ts";
import { applyInvoke } from "./invoke.ts";
import { applyTransfer } from "./transfer.ts";

/**
 * Applies an Invoke, Transfer or Call in a new context of its origin, within the limit of unpaid
 * work.
 */
export function applySimple(ctx: Context, tx: Transaction, rules: Rules): Outcome {
  return withinWorkLimit(ctx, applyUnlimited, tx, rules);
}

function applyUnlimited(ctx: Context, tx: Transaction, rules: Rules): Outcome {
  if (tx instanceof Transfer) return applyTransfer(ctx, tx);
  if (tx instanceof Invoke) return applyInvoke(ctx, tx);
  if (tx instanceof Call) return applyCall(ctx, tx, rules);
  throw new HostError("Unknown transaction type");
}
