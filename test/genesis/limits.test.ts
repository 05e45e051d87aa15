// Calls that run out of juice, memory or coins: they fail, and leave the State as it was.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { EXIT, FailureExit } from "../../src/cvm/exits.ts";
import { Address } from "../../src/data/address.ts";
import { equals } from "../../src/data/equals.ts";
import { print } from "../../src/lang/printer.ts";
import type { State } from "../../src/state/state.ts";
import { invoke } from "../conformance/expressions.ts";
import { runStep } from "./scenario.ts";
import { testGenesis } from "./test-genesis.ts";

const CALLER = 12;
/** Places at which a call is cut off, from nothing to nearly all of its juice. */
const CUTS = 40;

const SETUP = [
  "(do (import convex.fungible :as fun) (import convex.asset :as asset) (import asset.box :as box))",
  "(def T (deploy (fun/build-token {:supply 100000}) (fun/add-mint {})))",
  "(do (call #67 (create)) (call #71 (create :GOLD)) (call [#71 :GOLD] (mint 5)) (box/create))",
  "(do (call T (offer #12 50)) (call #67 (offer #12 0)) (@asset.wrap.convex/wrap 100))",
  "(@torus.exchange/add-liquidity T 1000 5000)",
];

const CALLS = [
  "(fun/transfer T #13 5)",
  "(call T (accept #12 50))",
  "(fun/mint T 5)",
  "(asset/transfer #13 {T 1 #67 #{0} [#71 :GOLD] 2})",
  "(call #67 (accept #12 0))",
  "(box/insert [#69 0] {T 5 #67 #{0}})",
  "(@asset.wrap.convex/unwrap)",
  "(@torus.exchange/buy-tokens T 10)",
  "(@torus.exchange/sell-cvx T 100)",
  "(@torus.exchange/add-liquidity T 10)",
  "(@torus.exchange/withdraw-liquidity T 10)",
  "(deploy (fun/build-token {:supply 5}))",
];

const NAMES = "(do (*registry*/create 'user.bob 1) (*registry*/update 'user.bob 2))";

function prepared(): State {
  return SETUP.reduce((state, source) => {
    const outcome = runStep(state, Address.of(CALLER), readForm(source));
    if (outcome.success === null) throw new Error(`${source}: ${print(outcome.code)}`);
    return outcome.state;
  }, testGenesis());
}

/** A line for each cut that did not end in :JUICE, or changed something. */
function cutOff(state: State, account: number, source: string): string[] {
  const origin = Address.of(account);
  const whole = runStep(state, origin, readForm(source));
  if (whole.success === null) return [`${source} fails`];
  const wrong: string[] = [];
  for (let i = 0; i < CUTS; i++) {
    const juiceLimit = Math.floor((whole.juice * i) / CUTS);
    const ctx = new Context({ state, origin, juiceLimit });
    const hasFailed = ctx.run(readForm(source)) === EXIT && ctx.exit instanceof FailureExit;
    if (!hasFailed || !equals(ctx.state, state)) wrong.push(`${source} with ${juiceLimit} juice`);
  }
  return wrong;
}

describe("limits", () => {
  const state = prepared();

  test.each(CALLS)("%s is cut off by juice", (source) => {
    expect(cutOff(state, CALLER, source)).toEqual([]);
  });

  test("the creation of names is cut off by juice", () => {
    expect(cutOff(testGenesis(), 6, NAMES)).toEqual([]);
  });

  test("a transaction that cannot pay for memory pays its juice only", () => {
    const poor = state.withAccount(
      17,
      state.account(17)?.with({ balance: 100_000_000, allowance: 0 }) as never,
    );
    const source = "(deploy (@convex.fungible/build-token {:supply 5}))";
    const result = invoke(poor, 17, readForm(source));
    expect(print(result.error?.code ?? null)).toBe(":MEMORY");
    expect(result.state.accounts.count).toBe(poor.accounts.count);
    expect(result.state.account(17)?.balance).toBe(100_000_000 - Number(result.paid));
    expect(result.paid).toBe(result.fees);
  });

  test("without coins nothing can be offered or wrapped", () => {
    const codes = [
      "(@asset.wrap.convex/wrap 1)",
      "(@torus.exchange/sell-cvx @currency.USDF 1)",
      "(@torus.exchange/buy-tokens @currency.USDF 1)",
      "(@torus.exchange/add-liquidity @currency.USDF 1 1)",
    ].map((source) => print(runStep(state, Address.of(17), readForm(source)).code));
    expect(codes).toEqual([":FUNDS", ":FUNDS", ":STATE", ":FUNDS"]);
  });
});
