// Calls between accounts (sheet 02 §10).

import { Address } from "../../data/address.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { Keyword } from "../../data/keyword.ts";
import { CVMMap } from "../../data/map.ts";
import type { CVMSymbol } from "../../data/symbol.ts";
import { Vector } from "../../data/vector.ts";
import { print } from "../../lang/printer.ts";
import type { AccountStatus } from "../../state/account-status.ts";
import { subtractLongs } from "../../state/long.ts";
import { Boundary } from "../boundary.ts";
import { FunctionValue } from "../call/function-value.ts";
import type { Context } from "../context.ts";
import { isTruthy } from "../core/truth.ts";
import { CODE } from "../error-code.ts";
import { ErrorExit, EXIT, HostError, type Outcome, type TraceLine } from "../exits.ts";

const CALLABLE = Keyword.of("callable");
/** Elements of a target [Address scope]. */
const SCOPED_COUNT = 2;

/** An account and the scope it is called with. */
interface Target {
  readonly address: Address;
  readonly scope: Value;
}

/**
 * Calls a callable function of an account.
 * @param target Address, or [Address scope]
 * @param offer copper that the called code may accept
 * @param symbol name of the function; no function has the name null
 * @returns its outcome; raises :CAST, :NOBODY, :ARGUMENT, :FUNDS, :STATE
 * @throws HostError (T2)
 */
export function actorCall(
  ctx: Context,
  target: Value,
  offer: Integer,
  symbol: CVMSymbol | null,
  args: Value[],
): Outcome {
  const resolved = resolveTarget(ctx, target);
  if (resolved === EXIT) return EXIT;
  const { address, scope } = resolved;
  const account = ctx.accountAt(address);
  if (account === null) {
    return ctx.fail(CODE.NOBODY, `Target account does not exist: #${address.value}`);
  }
  if (offer < 0) return ctx.fail(CODE.ARGUMENT, `Cannot send negative offer: ${offer}`);
  const own = ctx.account();
  if (offer > 0 && own.balance < offer) {
    return ctx.fail(CODE.FUNDS, "Insufficient funds for offer");
  }
  const fn = symbol === null ? null : callableFunction(account, symbol);
  if (fn === null || symbol === null) return failUncallable(ctx, account, address, symbol);
  const boundary = new Boundary(ctx);
  const caller = ctx.address;
  boundary.enter({ address, caller, scope, offer, levels: 1 });
  if (offer > 0) {
    const payer = own.withBalance(subtractLongs(own.balance, offer));
    ctx.enterState(ctx.state.withAccount(caller, payer));
  }
  const outcome = ctx.invoke(fn, args);
  if (outcome === EXIT && ctx.exit instanceof ErrorExit) {
    ctx.exit.traceLines.push(new CallLine(target, symbol));
  }
  return boundary.leave(outcome);
}

function resolveTarget(ctx: Context, target: Value): Target | typeof EXIT {
  if (target instanceof Address) return { address: target, scope: null };
  if (!(target instanceof Vector)) {
    return ctx.fail(CODE.CAST, "call target must be an Address or [Address *scope*] vector");
  }
  if (target.count !== SCOPED_COUNT) {
    return ctx.fail(CODE.CAST, "call target vector must have length 2");
  }
  const address = target.get(0);
  if (address instanceof Address) return { address, scope: target.get(1) };
  return ctx.fail(CODE.CAST, "call target vector must start with an Address");
}

/**
 * The function that other accounts may call under a symbol: in the account's own environment,
 * marked `:callable`. Null when there is none.
 * @throws HostError when the function has no metadata at all (T2)
 */
export function callableFunction(account: AccountStatus, symbol: CVMSymbol): FunctionValue | null {
  const value = account.definition(symbol);
  if (!(value instanceof FunctionValue)) return null;
  const metadata = account.metadataOf(symbol);
  if (!(metadata instanceof CVMMap)) throw new HostError("A function without metadata was called");
  return isTruthy(metadata.get(CALLABLE) ?? null) ? value : null;
}

function failUncallable(
  ctx: Context,
  account: AccountStatus,
  address: Address,
  symbol: CVMSymbol | null,
): typeof EXIT {
  if (symbol === null || account.definition(symbol) === undefined) {
    const message = `Account #${address.value} does not define Symbol: ${symbol?.name ?? null}`;
    return ctx.fail(CODE.STATE, message);
  }
  return ctx.fail(
    CODE.STATE,
    `Value defined in account #${address.value} is not a callable function: ${symbol.name}`,
  );
}

/** Line of an error trace. */
class CallLine implements TraceLine {
  readonly #target: Value;
  readonly #symbol: CVMSymbol;
  constructor(target: Value, symbol: CVMSymbol) {
    this.#target = target;
    this.#symbol = symbol;
  }
  text(): string {
    return `Calling Actor ${print(this.#target)} with function (${this.#symbol.name} ...)`;
  }
}
