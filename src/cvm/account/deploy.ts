// New actors (sheet 02 §10).

import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { AccountStatus } from "../../state/account-status.ts";
import { Boundary } from "../boundary.ts";
import type { Context } from "../context.ts";
import { evaluate } from "../evaluate.ts";
import { EXIT, type Outcome } from "../exits.ts";

/**
 * Appends an account and evaluates forms in it, one after the other until one exits. The outcome is
 * the new Address, even if the code has rolled back and there is no such account.
 */
export function deploy(ctx: Context, forms: readonly Value[]): Outcome {
  const { accounts } = ctx.state;
  const address = Address.of(accounts.countInteger);
  const boundary = new Boundary(ctx);
  boundary.enter({ address, caller: ctx.address, scope: null, offer: 0, levels: 1 });
  ctx.enterState(ctx.state.withAccounts(accounts.append(AccountStatus.EMPTY)));
  let outcome: Outcome = null;
  for (const form of forms) {
    outcome = evaluate(ctx, form);
    if (outcome === EXIT) break;
  }
  return boundary.leave(outcome) === EXIT ? EXIT : address;
}
