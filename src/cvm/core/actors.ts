// Core functions of actors (sheet 02 §10): call them, ask whether they can be called, deploy them.

import type { Value } from "../../data/cell.ts";
import { callableFunction } from "../account/actor-call.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { targetAddress } from "./accounts.ts";
import { castLong, castSymbol } from "./arguments.ts";

/** T2: throws HostError for a function of the target that has no metadata. */
function isCallable(ctx: Context, args: Value[]): Outcome {
  const target = targetAddress(args[0] as Value);
  if (args.length === 1) {
    const exists = target !== null && ctx.accountAt(target) !== null;
    return ctx.withResult(JUICE.LOOKUP, exists);
  }
  const symbol = castSymbol(ctx, args[1] as Value, 1);
  if (symbol === EXIT) return EXIT;
  const account = target === null ? null : ctx.accountAt(target);
  const callable = account !== null && callableFunction(account, symbol) !== null;
  return ctx.withResult(JUICE.LOOKUP, callable);
}

/** The only core function that charges before it looks at its arguments. */
function call(ctx: Context, args: Value[]): Outcome {
  if (!ctx.charge(JUICE.CALL_OP)) return EXIT;
  const offer = castLong(ctx, args[1] as Value, 1);
  if (offer === EXIT) return EXIT;
  const symbol = castSymbol(ctx, args[2] as Value, 2);
  if (symbol === EXIT) return EXIT;
  return ctx.actorCall(args[0] as Value, offer, symbol, args.slice(3));
}

function deploy(ctx: Context, args: Value[]): Outcome {
  const address = ctx.deploy(args);
  return address === EXIT ? EXIT : ctx.withResult(JUICE.DEPLOY_CONTRACT, address);
}

export const ACTOR_FNS: readonly CoreFn[] = [
  coreFn(30, "callable?", { min: 1, max: 2 }, isCallable),
  coreFn(386, "call*", { min: 3 }, call),
  coreFn(387, "deploy", { min: 1 }, deploy),
];
