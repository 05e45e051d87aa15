// Calls core functions on values written as text, without compiler and expander: a list is a call
// of the core function its head names, with arguments worked out the same way. Juice is that of the
// outermost call alone.

import { LANG } from "../../../src/cvm/account/definitions.ts";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Context } from "../../../src/cvm/context.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { ErrorExit, EXIT, type Exit, FailureExit, type Outcome } from "../../../src/cvm/exits.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { Index } from "../../../src/data/index-map.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { AccountStatus } from "../../../src/state/account-status.ts";
import { initialGlobals } from "../../../src/state/globals.ts";
import { CORE_POSITION, State } from "../../../src/state/state.ts";

/** The account that tests run in; the accounts up to #13 exist. */
export const USER = Address.of(12);
export const USER_BALANCE = 99_900_000_000_000;
const ACCOUNTS = 14;
const JUICE_LIMIT = 10_000_000;

export function keyOf(byte: number): Blob {
  return Blob.of(new Uint8Array(32).fill(byte));
}

function account(i: number): AccountStatus {
  if (i === CORE_POSITION) {
    return AccountStatus.of({ environment: CVMMap.EMPTY.assoc(LANG, null) });
  }
  if (i < 12) return AccountStatus.EMPTY;
  return AccountStatus.of({ key: keyOf(i), balance: USER_BALANCE, allowance: 10_000 });
}

/** #0 … #11 are actors, #12 and #13 users whose keys are 32 bytes 0x0c and 0x0d. */
export function testState(): State {
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => account(i));
  return State.of(Vector.from(accounts), Index.EMPTY, initialGlobals(), Index.EMPTY);
}

export function testContext(state = testState(), juiceLimit = JUICE_LIMIT): Context {
  return new Context({ state, origin: USER, juiceLimit });
}

/** What a call gave: printed value or error code, and juice. */
export interface Called {
  readonly text: string;
  readonly juice: number;
}

/** A row of a table of tests: call, printed value or error code, juice of the outermost call. */
export type CallRow = readonly [call: string, text: string, juice?: number];

export function call(text: string, ctx = testContext()): Called {
  const form = readForm(text) as List;
  const [fn, ...args] = form.toArray().map((part) => argument(ctx, part));
  const before = ctx.juice;
  const outcome = ctx.invoke(fn as Value, args);
  return { text: outcomeText(ctx, outcome), juice: ctx.juice - before };
}

export function outcomeText(ctx: Context, outcome: Outcome): string {
  return outcome === EXIT ? exitText(ctx.exit as Exit) : String(print(outcome));
}

function exitText(exit: Exit): string {
  if (exit instanceof ErrorExit) return String(print(exit.code));
  return exit instanceof FailureExit ? ":JUICE" : exit.constructor.name;
}

/** Value of a form in argument position. */
export function argument(ctx: Context, form: Value): Value {
  if (form instanceof CVMSymbol) return coreValue(form);
  if (form instanceof Vector) return Vector.from(form.toArray().map((e) => argument(ctx, e)));
  if (form instanceof CVMSet) return CVMSet.from(form.toArray().map((e) => argument(ctx, e)));
  if (form instanceof CVMMap) {
    return CVMMap.from(form.entries().map(([k, v]) => [argument(ctx, k), argument(ctx, v)]));
  }
  if (!(form instanceof List)) return form;
  const head = form.get(0);
  if (head instanceof CVMSymbol && head.name === "quote") return form.get(1);
  const [fn, ...args] = form.toArray().map((part) => argument(ctx, part));
  const outcome = ctx.invoke(fn as Value, args);
  if (outcome === EXIT) throw new Error(`${print(form)} gave ${outcomeText(ctx, outcome)}`);
  return outcome;
}

function coreValue(symbol: CVMSymbol): Value {
  const fn = CORE_BY_NAME.get(symbol.name);
  if (fn === undefined) throw new Error(`no core function ${symbol.name}`);
  return fn;
}
