import { describe, expect, test } from "bun:test";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import type { Value } from "../../../src/data/cell.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { testCalls } from "./call-rows.ts";
import { outcomeText, testContext, testState } from "./core-call.ts";

describe("get and contains-key?", () => {
  testCalls([
    ["(get nil 1)", "nil", 30],
    ["(get nil 1 :x)", ":x", 30],
    ["(get [5 6] 1)", "6", 30],
    ["(get [5 6] 1.0)", "nil", 30],
    ["(get [5 6] 2 :x)", ":x", 30],
    ["(get '(5 6) 0)", "5", 30],
    ["(get {:a nil} :a :x)", "nil", 30],
    ["(get #{1} 1)", "true", 30],
    ["(get #{1} 2)", "false", 30],
    ["(get #{1} 2 :x)", ":x", 30],
    ["(get (index :a 1) 'a)", "1", 30],
    ["(get (account #12) :allowance)", "10000", 30],
    ["(get (account #12) :nope :x)", ":x", 30],
    ['(get "abc" 0)', ":CAST", 0],
    ["(get [])", ":ARITY", 0],
    ["(contains-key? nil 1)", "false", 30],
    ["(contains-key? [1] 0)", "true", 30],
    ["(contains-key? {:a nil} :a)", "true", 30],
    ["(contains-key? #{2} 2)", "true", 30],
    ["(contains-key? 1 2)", ":CAST", 0],
  ]);
});

describe("get-in and assoc-in", () => {
  testCalls([
    ["(get-in {:a [1 2]} [:a 1])", "2", 90],
    ["(get-in {:a [1 2]} '(:a 5) :x)", ":x", 90],
    ["(get-in {:a nil} [:a :b] :x)", ":x", 90],
    ["(get-in {:a nil} [:a] :x)", "nil", 60],
    ["(get-in {:a 1} [:a :b])", ":CAST", 0],
    ["(get-in 1 nil)", "1", 30],
    ["(get-in {} 1)", ":CAST", 0],
    ["(assoc-in nil [:a :b] 1)", "{:a {:b 1}}", 540],
    ["(assoc-in 5 [] 1)", "1", 180],
    ["(assoc-in [[1]] [0 0] 2)", "[[2]]", 540],
    ["(assoc-in [1] [5] 2)", ":ARGUMENT", 0],
    ["(assoc-in {:a 1} [:a :b] 2)", ":CAST", 0],
    ["(assoc-in {} :a 2)", ":CAST", 0],
  ]);
});

describe("assoc", () => {
  testCalls([
    ["(assoc nil :a 1)", "{:a 1}", 150],
    ["(assoc {})", "{}", 50],
    ["(assoc [1 2] 1 3)", "[1 3]", 150],
    ["(assoc '(1 2) 0 3)", "(3 2)", 150],
    ["(assoc [1] 1 2)", ":ARGUMENT", 0],
    ["(assoc #{} 1 true)", "#{1}", 150],
    ["(assoc #{1} 1 false)", "#{}", 150],
    ["(assoc #{} 1 2)", ":ARGUMENT", 0],
    ["(assoc (index) 1 2)", ":ARGUMENT", 0],
    ["(assoc {} 1)", ":ARITY", 0],
    ["(assoc)", ":ARITY", 0],
    ["(assoc 1 2 3)", ":CAST", 0],
    ["(map? (assoc (account #1) :balance 0))", "true"],
    ["(get (assoc (account #1) :x 1) :x)", "1"],
  ]);
});

