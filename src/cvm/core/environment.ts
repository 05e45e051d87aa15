// Core functions of definitions (sheet 02 §9). `lookup` in function position of a form is a special
// form; this is the function, as in `(map lookup …)`.

import type { Address } from "../../data/address.ts";
import type { Value } from "../../data/cell.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { print } from "../../lang/printer.ts";
import { CORE_CODE } from "../call/core-code.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { JUICE } from "../juice.ts";
import { castAddress, castSymbol, noteComputed } from "./arguments.ts";

/** A core function of ([address] symbol) that is nil when the account does not exist. */
function lookupFunction(
  code: number,
  name: string,
  find: (ctx: Context, symbol: CVMSymbol, address: Address) => Value,
): CoreFn {
  return coreFn(code, name, { min: 1, max: 2 }, (ctx, args) => {
    const last = args.length - 1;
    const address = last === 0 ? ctx.address : castAddress(ctx, args[0] as Value, 0);
    if (address === EXIT) return EXIT;
    const symbol = castSymbol(ctx, args[last] as Value, last);
    if (symbol === EXIT) return EXIT;
    const exists = ctx.accountAt(address) !== null;
    return ctx.withResult(JUICE.LOOKUP, exists ? find(ctx, symbol, address) : null);
  });
}

function undefine(ctx: Context, args: Value[]): Outcome {
  const symbol = args[0] as Value;
  if (!(symbol instanceof CVMSymbol)) {
    noteComputed(ctx, symbol);
    return ctx.fail(CODE.ARGUMENT, () => `Invalid Symbol name for undef: ${print(symbol)}`);
  }
  ctx.undefine(symbol);
  return ctx.withResult(JUICE.DEF, null);
}

export const ENVIRONMENT_FNS: readonly CoreFn[] = [
  coreFn(31, "undef*", { min: 1, max: 1 }, undefine),
  lookupFunction(32, "lookup", (ctx, symbol, address) => ctx.lookup(symbol, address) ?? null),
  lookupFunction(CORE_CODE.LOOKUP_META, "lookup-meta", (ctx, symbol, address) =>
    ctx.lookupMeta(symbol, address),
  ),
];
