// T37: what is made of the arguments of `reduce` changes with its later steps. Values of the
// reference.

import { expect, test } from "bun:test";
import { Context } from "../../../src/cvm/context.ts";
import { readForm } from "../../../src/cvm/read-form.ts";
import { Address } from "../../../src/data/address.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { memorySize } from "../../../src/data/memory-size.ts";
import { print } from "../../../src/lang/printer.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { outcomeText } from "../small-state.ts";

const KEPT = (keep: string, source = "1 [7 8 9]", params = "[& xs]") =>
  `(do (def s []) (reduce (fn ${params} (do (def s (conj s ${keep})) 5)) ${source}) s)`;

const ROWS: readonly (readonly [source: string, value: string])[] = [
  ["(reduce (fn [a & xs] [a xs]) 0 [1 2 3])", "[[[0 [3]] [3]] [3]]"],
  [KEPT("xs"), "[[5 9] [5 9] [5 9]]"],
  [KEPT("xs", "[7 8 9]"), "[[5 9] [5 9]]"],
  [KEPT("xs", "1 #{7 8 9}"), "[[5 8] [5 8] [5 8]]"],
  [KEPT("xs", "1 (list 7 8 9)"), "[[5 9] [5 9] [5 9]]"],
  [KEPT("xs", "1 [7 8 9]", "[x & xs]"), "[[9] [9] [9]]"],
  [KEPT("[xs]"), "[[[5 9]] [[5 9]] [[5 9]]]"],
  [KEPT("(list xs)"), "[([5 9]) ([5 9]) ([5 9])]"],
  // A Vector in its place was needed: it stays.
  [KEPT("(vec xs)"), "[[1 7] [5 8] [5 9]]"],
  [KEPT("(conj xs 0)"), "[[1 7 0] [5 8 0] [5 9 0]]"],
  [KEPT("(do (encoding xs) xs)"), "[[1 7] [5 8] [5 9]]"],
  ["(reduce (fn [a & xs] (concat a xs)) [] [1 200])", "[1 200]"],
  ["(reduce (fn [a & xs] (conj a (into [] xs))) [] [1 200])", "[[1] [200]]"],
  ["(map (fn [& xs] xs) [1 2 3] [4 5 6])", "[[1 4] [2 5] [3 6]]"],
  // One that would hold itself, of which the reference dies, stays as it is.
  ["(reduce vector 0 [1 2 3])", "[[[0 1] 2] 3]"],
];

for (const [source, value] of ROWS) {
  test(source, () => {
    const ctx = new Context({
      state: testGenesis(),
      origin: Address.of(11),
      juiceLimit: 1_000_000,
    });
    expect(outcomeText(ctx, ctx.run(readForm(source)))).toBe(value);
  });
}

test("a State whose sizes are known takes views in that change their lengths", () => {
  const state = testGenesis();
  hashKey(state);
  memorySize(state);
  const source = `(do (def s []) (reduce (fn [a & xs] (do (def s (conj s xs)) "abc")) 1 [700 "q" :foo]) s)`;
  const outcome = applyTransaction(state, Invoke.of(Address.of(11), 1, readForm(source)));
  expect(print(outcome.value)).toBe("[[:foo] [:foo] [:foo]]");
});
