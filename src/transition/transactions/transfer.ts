// Transfer (sheet 03 §6.2): coins from the origin to an account.

import type { Context } from "../../cvm/context.ts";
import { CODE } from "../../cvm/error-code.ts";
import { EXIT, type Outcome } from "../../cvm/exits.ts";
import { JUICE } from "../../cvm/juice.ts";
import { MAX_SUPPLY } from "../../state/constants.ts";
import { HostError } from "../../state/host-error.ts";
import type { Transfer } from "../../state/transaction.ts";

/** The outcome is the amount moved. @throws HostError when only the target is wrong: no Address */
export function applyTransfer(ctx: Context, tx: Transfer): Outcome {
  if (!ctx.charge(JUICE.TRANSFER)) return EXIT;
  const { target, amount } = tx;
  if (target !== null) return ctx.transfer(target, amount);
  // The reference looks at the target last.
  if (amount < 0 || amount > MAX_SUPPLY) return ctx.fail(CODE.ARGUMENT);
  if (ctx.account().balance < amount) return ctx.fail(CODE.FUNDS);
  throw new HostError("Transfer to a target that is no Address");
}
