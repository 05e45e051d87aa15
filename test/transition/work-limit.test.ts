// Work that no juice pays for ends in :JUICE (cvm/work-limit.ts), also inside of whole
// transactions. The reference would go on for hours, or die of its memory.

import { describe, expect, test } from "bun:test";
import { EXIT } from "../../src/cvm/exits.ts";
import { FREE_WORK_MAX, TOTAL_WORK_MAX, withinWorkLimit } from "../../src/cvm/work-limit.ts";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { doWork } from "../../src/data/free-work.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { MAX_COPY_COUNT, Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import type { AccountStatus } from "../../src/state/account-status.ts";
import { HostError } from "../../src/state/host-error.ts";
import type { State } from "../../src/state/state.ts";
import { MULTI_MODE, Multi } from "../../src/state/transaction.ts";
import { applyTransaction } from "../../src/transition/apply-transaction.ts";
import type { TransactionOutcome } from "../../src/transition/transaction-outcome.ts";
import { testContext } from "../cvm/core/core-call.ts";
import { invoke, smallState, USER } from "./small-network.ts";

const state = smallState();
const user = Address.of(USER);

/** 16^levels times the element 7, in as many cells as there are levels. */
function repeated(levels: number): Vector {
  let v = Vector.from(Array.from({ length: 16 }, () => 7));
  for (let i = 1; i < levels; i++) {
    v = new Vector(
      v.count * 16,
      Array.from({ length: 16 }, () => v),
      null,
      true,
    );
  }
  return v;
}

/** A State in which the account has these definitions. */
function holding(definitions: Record<string, Value>): State {
  const account = state.account(USER) as AccountStatus;
  const entries = Object.entries(definitions).map(([name, value]): [Value, Value] => [
    CVMSymbol.of(name),
    value,
  ]);
  return state.withAccount(USER, account.withEnvironment(CVMMap.from(entries)));
}

function errorOf({ error }: TransactionOutcome): string | null {
  return error === null ? null : print(error.code);
}

describe("FREE_WORK_MAX, of one transaction", () => {
  test("just below it nothing happens, beyond it State and log are as they were", () => {
    const within = (units: number) => {
      const ctx = testContext();
      const before = ctx.state;
      const outcome = withinWorkLimit(
        ctx,
        (c) => {
          c.setAccount(c.account().withBalance(1));
          c.appendLog(Vector.of(1));
          doWork(units);
          return 5;
        },
        null,
        null,
      );
      return { outcome, ctx, isBefore: ctx.state === before };
    };
    const passed = within(FREE_WORK_MAX);
    expect([passed.outcome, passed.ctx.log.count, passed.isBefore]).toEqual([5, 1, false]);
    const stopped = within(FREE_WORK_MAX + 1);
    expect([stopped.outcome, stopped.ctx.log.count, stopped.isBefore]).toEqual([EXIT, 0, true]);
    expect(stopped.ctx.juice).toBe(stopped.ctx.juiceLimit);
  });

  test("next of a set, again and again: the juice for it would have sufficed", () => {
    const times = (n: number) =>
      applyTransaction(
        state,
        invoke(`(do (def k 1) (def s (loop [i 0 v (#%hash-set)]
          (cond (#%< i 2000) (#%recur (#%inc i) (#%conj v i)) v)))
          (loop [i 0] (cond (#%< i ${n}) (do (#%next s) (#%recur (#%inc i))) i)))`),
      );
    const few = times(4000);
    expect([errorOf(few), few.value]).toEqual([null, 4000]);
    const stopped = times(11_000);
    expect(errorOf(stopped)).toBe(":JUICE");
    expect(stopped.state.account(USER)?.environment ?? null).toBe(null);
    expect(stopped.juice).toBe(10_000_000);
    expect((few.juice / 4000) * 11_000).toBeLessThan(9_000_000);
  });
});

describe("TOTAL_WORK_MAX, of a Multi", () => {
  const huge = holding({ v: repeated(7) });
  /** Asks at once for more than a tenth of FREE_WORK_MAX, and is out of juice before it has it. */
  const child = invoke("(loop [] (#%next v) (#%recur))", 0);
  const multi = (n: number) => Multi.of(user, 1, MULTI_MODE.ANY, Vector.from(Array(n).fill(child)));

  test("children that are out of juice each are one after the other", () => {
    const outcome = applyTransaction(huge, multi(2));
    expect(print(outcome.value)?.match(/:JUICE/g)?.length).toBe(2);
  });

  test("together they may do no more than that: the Block is void", () => {
    // Each is allowed FREE_WORK_MAX, and its juice counts half as much again.
    const most = Math.ceil(TOTAL_WORK_MAX / FREE_WORK_MAX);
    expect(errorOf(applyTransaction(huge, multi(Math.floor(most / 2))))).toBe(null);
    expect(() => applyTransaction(huge, multi(most))).toThrow(HostError);
  });
});

describe("copies of more than 2^24 elements inside a transaction", () => {
  const more = holding({ v: repeated(6).append(7), l: List.reverseOf(repeated(6).append(7)) });

  test("16^6 elements are not more", () => {
    expect(repeated(6).count).toBe(MAX_COPY_COUNT);
  });

  test.each([
    "(#%join v \\a)",
    "(#%str v v v)",
    "(#%cons 1 l)",
    "(#%cons 1 v)",
    "(#%next l)",
    "(#%count (#%reverse v))",
    "(#%count (#%conj v 1))",
    "(#%nth v 16777216)",
    "(#%count (#%into v [1 2]))",
  ])("%s ends within a second, with a value or an exit", (source) => {
    const outcome = applyTransaction(more, invoke(source));
    expect([null, ":CAST", ":JUICE"]).toContain(errorOf(outcome));
  });

  test.each([
    "(#%vec l)",
    "(#%set v)",
    "(#%concat v v)",
    "(#%concat [1] v)",
    "(#%into [] v)",
    "(#%into #{} v)",
    "(#%apply #%+ v)",
    "(#%map #%inc v)",
    "(#%slice v 1 16777217)",
    "(#%join (#%map #%str v) \\a)",
    "(#%print v)",
    "(#%reduce #%+ 0 v)",
  ])("%s is out of juice", (source) => {
    expect(errorOf(applyTransaction(more, invoke(source)))).toBe(":JUICE");
  });
});
