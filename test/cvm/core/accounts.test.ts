import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { testCalls } from "./call-rows.ts";
import { call, testContext, USER } from "./core-call.ts";

describe("accounts", () => {
  testCalls([
    ["(address 7)", "#7", 20],
    ["(address #7)", "#7", 20],
    ["(address [#7 :x :y])", "#7", 20],
    ["(address 0x0102)", "#258", 20],
    ["(address 0xff)", ":ARGUMENT", 0],
    ["(address 0x000000000000000001)", ":ARGUMENT", 0],
    ["(address -1)", ":ARGUMENT", 0],
    ["(address 9223372036854775808)", ":ARGUMENT", 0],
    ["(address [])", ":CAST", 0],
    ["(address 1.0)", ":CAST", 0],
    ["(account #99)", "nil", 20],
    ["(account 1)", ":CAST", 0],
    ["(balance #13)", "99900000000000", 50],
    ["(balance #99)", "nil", 50],
    ["(balance nil)", ":CAST", 0],
    ["(set-controller #13)", "#13", 150],
    ["(set-controller [#13 :x])", "[#13 :x]", 150],
    ["(set-controller nil)", "nil", 150],
    ["(set-controller [#13])", ":CAST", 0],
    ["(set-controller #99)", ":NOBODY", 0],
    ["(set-parent #13)", "#13", 150],
    ["(set-parent #12)", ":ARGUMENT", 0],
    ["(set-parent #99)", ":NOBODY", 0],
    ["(set-parent [#13 1])", ":CAST", 0],
    ["(set-key nil)", "nil", 150],
    ["(set-key 0x01)", ":ARGUMENT", 0],
    ["(set-key #1)", ":CAST", 0],
  ]);

  test("changes reach the account", () => {
    const ctx = testContext();
    call("(set-controller [#13 :x])", ctx);
    call("(set-parent #13)", ctx);
    call("(set-key nil)", ctx);
    const account = ctx.account();
    expect(account.controller).toBeInstanceOf(Vector);
    expect(account.parent?.value).toBe(13);
    expect(account.key).toBeNull();
  });
});

describe("holdings", () => {
  testCalls([
    ["(get-holding #99)", "nil", 15],
    ["(get-holding 1)", ":CAST", 0],
    ["(set-holding #99 :a)", ":a", 150],
    ["(set-holding :a 1)", ":CAST", 0],
  ]);

  test("the last holding that goes leaves nil", () => {
    const ctx = testContext();
    call("(set-holding #99 1)", ctx);
    expect(call("(get-holding #99)", ctx).text).toBe("1");
    call("(set-holding #99 nil)", ctx);
    expect(ctx.account().holdings).toBeNull();
  });
});

describe("environment", () => {
  const foo = CVMSymbol.of("foo");

  test("lookup, lookup-meta and undef*", () => {
    const ctx = testContext();
    ctx.define(foo, 5, CVMMap.EMPTY);
    expect(call("(lookup 'foo)", ctx)).toEqual({ text: "5", juice: 15 });
    expect(call("(lookup #12 'foo)", ctx)).toEqual({ text: "5", juice: 15 });
    expect(call("(lookup #13 'foo)", ctx)).toEqual({ text: "nil", juice: 15 });
    expect(call("(lookup #99 'count)", ctx)).toEqual({ text: "nil", juice: 15 });
    expect(call("(lookup-meta 'foo)", ctx)).toEqual({ text: "{}", juice: 15 });
    expect(call("(lookup-meta #99 'foo)", ctx)).toEqual({ text: "nil", juice: 15 });
    expect(call("(undef* 'foo)", ctx)).toEqual({ text: "nil", juice: 100 });
    expect(call("(lookup 'foo)", ctx).text).toBe("nil");
  });

  testCalls([
    ["(lookup :a)", ":CAST", 0],
    ["(lookup 12 'a)", ":CAST", 0],
    ["(lookup-meta #12 :a)", ":CAST", 0],
    ["(undef* :a)", ":ARGUMENT", 0],
    ["(undef* 'nope)", "nil", 100],
  ]);

  test("T14: undef* leaves empty maps in place of nil", () => {
    const ctx = testContext();
    call("(undef* 'nope)", ctx);
    expect(ctx.account().environment?.count).toBe(0);
    expect(ctx.account().metadata?.count).toBe(0);
  });
});

