// Code of the genesis: run as an account, without fees, memory accounting or sequence numbers
// (sheet 03 §5.2).

import { Context } from "../cvm/context.ts";
import { ErrorExit, EXIT } from "../cvm/exits.ts";
import type { Address } from "../data/address.ts";
import type { Value } from "../data/cell.ts";
import { print } from "../lang/printer.ts";
import { MAX_TRANSACTION_JUICE } from "../state/constants.ts";
import type { State } from "../state/state.ts";
import { GenesisError } from "./genesis-error.ts";

/**
 * The State after forms that an account evaluates in one context, each with the juice of a
 * transaction.
 * @throws GenesisError when one fails
 */
export function evaluateAs(state: State, account: Address, forms: readonly Value[]): State {
  const ctx = new Context({ state, origin: account, juiceLimit: MAX_TRANSACTION_JUICE });
  for (const form of forms) {
    ctx.juice = 0;
    if (ctx.run(form) === EXIT) throw failure(ctx, print(form, SHOWN_BYTES) ?? "a form");
  }
  return ctx.state;
}

/**
 * The State with an actor in which forms were evaluated, deployed by an account.
 * @throws GenesisError when one fails
 */
export function deployAs(state: State, account: Address, forms: readonly Value[]): State {
  const ctx = new Context({ state, origin: account, juiceLimit: MAX_TRANSACTION_JUICE });
  if (ctx.deploy(forms) === EXIT) throw failure(ctx, `an actor of #${account.value}`);
  return ctx.state;
}

/** Of a form that fails, only so much is shown. */
const SHOWN_BYTES = 200;

function failure(ctx: Context, what: string): GenesisError {
  const { exit } = ctx;
  const reason =
    exit instanceof ErrorExit
      ? `${print(exit.code, SHOWN_BYTES)} ${print(exit.message, SHOWN_BYTES)}`
      : (exit?.constructor.name ?? "an unknown exit");
  return new GenesisError(`Genesis code failed in ${what}: ${reason}`);
}
