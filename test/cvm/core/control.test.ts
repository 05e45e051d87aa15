import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { type ErrorExit, EXIT, type TailcallExit } from "../../../src/cvm/exits.ts";
import type { Value } from "../../../src/data/cell.ts";
import { print } from "../../../src/lang/printer.ts";
import { testCalls } from "./call-rows.ts";
import { call, testContext } from "./core-call.ts";

describe("exits", () => {
  testCalls([
    ["(recur 1 2)", "RecurExit", 30],
    ["(tailcall* count)", "TailcallExit", 30],
    ["(tailcall* :a 1)", ":CAST", 0],
    ["(rollback 1)", "RollbackExit", 20],
    ["(halt)", "HaltExit", 20],
    ["(halt 1)", "HaltExit", 20],
    ["(return 1)", "ReturnExit", 20],
    ["(reduced 1)", "ReducedExit", 20],
    ["(fail)", ":ASSERT", 0],
    ["(fail :a)", ":ASSERT", 0],
    ["(fail :a 1)", ":a", 0],
    ["(fail [1] nil)", "[1]", 0],
    ["(fail nil 1)", ":ARGUMENT", 0],
    ["(fail 1 2 3)", ":ARITY", 0],
  ]);

  test("carry their values", () => {
    const ctx = testContext();
    expect(ctx.invoke(CORE_BY_NAME.get("tailcall*") as Value, [count(), 1, 2])).toBe(EXIT);
    expect((ctx.exit as TailcallExit).args).toEqual([1, 2]);
    ctx.invoke(CORE_BY_NAME.get("fail") as Value, [1]);
    expect((ctx.exit as ErrorExit).message).toBe(1);
    ctx.invoke(CORE_BY_NAME.get("fail") as Value, []);
    expect(print((ctx.exit as ErrorExit).message)).toBe("nil");
  });

  function count(): Value {
    return CORE_BY_NAME.get("count") as Value;
  }
});

describe("apply", () => {
  testCalls([
    ["(apply + [])", "0", 70],
    ["(apply + 1 [2 3])", "6", 194],
    ["(apply vector nil)", "[]", 100],
    ["(apply vector {1 2})", "[[1 2]]", 200],
    ["(apply :a [{:a 1}])", "1", 100],
    ["(apply return [1])", "1", 120],
    ['(apply + "a")', ":CAST", 0],
    ["(apply 1 [])", ":CAST", 0],
    ["(apply +)", ":ARITY", 0],
  ]);
});

describe("map", () => {
  testCalls([
    ["(map inc [1 2])", "[2 3]", 240],
    ["(map inc nil)", "nil", 100],
    ["(map + [1 2] [3])", "[4]", 186],
    ["(map + '(1 2 3) [10 20])", "(11 22)", 272],
    ["(map + [1] nil :a)", "[]", 100],
    ["(map + {1 2} nil)", "{}", 100],
    ["(map + [1] :a)", ":CAST", 0],
    ["(map count #{[1] [2]})", "#{1}", 240],
    ["(map first {1 2})", ":ARGUMENT", 20],
    ["(map reverse {1 2})", ":ARGUMENT", 50],
    ["(map vec {1 2})", "{1 2}", 300],
    ["(map 1 [])", ":CAST", 0],
    ["(map inc)", ":ARITY", 0],
    ["(map inc #[d901110a])", ":CAST", 0],
  ]);

  test("a List is worked from its end", () => {
    const ctx = testContext();
    call("(map log '(1 2))", ctx);
    expect(print(ctx.log.get(0))).toContain("[2]");
  });

  test("T17: recur runs map itself again", () => {
    expect(call("(map recur [1])").text).toBe(":ARITY");
  });
});

describe("reduce", () => {
  testCalls([
    ["(reduce + [])", "0", 120],
    ["(reduce + [5])", "5", 128],
    ["(reduce + 1 [2 3])", "6", 172],
    ["(reduce + nil)", "0", 120],
    ["(reduce vector {1 2 3 4})", "[[3 4] [1 2]]", 250],
    ["(reduce 1 [])", ":CAST", 0],
    ["(reduce + :a)", ":CAST", 0],
    ["(reduce + 1 0x01)", ":CAST", 0],
    ["(reduce +)", ":ARITY", 0],
    ["(reduce inc [1 2])", ":ARITY", 100],
    ["(reduce reduced [1])", "1", 120],
    ["(reduce :a {:a {:a 7}} [1 2])", "7"],
    ["(reduce :a {:a {:a 7}} #{1 2})", "7"],
    ["(reduce [3 2 0 1] 0 [9 9 9])", "2"],
    ["(reduce {0 1 1 2} 0 #{8 9})", "2"],
  ]);
});

describe("schedule*", () => {
  const now = 1735056000000;

  test("stores [address op] under the time", () => {
    const ctx = testContext();
    expect(call(`(schedule* ${now + 720_000} #[c0b01101])`, ctx)).toEqual({
      text: String(now + 720_000),
      juice: 2,
    });
    expect(call("(schedule* 0 #[c0b01101])", ctx)).toEqual({ text: String(now), juice: 0 });
    expect(print(ctx.state.schedule)).toBe(
      "#Index {0x00000193f9658400 [[#12 1]],0x00000193f9708080 [[#12 1]]}",
    );
  });

  testCalls([
    ["(schedule* 1.0 #[c0b01101])", ":CAST", 0],
    ["(schedule* 1 1)", ":CAST", 0],
    ["(schedule* 9223372036854775807 #[c0b01101])", ":JUICE"],
  ]);
});

describe("code", () => {
  testCalls([
    ["(eval '(quote a))", "a"],
    ["(eval 5)", "5"],
    ["(eval #[c0b01105])", "5", 505],
    ["(eval-as #99 1)", ":NOBODY", 500],
    ["(eval-as #13 1)", ":TRUST", 500],
    ["(eval-as 1 1)", ":CAST", 0],
    ["(query-as #13 #[c0b01105])", "5", 505],
    ["(query-as #99 1)", ":NOBODY", 500],
    ["(compile 1)", "1", 70],
    ["(expand 1)", "1", 40],
    ["(expand 1 vector)", "[1 vector]", 150],
    ["(expand 1 :a)", ":CAST", 0],
    ["(expand 1 vector :a)", ":CAST", 0],
    ["(*initial-expander* 1 vector)", "1", 40],
    ["(*initial-expander* [] :a)", ":CAST", 0],
    ["(deploy 1)", "#14"],
    ["(call* #13 0 'f)", ":STATE", 100],
    ["(call* #13 1.0 'f)", ":CAST", 100],
    ["(call* #13 0 :f)", ":CAST", 100],
    ["(call* :a 0 'f)", ":CAST", 100],
    ["(call* #99 0 'f)", ":NOBODY", 100],
    ["(call* #13 -1 'f)", ":ARGUMENT", 100],
  ]);
});
