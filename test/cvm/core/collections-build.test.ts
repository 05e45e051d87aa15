import { describe } from "bun:test";
import { testCalls } from "./call-rows.ts";

describe("of arguments", () => {
  testCalls([
    ["(vector)", "[]", 50],
    ["(vector 1 nil)", "[1 nil]", 150],
    ["(list 1 2)", "(1 2)", 150],
    ["(hash-set 1 1)", "#{1}", 150],
    ["(hash-map 1 2 1 3)", "{1 3}", 250],
    ["(hash-map 1)", ":ARITY", 0],
    ["(index 0x01 1 :a 2)", "#Index {0x01 1,:a 2}", 250],
    ["(index :a)", ":ARITY", 0],
    ["(index 1 2)", ":ARGUMENT", 0],
    ["(index [] 2)", ":ARGUMENT", 0],
  ]);
});

describe("of elements", () => {
  testCalls([
    ["(vec nil)", "[]", 50],
    ["(vec '(1 2))", "[1 2]", 150],
    ["(vec {:a 1})", "[[:a 1]]", 100],
    ['(vec "é")', "[\\é nil]", 150],
    ["(vec 0x01ff)", "[1 255]", 150],
    ["(vec #12)", "[0 0 0 0 0 0 0 12]", 450],
    ["(vec :ab)", "[\\a \\b]", 150],
    ["(vec 1)", ":CAST", 0],
    ["(set [1 1 2])", "#{2,1}", 200],
    ["(set nil)", "#{}", 50],
    ["(set 7)", ":CAST", 0],
  ]);
});

describe("empty", () => {
  testCalls([
    ["(empty [1])", "[]", 20],
    ["(empty '(1))", "()", 20],
    ["(empty {1 2})", "{}", 20],
    ["(empty (index :a 1))", "#Index {}", 20],
    ['(empty "a")', '""', 20],
    ["(empty 0x01)", "0x", 20],
    ["(empty nil)", "nil", 20],
    ["(empty :a)", "nil", 20],
    ["(empty 'a)", "nil", 20],
    ["(empty #1)", "nil", 20],
    ["(empty (account #12))", "{}", 20],
    ["(empty 1)", ":CAST", 0],
  ]);
});