describe("conj and into", () => {
  testCalls([
    ["(conj nil 1)", "[1]", 100],
    ["(conj [1] 2 3)", "[1 2 3]", 150],
    ["(conj '(1) 2 3)", "(3 2 1)", 150],
    ["(conj {} [1 2])", "{1 2}", 100],
    ["(conj {} '(1 2))", ":ARGUMENT", 0],
    ["(conj (index) [1 2])", ":ARGUMENT", 0],
    ["(conj #{1} 1)", "#{1}", 100],
    ["(conj 1 2)", ":CAST", 0],
    ["(conj)", ":ARITY", 0],
    ["(into nil [1])", "[1]", 50],
    ["(into [1] nil)", "[1]", 50],
    ["(into [1] #{2})", "[1 2]", 100],
    ["(into '(1) [2 3])", "(3 2 1)", 150],
    ["(into {} [[1 2]])", "{1 2}", 100],
    ["(into {} [1])", ":ARGUMENT", 0],
    ["(into {1 1} {1 2})", "{1 2}", 100],
    ['(into [] "ab")', ":CAST", 0],
    ["(into 1 [])", ":CAST", 0],
  ]);
});

describe("count and positions", () => {
  testCalls([
    ["(count nil)", "0", 20],
    ['(count "é")', "2", 20],
    ["(count :abc)", "3", 20],
    ["(count #1)", "8", 20],
    ["(count {1 2})", "1", 20],
    ["(count (account #1))", "9", 20],
    ["(count 1)", ":CAST", 0],
    ["(count count)", ":CAST", 0],
    ["(nth [1 2] 1)", "2", 20],
    ['(nth "aé" 1)', "\\é", 20],
    ['(nth "é" 1)', "nil", 20],
    ["(nth 0xff 0)", "255", 20],
    ["(nth #258 6)", "1", 20],
    ["(nth nil 0)", ":BOUNDS", 0],
    ["(nth [1] -1)", ":BOUNDS", 0],
    ["(nth [1] 18446744073709551616)", ":BOUNDS", 0],
    ["(nth [1] 0.0)", ":CAST", 0],
    ["(nth 1 0)", ":CAST", 0],
    ["(first '(1 2))", "1", 20],
    ["(first nil)", ":BOUNDS", 0],
    ["(second {1 2 3 4})", "[1 2]", 20],
    ["(second [1])", ":BOUNDS", 0],
    ["(last [1 2])", "2", 20],
    ['(last "é")', "nil", 20],
    ["(last [])", ":BOUNDS", 0],
    ["(last 1)", ":CAST", 0],
  ]);
});

describe("generic values", () => {
  testCalls([
    ["(count #[d901110a])", "1", 20],
    ["(first #[d901110a])", "[0 10]", 20],
    ["(get #[d901110a] 0 :x)", ":x", 30],
    ["(contains-key? #[d901110a] 0)", "false", 30],
    ["(get-in #[d901110a] [0] :x)", ":x", 60],
    ["(keys #[d901110a])", "nil", 100],
    ["(values #[d901110a])", "[10]", 100],
    ["(assoc #[d901110a] :k 1)", "{0 10,:k 1}", 150],
    ["(conj #[d901110a] [1 2])", "{0 10,1 2}", 100],
    ["(merge #[d901110a] {1 2})", "{0 10,1 2}", 100],
    ["(dissoc #[d901110a] 0)", "#[d901110a]", 100],
    ["(map? #[d901110a])", "true", 20],
    ["(coll? #[d901110a])", "true", 20],
    ["(count #[e005])", "8", 20],
    ["(vec #[e005])", "[0 0 0 0 0 0 0 5]", 450],
    ["(index #[e005] 1)", "#Index {#[e005] 1}", 150],
    ["(count #[c411011102])", ":CAST", 0],
  ]);
});

test("into: what can be counted has to be affordable before it is the wrong type", () => {
  const into = CORE_BY_NAME.get("into") as Value;
  const args: Value[] = [Vector.EMPTY, CVMString.of("abc")];
  const outcome = (juiceLimit: number) => {
    const ctx = testContext(testState(), juiceLimit);
    return outcomeText(ctx, ctx.invoke(into, args));
  };
  expect(outcome(199)).toBe(":JUICE");
  expect(outcome(200)).toBe(":CAST");
});
