import { expect, test } from "bun:test";
import { Context } from "../../../src/cvm/context.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { EMERALD } from "../../../src/state/constants.ts";
import { HostError } from "../../../src/state/host-error.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Call, Invoke, MULTI_MODE, Multi } from "../../../src/state/transaction.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import type { TransactionOutcome } from "../../../src/transition/transaction-outcome.ts";
import { applyMulti, MAX_MULTI_RESULTS } from "../../../src/transition/transactions/multi.ts";
import {
  balanceOf,
  invoke,
  OTHER,
  smallState,
  transfer,
  USER,
  withBalance,
} from "../small-network.ts";

const user = Address.of(USER);
const state = smallState();

function multi(mode: number, ...children: Value[]): Multi {
  return Multi.of(user, 1, mode, Vector.from(children));
}

function apply(tx: Multi, from: State = state): TransactionOutcome {
  return applyTransaction(from, tx);
}

const define = invoke("(def a1 1)", 0);
const fail = invoke("(#%fail :X 1)", 0);
const send = transfer(OTHER, 7, 0);
/** Ends as a Failure: more expansion than juice allows. */
const exhaust = invoke("(loop [] (#%recur))", 0);

test("the four modes differ in when they stop and what they undo", () => {
  const rows: [number, string, string, boolean, boolean][] = [
    [MULTI_MODE.ANY, "nil", "[1 :X 7]", true, true],
    [MULTI_MODE.ALL, ":CHILD", "[1 :X]", false, false],
    [MULTI_MODE.FIRST, "nil", "[1]", true, false],
    [MULTI_MODE.UNTIL, "nil", "[1 :X]", true, false],
  ];
  for (const [mode, code, results, isDefined, isSent] of rows) {
    const outcome = apply(multi(mode, define, fail, send));
    expect([mode, print(outcome.result.error)]).toEqual([mode, code]);
    expect(print(shortResults(outcome))).toBe(results);
    expect(outcome.state.account(USER)?.environment !== null).toBe(isDefined);
    expect(balanceOf(outcome.state, OTHER)).toBe(isSent ? EMERALD + 7 : EMERALD);
    expect(outcome.state.account(USER)?.sequence).toBe(1);
  }
});

test("a query that gives coins back has the limit of a child looked at anew", () => {
  const selling = invoke("(do (query (#%set-memory 0)) (#%+ 1 2))", 0);
  const balance = 8_000;
  const { juice } = apply(multi(MULTI_MODE.ANY, selling), withBalance(state, USER, balance));
  // What the balance pays for, less the 500 of the transaction: the child had 10 million before.
  expect(juice).toBe(balance / 10 - 500);
  expect(print(shortResults(apply(multi(MULTI_MODE.ANY, selling))))).toBe("[3]");
});

/** Error code or value of each child. */
function shortResults(outcome: TransactionOutcome): Vector {
  const { result } = outcome.result;
  return Vector.from((result as Vector).toArray().map((r) => childOf(r)));
}

function childOf(result: Value): Value {
  const { error, result: value } = result as unknown as { error: Value; result: Value };
  return error ?? value;
}

test("children of a Multi have no id, log or info", () => {
  const outcome = apply(multi(MULTI_MODE.ANY, define, fail));
  expect(print(outcome.value)).toBe("[#Result {:result 1} #Result {:result 1,:error :X}]");
});

test("the juice is that of the last child (T8)", () => {
  const single = applyTransaction(state, invoke("(def a1 1)")).juice;
  expect(apply(multi(MULTI_MODE.ANY, exhaust, define)).juice).toBe(single);
  expect(apply(multi(MULTI_MODE.ANY, define, send)).juice).toBe(200);
  expect(apply(multi(MULTI_MODE.ANY)).juice).toBe(0);
});

test("out of juice stops mode ALL, but undoes nothing and is a success (T8)", () => {
  const outcome = apply(multi(MULTI_MODE.ALL, define, exhaust, send));
  expect(outcome.error).toBeNull();
  expect(print(shortResults(outcome))).toBe("[1 :JUICE]");
  expect(outcome.juice).toBe(10_000_000);
  expect(outcome.state.account(USER)?.environment).not.toBeNull();
});

test("a child knows nothing of the block (T8)", () => {
  const outcome = apply(
    multi(MULTI_MODE.ANY, invoke("[*signer* *peer* *location* *juice-limit*]", 0)),
  );
  expect(print(shortResults(outcome))).toBe("[[nil nil [-1 0] 10000000]]");
});

