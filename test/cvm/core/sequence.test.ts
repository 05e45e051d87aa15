import { describe } from "bun:test";
import { testCalls } from "./call-rows.ts";

describe("concat, reverse, cons, next", () => {
  testCalls([
    ["(concat)", "nil", 5],
    ["(concat nil)", "nil", 5],
    ["(concat nil [1] '(2 3))", "[1 2 3]", 255],
    ["(concat '(1) [2 3])", "(1 2 3)", 255],
    ["(concat #{1} {2 3})", "[1 [2 3]]", 205],
    ['(concat [] "a")', ":CAST", 0],
    ["(reverse [1 2])", "(2 1)", 50],
    ["(reverse '(1 2))", "[2 1]", 50],
    ["(reverse nil)", "()", 50],
    ["(reverse #{})", ":CAST", 0],
    ["(cons 1 nil)", "(1)", 100],
    ["(cons 1 2 [3])", "(1 2 3)", 150],
    ["(cons 1 #{2})", "(1 2)", 100],
    ["(cons 1 :a)", ":CAST", 0],
    ["(cons 1)", ":ARITY", 0],
    ["(next nil)", "nil", 20],
    ["(next [1])", "nil", 20],
    ["(next [1 2])", "[2]", 20],
    ["(next '(1 2))", "(2)", 20],
    ["(next {1 2 3 4})", "[[1 2]]", 20],
    ['(next "ab")', ":CAST", 0],
  ]);
});

describe("slice", () => {
  testCalls([
    ["(slice [1 2 3] 1)", "[2 3]", 150],
    ["(slice '(1 2 3) 0 2)", "(1 2)", 150],
    ['(slice "aé" 1 2)', '"\ufffd"', 51],
    ["(slice 0x010203 1 1)", "0x", 50],
    ["(slice #258 6)", "0x0102", 52],
    ["(slice :abc 1)", ":bc", 52],
    ["(slice 'abc 3)", "nil", 50],
    ["(slice {1 2} 0 1)", "{1 2}", 100],
    ["(slice #{1 2} 0 1)", "#{2}", 100],
    ["(slice (account #1) 0 1)", "{:sequence 0}", 100],
    ["(slice nil 0)", ":CAST", 0],
    ["(slice [1] -1 :a)", ":BOUNDS", 0],
    ["(slice [1] 0 2)", ":BOUNDS", 0],
    ["(slice [1 2] 2 1)", ":BOUNDS", 0],
    ["(slice [1] 0 :a)", ":CAST", 0],
    ["(slice [1] 0.0)", ":CAST", 0],
  ]);
});
