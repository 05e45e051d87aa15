// What can be called, and what calling it gives (sheet 02 §5); errors and their traces.

import { describe, expect, test } from "bun:test";
import { ErrorExit } from "../../../src/cvm/exits.ts";
import { juiceOf, ran, run } from "../small-state.ts";

const CASES: readonly (readonly [source: string, result: string])[] = [
  ["(:a {:a 1})", "1"],
  ["(:a {:a nil} :none)", "nil"],
  ["(:b {:a 1})", "nil"],
  ["(:b {:a 1} :none)", ":none"],
  ["(:a nil)", "nil"],
  ["(:a nil 7)", "7"],
  ["(:a [1 2])", "nil"],
  ["(:a #{:a})", "true"],
  ["(:a 1)", "error :CAST"],
  ["(:a)", "error :ARITY"],
  ["(:a {} 1 2)", "error :ARITY"],
  ["({:a 1} :a)", "1"],
  ["({:a nil} :a 5)", "nil"],
  ["({:a 1} :b)", "nil"],
  ["({:a 1} :b 3)", "3"],
  ["({:a 1})", "error :ARITY"],
  ["(#Index {0x01 2} 0x01)", "2"],
  ["((account #11) :sequence)", "0"],
  ["([1 2 3] 1)", "2"],
  ["('(1 2 3) 1)", "2"],
  ["([1 2 3] 5)", "error :BOUNDS"],
  ["([1 2 3] -1)", "error :BOUNDS"],
  ["([1 2 3] 5 :none)", ":none"],
  ["([1 2 3] :a)", "error :CAST"],
  ["([1 2 3] 18446744073709551616)", "error :CAST"],
  ["([1 2 3])", "error :ARITY"],
  ["(#{1 2} 1)", "true"],
  ["(#{1 2} 3)", "false"],
  ["(#{1 2} 3 4)", "error :ARITY"],
  ["(1 2)", "error :CAST"],
  ["(nil)", "error :CAST"],
  ["('x {'x 1})", "error :CAST"],
  ['("abc" 1)', "error :CAST"],
];

describe("callable values", () => {
  for (const [source, result] of CASES) test(source, () => expect(run(source)).toBe(result));
});

test("what cannot be called is found out before the arguments run", () => {
  expect(ran("(1 (def x 2))").account().environment).toBeNull();
  expect(run("(1 (fail :FIRST 1))")).toBe("error :CAST");
});

test("data functions cost nothing of their own", () => {
  expect(juiceOf("(:a nil)").execute).toBe(10);
  expect(juiceOf("({} :a)").execute).toBe(10);
});

describe("traces, innermost first", () => {
  const traceOf = (source: string) => {
    const { exit } = ran(source);
    return exit instanceof ErrorExit ? exit.trace : [];
  };
  test("name the core function and the expression", () => {
    expect(traceOf("(transfer #999999 1)")).toEqual([
      "In core function: transfer",
      "In expression: (transfer #999999 1)",
    ]);
    expect(traceOf('(fail "no")')).toEqual([
      "In core function: fail",
      'In expression: (fail "no")',
    ]);
    expect(traceOf("(+ 1 :foo)")).toEqual(["In core function: +", "In expression: (+ 1 :foo)"]);
  });
  test("name the expression that has no function", () => {
    const line = "Trying to get function for expression:";
    expect(traceOf("(1 2)")).toEqual([`${line} (1 2)`]);
    expect(traceOf("(let [x 1] (x))")).toEqual([`${line} (%0)`]);
    expect(traceOf("((fn [] (nil)))")).toEqual([`${line} (nil)`, "In expression: ((fn [] (nil)))"]);
    expect(traceOf(`(1 "${"x".repeat(70_000)}")`)).toEqual([`${line} null`]);
  });
  test("name actor calls, and what was compiled", () => {
    const source = "(do (def ^:callable f (fn [] (fail 1))) (call* *address* 0 'f))";
    expect(traceOf(source)).toContain("Calling Actor #11 with function (f ...)");
    expect(traceOf("(do (def 1 2))")).toContain("Compiling:(def 1 2)");
  });
  test("go with the account that raised the error", () => {
    const source = "(call* (deploy '(def ^:callable f (fn [] (fail 1)))) 0 'f)";
    const { exit } = ran(source);
    expect(exit instanceof ErrorExit && Number(exit.address?.value)).toBe(13);
  });
});
