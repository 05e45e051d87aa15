// Environments and their chains, special ops, the juice limit (sheet 02 §4, §9, §11.2).

import { describe, expect, test } from "bun:test";
import { affordableJuice, affordableUpTo } from "../../../src/cvm/juice-limit.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Special } from "../../../src/cvm/ops/special.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { AccountStatus } from "../../../src/state/account-status.ts";
import { context, HERO, outcomeText, ran, run, SMALL_STATE } from "../small-state.ts";

/** The State with a chain of accounts #13, #14 … each the parent of the one before. */
function chained(length: number): typeof SMALL_STATE {
  let state = SMALL_STATE;
  for (let i = 0; i < length; i++) {
    const address = 13 + i;
    const parent = i + 1 < length ? Address.of(address + 1) : null;
    const last = i + 1 === length;
    const defined = context({ state: state.withAccount(address, AccountStatus.of({ parent })) });
    defined.address = Address.of(address);
    if (last) defined.define(CVMSymbol.of("deep"), 7, null);
    state = defined.state;
  }
  return state;
}

describe("lookup", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["(do (def x 1) x)", "1"],
    ["x", "error :UNDECLARED"],
    ["#99/x", "error :NOBODY"],
    ["(lookup #99 x)", "error :NOBODY"],
    ["(#%lookup #99 'x)", "nil"],
    ["(#%lookup 'x)", "nil"],
    ["(do (def x 1) (#%lookup *address* 'x))", "1"],
    ["(lookup-meta 'count)", "{:static true}"],
    ["(lookup-meta 'x)", "nil"],
    ["(do (def x 1) (lookup-meta 'x))", "{}"],
    ["(do (def count 5) (lookup-meta 'count))", "{}"],
    ["(do (def count 5) (eval 'count))", "5"],
    ["(do (def count 5) (undef* 'count) (eval '(count [1])))", "1"],
    ["(do (def x 1) (def f (fn [] x)) (def x 2) (f))", "2"],
    ["#12/count", "count"],
    ["(do (def a (deploy '(def x 2))) (def x 1) [x (lookup a x) x (lookup a x)])", "[1 2 1 2]"],
  ];
  for (const [source, result] of cases) test(source, () => expect(run(source)).toBe(result));

  test("16 accounts of a parent chain are searched", () => {
    const found = (length: number) => {
      const ctx = context({ state: chained(length) });
      return ctx.lookup(CVMSymbol.of("deep"), Address.of(13));
    };
    expect(found(1)).toBe(7);
    expect(found(16)).toBe(7);
    expect(found(17)).toBeUndefined();
  });

  test("forms need *lang*, which the core library has; ops do not", () => {
    const evaluated = (form: Value, length: number) => {
      const ctx = context({ state: chained(length), origin: Address.of(13) });
      return outcomeText(ctx, ctx.run(form));
    };
    expect(evaluated(1, 15)).toBe("1");
    expect(evaluated(1, 16)).toBe("error :UNDECLARED");
    expect(evaluated(new Constant(1), 16)).toBe("1");
  });

  test("values alone are searched for in a parent of the core account", () => {
    const asCore = (code: string) => run(`(do (def v 7) (#%query-as #8 '${code}))`);
    expect(asCore("(do (set-parent #11) (eval 'v))")).toBe("7");
    expect(asCore("(do (set-parent #11) (def v 8) (eval 'v))")).toBe("8");
    expect(asCore("(do (set-parent #11) (lookup-meta 'v))")).toBe("nil");
    expect(asCore("(do (undef* '*lang*) (#%query-as #11 '1))")).toBe("error :UNDECLARED");
    expect(asCore("(do (set-parent #9) (#%query-as #9 'v))")).toBe("error :UNDECLARED");
  });

  test("a broken chain ends at the native functions", () => {
    const state = SMALL_STATE.withAccounts(SMALL_STATE.accounts.slice(0, 8));
    const ctx = context({ state, origin: Address.of(1) });
    expect(ctx.lookup(CVMSymbol.of("count"))).toBeInstanceOf(Object);
    expect(ctx.lookup(CVMSymbol.of("nothing"))).toBeUndefined();
    expect(ctx.lookupMeta(CVMSymbol.of("count"))).toBeNull();
  });
});

