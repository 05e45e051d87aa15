// Coins between accounts (sheet 02 §9). Sums wrap at 64 bits, so a balance can become a debt (T49).

import type { Address } from "../../data/address.ts";
import type { Integer } from "../../data/cell.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { MAX_SUPPLY } from "../../state/constants.ts";
import { addLongs, subtractLongs } from "../../state/long.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";

const RECEIVE_COIN = CVMSymbol.of("receive-coin");

/**
 * Moves coins from the current account; to an actor they are offered in a call of its
 * `receive-coin`. The outcome is the amount moved. Raises :ARGUMENT, :FUNDS, :NOBODY.
 */
export function transfer(ctx: Context, target: Address, amount: Integer): Outcome {
  if (amount < 0) return ctx.fail(CODE.ARGUMENT, "Can't transfer a negative amount");
  if (amount > MAX_SUPPLY) {
    return ctx.fail(CODE.ARGUMENT, "Can't transfer an amount beyond maximum limit");
  }
  const source = ctx.address;
  const account = ctx.account();
  if (account.balance < amount) {
    return ctx.fail(
      CODE.FUNDS,
      `Insufficient balance (${account.balance}) in account #${source.value}, needed ${amount}`,
    );
  }
  const receiver = ctx.accountAt(target);
  if (receiver === null) {
    return ctx.fail(CODE.NOBODY, `Target account for transfer #${target.value} does not exist`);
  }
  if (receiver.key === null && target.value !== 0) return offerCoins(ctx, target, amount);
  if (target.value !== source.value) {
    const payer = account.withBalance(subtractLongs(account.balance, amount));
    const payee = receiver.withBalance(addLongs(receiver.balance, amount));
    const { state } = ctx;
    ctx.setState(state.withAccount(source, payer).withAccount(target, payee));
  }
  return ctx.complete(amount);
}

/** The outcome is what the actor accepted: by how much the balance of the current account fell. */
function offerCoins(ctx: Context, target: Address, amount: Integer): Outcome {
  const before = ctx.account().balance;
  const outcome = ctx.actorCall(target, amount, RECEIVE_COIN, [ctx.address, amount, null]);
  if (outcome === EXIT) return EXIT;
  return ctx.complete(subtractLongs(before, ctx.account().balance));
}

/** Takes coins from what the caller offered. Raises :ARGUMENT, :STATE. */
export function acceptFunds(ctx: Context, amount: Integer): Outcome {
  if (amount < 0) return ctx.fail(CODE.ARGUMENT, "Negative argument");
  if (amount > ctx.offer) {
    return ctx.fail(CODE.STATE, "Insufficient offered funds");
  }
  if (amount !== 0) {
    const account = ctx.account();
    ctx.setAccount(account.withBalance(addLongs(account.balance, amount)));
    ctx.offer = subtractLongs(ctx.offer, amount);
  }
  return amount;
}
