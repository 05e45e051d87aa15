// Core functions of holdings (sheet 02 §19): values in the current account by the Address of
// another, which need not exist.

import { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../exits.ts";
import { refValue } from "../history/array-vectors.ts";
import { JUICE } from "../juice.ts";

function getHolding(ctx: Context, args: Value[]): Outcome {
  const address = args[0] as Value;
  if (!(address instanceof Address)) return ctx.castValueError(address, "Address");
  return ctx.withResult(JUICE.LOOKUP, ctx.account().holding(address));
}

/** Sets a holding; nil removes it. */
function setHolding(ctx: Context, args: Value[]): Outcome {
  const [address, value] = args as [Value, Value];
  if (!(address instanceof Address)) return ctx.castValueError(address, "Address");
  ctx.setAccount(ctx.account().withHolding(address, refValue(value)));
  return ctx.withResult(JUICE.ASSOC, value);
}

export const HOLDING_FNS: readonly CoreFn[] = [
  coreFn(96, "get-holding", { min: 1, max: 1 }, getHolding),
  coreFn(97, "set-holding", { min: 2, max: 2 }, setHolding),
];