test("the log is that of the last child that succeeded, none after a rollback (T8)", () => {
  const log = (n: number) => invoke(`(#%log ${n})`, 0);
  expect(print(apply(multi(MULTI_MODE.ANY, log(1), log(2), fail)).log)).toBe(
    "[[#11 nil [-1 0] [2]]]",
  );
  const rollback = invoke("(#%rollback 5)", 0);
  expect(apply(multi(MULTI_MODE.ANY, log(1), rollback)).log.count).toBe(0);
  const both = invoke("(do (#%log 2) (#%rollback 5))", 0);
  expect(apply(multi(MULTI_MODE.UNTIL, log(1), both)).log.count).toBe(0);
  expect(apply(multi(MULTI_MODE.ANY, log(1), define)).log.count).toBe(0);
  expect(apply(multi(MULTI_MODE.ALL, log(1), fail)).log.count).toBe(0);
});

test("a child may act for another account only if the origin controls it", () => {
  const forOther = Invoke.of(Address.of(OTHER), 77, 5);
  const nobody = Invoke.of(Address.of(99), 1, 5);
  const refused = apply(multi(MULTI_MODE.ANY, forOther, nobody));
  expect(print(shortResults(refused))).toBe("[:TRUST :NOBODY]");
  expect(refused.juice).toBe(0);
  const other = state.account(OTHER)?.withController(user);
  const controlled = other === undefined ? state : state.withAccount(OTHER, other);
  const outcome = apply(multi(MULTI_MODE.ANY, forOther), controlled);
  expect(print(shortResults(outcome))).toBe("[5]");
  expect(outcome.state.account(OTHER)?.sequence).toBe(0);
  const scoped = other?.withController(Vector.of(user, null));
  const inScope = scoped === undefined ? state : state.withAccount(OTHER, scoped);
  expect(print(shortResults(apply(multi(MULTI_MODE.ALL, forOther), inScope)))).toBe("[:TRUST]");
});

test("a Multi in a Multi is a child like any other: its failure undoes only its own", () => {
  const inner = multi(MULTI_MODE.ALL, define, fail);
  const outcome = apply(multi(MULTI_MODE.ANY, inner, send));
  expect(print(shortResults(outcome))).toBe("[:CHILD 7]");
  expect(outcome.state.account(USER)?.environment).toBeNull();
  expect(balanceOf(outcome.state, OTHER)).toBe(EMERALD + 7);
});

test("Multis may nest deeper than calls", () => {
  let nested: Multi = multi(MULTI_MODE.ALL, send);
  for (let i = 0; i < 20_000; i++) nested = multi(MULTI_MODE.ALL, nested);
  expect(balanceOf(apply(nested).state, OTHER)).toBe(EMERALD + 7);
});

test("children that are no transactions, and Calls, make the block void, if they are reached", () => {
  expect(() => apply(new Multi([user, 1, 0, null]))).toThrow(HostError);
  expect(() => apply(multi(MULTI_MODE.ANY, define, 5))).toThrow(HostError);
  const call = Call.of(user, 0, Address.of(9), 0, CVMSymbol.of("f"), Vector.EMPTY);
  expect(() => apply(multi(MULTI_MODE.ANY, call))).toThrow(HostError);
  // Stopped before it is reached.
  expect(apply(multi(MULTI_MODE.UNTIL, fail, 5)).error).toBeNull();
});

test("the number of children has a bound", () => {
  const rules = PROFILE_0_8_5.rulesAt(0);
  const nobody = Invoke.of(Address.of(99), 1, 5);
  const inner = multi(MULTI_MODE.ANY, nobody, nobody, nobody);
  const outer = multi(MULTI_MODE.ANY, inner, inner);
  const context = () => new Context({ state, origin: user, juiceLimit: 1000 });
  expect(print(applyMulti(context(), outer, rules, 8) as Value)).toContain(":NOBODY");
  expect(() => applyMulti(context(), outer, rules, 7)).toThrow("Too many transactions in a Multi");
});

test("no more Results are kept than a client could use", () => {
  const nobody = Invoke.of(Address.of(99), 1, 5);
  let many = Vector.from(Array.from({ length: 16 }, () => nobody));
  for (let i = 0; i < 12; i++) many = many.concat(many);
  many = many.concat(Vector.of(send));
  const outcome = apply(Multi.of(user, 1, MULTI_MODE.ANY, many));
  expect((outcome.value as Vector).count).toBe(MAX_MULTI_RESULTS);
  expect(balanceOf(outcome.state, OTHER)).toBe(EMERALD + 7);
});