describe("specials", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["*juice*", "40"],
    ["*caller*", "nil"],
    ["*address*", "#11"],
    ["*memory*", "1000"],
    ["*balance*", "1000000000"],
    ["*origin*", "#11"],
    ["*result*", "nil"],
    ["*timestamp*", "1735056000000"],
    ["*depth*", "0"],
    ["(do *depth*)", "0"],
    ["(do 1 *depth*)", "1"],
    ["(do (def a (deploy '(def d *depth*))) (lookup a d))", "5"],
    ["*offer*", "0"],
    ["(do 5 (#%set-memory *memory*) *result*)", "0"],
    ["(do 5 (#%set-memory (#%inc *memory*)) *result*)", "1000002"],
    ["(do 5 (#%transfer #12 7) *result*)", "7"],
    ["(do 5 (#%transfer-memory #12 8) *result*)", "8"],
    ["(do 5 (#%apply #%transfer [#12 7]) *result*)", "7"],
    ["(do 5 (#%apply #%transfer-memory [#12 8]) *result*)", "8"],
    ["(do 5 (#%accept 0) *result*)", "0"],
    ["(do 5 (deploy 1) *result*)", "#13"],
    ["(= *state* (do *state*))", "true"],
    ["*holdings*", "#Index {}"],
    ["*sequence*", "0"],
    ["*key*", `0x${"0b".repeat(32)}`],
    ["*juice-price*", "10"],
    ["*scope*", "nil"],
    ["*juice-limit*", "1000000"],
    ["*controller*", "nil"],
    ["*env*", "{}"],
    ["*parent*", "nil"],
    ["(do 5 *nop*)", "5"],
    ["*memory-price*", "1000000.0"],
    ["*signer*", "nil"],
    ["*peer*", "nil"],
    ["*location*", "[-1 0]"],
    ["*log*", "error :UNDECLARED"],
  ];
  for (const [source, result] of cases) test(source, () => expect(run(source)).toBe(result));

  test("there are 25, found by code and by name", () => {
    for (let code = 0; code < 25; code++) {
      const special = Special.ofCode(code);
      expect(special?.specialCode).toBe(code);
      expect(Special.ofName(special?.name ?? "")).toBe(special);
    }
    expect(Special.ofCode(25)).toBeNull();
    expect(Special.ofCode(2n ** 60n)).toBeNull();
  });
});

test("a balance allows juice at the price, less the transaction's own 500", () => {
  expect(affordableJuice(0, 10)).toBe(0);
  expect(affordableJuice(5_009, 10)).toBe(0);
  expect(affordableJuice(5_010, 10)).toBe(1);
  expect(affordableJuice(10n ** 18n, 10)).toBe(10 ** 17 - 500);
});

test("the limit of a transaction is what the balance allows, where that is less", () => {
  expect(affordableUpTo(1_000_000, 10_005_000, 10)).toBe(1_000_000);
  expect(affordableUpTo(1_000_000, 10_004_999, 10)).toBe(999_999);
  expect(affordableUpTo(1_000_000, 9_995_000, 10)).toBe(999_000);
  expect(affordableUpTo(1_000_000, 5_009, 10)).toBe(0);
  expect(affordableUpTo(1_000_000, 10n ** 18n, 2n ** 60n)).toBe(0);
});

test("juice may be used up to the last unit", () => {
  const within = (juiceLimit: number) => run("(do (def x 1) [x x])", { juiceLimit });
  const used = ran("(do (def x 1) [x x])").juice;
  expect(within(used)).toBe("[1 1]");
  expect(within(used - 1)).toBe("out of juice");
});

test("the log entry of sheet 02 §14", () => {
  const ctx = ran("(do (log 1 2) (log))");
  const location = Vector.of(-1, 0);
  expect(ctx.log.get(0)).toEqual(Vector.of(HERO, null, location, Vector.of(1, 2)));
  expect(ctx.log.count).toBe(2);
});
