// Which of two errors a call has when there is too little juice for it and its arguments are wrong,
// too: each core function looks at its juice in a place of its own.

import { expect, test } from "bun:test";
import { call, testContext, testState } from "./core-call.ts";

const OUT_OF_JUICE: readonly (readonly [text: string, juiceLimit: number])[] = [
  ["(assoc 1 2 3)", 10],
  ["(conj 1 2)", 10],
  ["(disj 1 2)", 10],
  ["(cons 1 2)", 10],
  ["(index 1 2)", 10],
  ["(subset? #{1} 2)", 10],
  ['(into [] "abc")', 60],
  ["(concat [1 2 3] 4)", 60],
  ["(union #{1} 2)", 60],
  ["(intersection #{1} #{1} 2)", 60],
  ["(difference #{1} #{1} 2)", 60],
  ["(merge {} {1 2} 3)", 60],
  ["(map fail [1])", 120],
  ["(call* 1 2 3)", 10],
];

const WRONG: readonly (readonly [text: string, code: string])[] = [
  ["(keys 1)", ":CAST"],
  ["(values 1)", ":CAST"],
  ["(vec 1)", ":CAST"],
  ["(hash 1)", ":CAST"],
  ["(assoc {} 1)", ":ARITY"],
  ["(index 1)", ":ARITY"],
  ["(slice [1] 0 5)", ":BOUNDS"],
  ['(split "abc" [])', ":CAST"],
  ["(into [] 1)", ":CAST"],
  ["(subset? 1 #{1})", ":CAST"],
  ["(map fail 1)", ":CAST"],
];

function callWithin(juiceLimit: number, text: string): string {
  return call(text, testContext(testState(), juiceLimit)).text;
}

test.each(OUT_OF_JUICE)("%s with %d juice is out of juice", (text, juiceLimit) => {
  expect(callWithin(juiceLimit, text)).toBe(":JUICE");
  expect(callWithin(1_000_000, text)).not.toBe(":JUICE");
});

test.each(WRONG)("%s with no juice is %s", (text, code) => {
  expect(callWithin(0, text)).toBe(code);
});

test.each(["hash", "sha256", "keccak256"])("%s of more bytes than can be paid", (name) => {
  const text = `(${name} 0x${"00".repeat(1200)})`;
  expect(callWithin(1100, text)).toBe(":JUICE");
});
