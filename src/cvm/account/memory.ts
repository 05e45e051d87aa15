// Memory allowance (sheet 02 §9): traded with the pool, or handed to another account.

import type { Address } from "../../data/address.ts";
import type { Integer } from "../../data/cell.ts";
import { MAX_SUPPLY } from "../../state/constants.ts";
import { addLongs, subtractLongs } from "../../state/long.ts";
import { MemoryTradeError, swapPrice } from "../../state/memory-pool.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";

/**
 * Buys or sells memory so that the account has `allowance` bytes. The outcome is the price in
 * copper, negative for a sale. Raises :ARGUMENT, :FUNDS.
 */
export function setMemory(ctx: Context, allowance: Integer): Outcome {
  if (allowance < 0) return ctx.fail(CODE.ARGUMENT, "Can't set a negative memory allowance");
  const account = ctx.account();
  const delta = subtractLongs(allowance, account.allowance);
  if (delta === 0) return ctx.complete(0);
  const { memoryPool, memoryValue } = ctx.state;
  const price = priceOf(ctx, delta, memoryPool, memoryValue);
  if (price === EXIT) return EXIT;
  if (price > account.balance) {
    return ctx.fail(CODE.FUNDS, `Cannot afford allowance, would cost: ${price}`);
  }
  const trader = account.with({
    balance: subtractLongs(account.balance, price),
    allowance,
  });
  const poolBytes = subtractLongs(memoryPool, delta);
  const poolCoins = addLongs(memoryValue, price);
  ctx.setState(ctx.state.withMemoryPool(poolBytes, poolCoins).withAccount(ctx.address, trader));
  return ctx.withResult(JUICE.MEMORY_TRADE, price);
}

/** The price that the pool asks; :FUNDS when it refuses. */
function priceOf(
  ctx: Context,
  delta: Integer,
  poolBytes: Integer,
  poolCoins: Integer,
): Integer | typeof EXIT {
  try {
    return swapPrice(delta, poolBytes, poolCoins);
  } catch (error) {
    if (!(error instanceof MemoryTradeError)) throw error;
    return ctx.fail(CODE.FUNDS, `Cannot trade allowance: ${error.message}`);
  }
}

/**
 * Gives allowance to another account, which may be an actor. Raises :ARGUMENT, :MEMORY, :NOBODY.
 */
export function transferMemory(ctx: Context, target: Address, amount: Integer): Outcome {
  if (amount < 0) return ctx.fail(CODE.ARGUMENT, "Can't transfer a negative allowance");
  if (amount > MAX_SUPPLY) {
    return ctx.fail(CODE.ARGUMENT, "Can't transfer an allowance beyond maximum limit");
  }
  const account = ctx.account();
  if (account.allowance < amount) {
    return ctx.fail(
      CODE.MEMORY,
      `Insufficient memory allowance (${account.allowance}) to transfer ${amount}`,
    );
  }
  const receiver = ctx.accountAt(target);
  if (receiver === null) {
    return ctx.fail(CODE.NOBODY, `Cannot transfer memory, no account at #${target.value}`);
  }
  if (target.value !== ctx.address.value) {
    const giver = account.withAllowance(subtractLongs(account.allowance, amount));
    const taker = receiver.withAllowance(addLongs(receiver.allowance, amount));
    ctx.setState(ctx.state.withAccount(ctx.address, giver).withAccount(target, taker));
  }
  return ctx.complete(amount);
}
