// Core functions of coins and memory allowance (sheet 02 §9, §10).

import type { Address } from "../../data/address.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castAddress, castLong } from "./arguments.ts";

const ONE = { min: 1, max: 1 };

/**
 * `transfer` and `transfer-memory`: (target amount). The juice is due when they fail as well (T23).
 */
function moving(
  code: number,
  name: string,
  move: (ctx: Context, target: Address, amount: Integer) => Outcome,
): CoreFn {
  return coreFn(code, name, { min: 2, max: 2 }, (ctx, args) => {
    const target = castAddress(ctx, args[0] as Value, 0);
    if (target === EXIT) return EXIT;
    const amount = castLong(ctx, args[1] as Value, 1);
    if (amount === EXIT) return EXIT;
    return ctx.chargeAfter(JUICE.TRANSFER, move(ctx, target, amount));
  });
}

function setMemory(ctx: Context, args: Value[]): Outcome {
  const allowance = castLong(ctx, args[0] as Value, 0);
  if (allowance === EXIT) return EXIT;
  return ctx.chargeAfter(JUICE.TRANSFER, ctx.setMemory(allowance));
}

function accept(ctx: Context, args: Value[]): Outcome {
  const amount = castLong(ctx, args[0] as Value, 0);
  if (amount === EXIT) return EXIT;
  const accepted = ctx.acceptFunds(amount);
  return accepted === EXIT ? EXIT : ctx.withResult(JUICE.ACCEPT, accepted);
}

export const COIN_FNS: readonly CoreFn[] = [
  moving(38, "transfer", (ctx, target, amount) => ctx.transfer(target, amount)),
  coreFn(39, "set-memory", ONE, setMemory),
  moving(40, "transfer-memory", (ctx, target, amount) => ctx.transferMemory(target, amount)),
  coreFn(385, "accept", ONE, accept),
];
