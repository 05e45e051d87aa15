// What executing ops costs (sheet 02 §18), compiling them left out.

import { expect, test } from "bun:test";
import { juiceOf } from "../small-state.ts";

test.each([
  ["1", 5],
  ["'x", 5],
  ["x", 45],
  ["count", 5],
  ["*balance*", 10],
  ["(lookup #12 count)", 5],
  ["(do)", 5],
  ["(do 1 2)", 15],
  ["(cond)", 20],
  ["(cond 1)", 25],
  ["(cond true 1 2)", 30],
  ["(cond false 1 2)", 30],
  ["(let [] 1)", 35],
  ["(let [x 1] x)", 50],
  ["(let [x 1] (set! x 5))", 60],
  ["(loop [x 1] x)", 50],
  ["(loop [x true] (cond x (recur false) 7))", 150],
  ["(def x 1)", 105],
  ["(fn [] 1)", 100],
  ["((fn [] 1))", 105],
  ["((fn [x] x) 1)", 120],
  ["(try 1 2)", 55],
  ["(try (fail 1) 2)", 115],
  ["(try (fail 1) (fail 2) 3)", 175],
  ["(query 1)", 15],
  ["(query 1 2)", 20],
  ["[1 2]", 165],
  ["(:a {})", 10],
])("%s", (source, juice) => {
  expect(juiceOf(source).execute).toBe(juice);
});