describe("callable?", () => {
  testCalls([
    ["(callable? #1)", "true", 15],
    ["(callable? [#1 :scope])", "true", 15],
    ["(callable? [#1])", "false", 15],
    ["(callable? #99)", "false", 15],
    ["(callable? 1)", "false", 15],
    ["(callable? #1 'f)", "false", 15],
    ["(callable? :a 'f)", "false", 15],
    ["(callable? :a :f)", ":CAST", 0],
  ]);

  test("T2: a function without metadata is thrown at; any other value is not callable", () => {
    const ctx = testContext();
    const f = CVMSymbol.of("f");
    ctx.define(f, 1, null);
    expect(call("(callable? #12 'f)", ctx).text).toBe("false");
    ctx.define(f, CORE_BY_NAME.get("count") ?? null, null);
    expect(() => call("(callable? #12 'f)", ctx)).toThrow(HostError);
    ctx.define(f, CORE_BY_NAME.get("count") ?? null, CVMMap.EMPTY);
    expect(call("(callable? #12 'f)", ctx).text).toBe("false");
  });
});

describe("coins and memory", () => {
  testCalls([
    ["(transfer #13 5)", "5", 200],
    ["(transfer #13 -1)", ":ARGUMENT", 200],
    ["(transfer #13 1000000000000000000)", ":FUNDS", 200],
    ["(transfer #13 1000000000000000001)", ":ARGUMENT", 200],
    ["(transfer #13 999999999999999999)", ":FUNDS", 200],
    ["(transfer #99 1)", ":NOBODY", 200],
    ["(transfer #11 1)", ":STATE", 200],
    ["(transfer #12 99900000000000)", "99900000000000", 200],
    ["(transfer #12 99900000000001)", ":FUNDS", 200],
    ["(transfer #13 1.0)", ":CAST", 0],
    ["(transfer 13 1)", ":CAST", 0],
    ["(accept 0)", "0", 200],
    ["(accept 1)", ":STATE", 0],
    ["(accept -1)", ":ARGUMENT", 0],
    ["(accept nil)", ":CAST", 0],
    ["(set-memory 10000)", "0", 200],
    ["(set-memory 10001)", "1000002", 400],
    ["(set-memory 20000)", "10101010102", 400],
    ["(set-memory 0)", "-9900990099", 400],
    ["(set-memory -1)", ":ARGUMENT", 200],
    ["(set-memory 9223372036854775807)", ":FUNDS", 200],
    ["(set-memory 1.0)", ":CAST", 0],
    ["(transfer-memory #13 100)", "100", 200],
    ["(transfer-memory #13 10000)", "10000", 200],
    ["(transfer-memory #13 10001)", ":MEMORY", 200],
    ["(transfer-memory #13 -1)", ":ARGUMENT", 200],
    ["(transfer-memory #13 1000000000000000000)", ":MEMORY", 200],
    ["(transfer-memory #13 1000000000000000001)", ":ARGUMENT", 200],
    ["(transfer-memory #99 1)", ":NOBODY", 200],
  ]);

  test("T22, T23: a failed transfer is paid for, and a Failure takes the place of the error", () => {
    const ctx = testContext(undefined, 100);
    expect(call("(transfer #13 -1)", ctx)).toEqual({ text: ":JUICE", juice: 100 });
  });

  test("T22: the juice limit follows the balance of the origin", () => {
    const ctx = testContext();
    const balance = ctx.account().balance;
    const rest = 7000;
    expect(call(`(transfer #13 ${Number(balance) - rest})`, ctx).text).not.toBe(":JUICE");
    expect(ctx.juiceLimit).toBe(rest / 10 - 500);
    expect(ctx.origin.value).toBe(USER.value);
  });
});

describe("log", () => {
  test("appends [address scope location values]", () => {
    const ctx = testContext();
    expect(call("(log :a 1)", ctx)).toEqual({ text: "[:a 1]", juice: 1150 });
    expect(ctx.log.count).toBe(1);
    expect((ctx.log.get(0) as Vector).get(0)).toBe(USER);
  });
});
