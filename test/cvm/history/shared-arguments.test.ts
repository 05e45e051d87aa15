// T37: what is made of the arguments of `reduce` changes with its later steps. Values of the
// reference.

import { expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Context } from "../../../src/cvm/context.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Address } from "../../../src/data/address.ts";
import type { Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { WorkLimitError, withWorkLimit } from "../../../src/data/free-work.ts";
import { memorySize } from "../../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { print } from "../../../src/lang/printer.ts";
import { runQuery } from "../../../src/peer/clients/queries.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import type { State } from "../../../src/state/state.ts";
import { Invoke } from "../../../src/state/transaction.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { block, invoke, smallState, USER } from "../../transition/small-network.ts";
import { workMs } from "../../work-time.ts";
import { outcomeText, run } from "../small-state.ts";

const ENDLESS = "(reduce vector [1 2 3])";
const KEPT = (keep: string, source = "1 [7 8 9]", params = "[& xs]") =>
  `(do (def s []) (reduce (fn ${params} (do (def s (conj s ${keep})) 5)) ${source}) s)`;

const ROWS: readonly (readonly [source: string, value: string])[] = [
  ["(reduce (fn [a & xs] [a xs]) 0 [1 2 3])", "[[[0 [3]] [3]] [3]]"],
  // A reduce within a step, that is over when the step goes on.
  [
    "(reduce (fn [a & z] (try (reduce + a) 0) [a z]) [[1]] #{1 2 3 4})",
    "[[[[[[1]] [1]] [1]] [1]] [1]]",
  ],
  [KEPT("xs"), "[[5 9] [5 9] [5 9]]"],
  [KEPT("xs", "[7 8 9]"), "[[5 9] [5 9]]"],
  [KEPT("xs", "1 #{7 8 9}"), "[[5 8] [5 8] [5 8]]"],
  [KEPT("xs", "1 (list 7 8 9)"), "[[5 9] [5 9] [5 9]]"],
  [KEPT("xs", "1 [7 8 9]", "[x & xs]"), "[[9] [9] [9]]"],
  [KEPT("[xs]"), "[[[5 9]] [[5 9]] [[5 9]]]"],
  [KEPT("(list xs)"), "[([5 9]) ([5 9]) ([5 9])]"],
  // What takes it in after a Vector in its place was needed takes that one, and keeps it.
  [KEPT("(vec xs)"), "[[1 7] [5 8] [5 9]]"],
  [KEPT("(conj xs 0)"), "[[1 7 0] [5 8 0] [5 9 0]]"],
  [KEPT("(do (encoding xs) xs)"), "[[1 7] [5 8] [5 9]]"],
  ["(reduce (fn [a & xs] (concat a xs)) [] [1 200])", "[1 200]"],
  ["(reduce (fn [a & xs] (conj a (into [] xs))) [] [1 200])", "[[1] [200]]"],
  ["(map (fn [& xs] xs) [1 2 3] [4 5 6])", "[[1 4] [2 5] [3 6]]"],
  // What is put behind a Vector is its canonical Vector.
  ["(into [] (reduce (fn [& a] (do (encoding a) a)) [] [1 2 3]))", "[[[[] 1] 2] 3]"],
  [
    "(concat [1] (cons 1 (reduce (fn [& a] (do (encoding a) a)) [] [1 2 3])))",
    "[1 1 [[[] 1] 2] 3]",
  ],
  // What holds itself can be looked at without an end.
  [`(second (first ${ENDLESS}))`, "3"],
  [`(let [[[[a d] b] c] ${ENDLESS}] [b c d])`, "[3 3 3]"],
  [`(get-in ${ENDLESS} [0 0 0 0 0 0 1])`, "3"],
  [`(second (first (conj ${ENDLESS} 4)))`, "3"],
  [`(second (first (concat ${ENDLESS} [4])))`, "3"],
  [`(second (first (assoc ${ENDLESS} 1 7)))`, "3"],
  [`(let [v ${ENDLESS} f (fn [] (second (first v)))] (f))`, "3"],
  [`(loop [w ${ENDLESS} n 0] (if (< n 50) (recur (first w) (inc n)) (second w)))`, "3"],
  ["(second (first (reduce vector 0 [1 2])))", "2"],
  ["(second (first (reduce (fn [& a] (count a) a) [1 2 3])))", "3"],
  [`(eval ${ENDLESS})`, "error :DEPTH"],
  [`(compile ${ENDLESS})`, "error :DEPTH"],
  [`(expand ${ENDLESS})`, "error :DEPTH"],
  [`(try (eval ${ENDLESS}) 3)`, "3"],
];

/** Folds over `:a :a :b` of which the encoding is another than what is printed. */
const CANONICALISED: readonly (readonly [step: string, printed: string, encoded: string])[] = [
  ["[a (do (encoding z) z)]", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:a]] [:a]] [:b]]"],
  ["(do (def q z) [a z])", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:a]] [:a]] [:b]]"],
  ["(do (hash-set z) [a z])", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:a]] [:a]] [:b]]"],
  ["(do (contains-key? #{1} z) [a z])", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:b]] [:b]] [:b]]"],
  ["(assoc a (first z) z)", "{:a [:b],:b [:b]}", "{:a [:a],:b [:b]}"],
  ["(conj (if a a #{}) z)", "#{[:b],[:b]}", "#{[:a],[:b]}"],
  ["(assoc a z 1)", "{[:b] 1,[:b] 1}", "{[:a] 1,[:b] 1}"],
  ["(do (= z [1 2]) [a z])", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:b]] [:b]] [:b]]"],
  // An array that holds it takes in its canonical Vector when it is canonicalised itself.
  ["(do (def q z) (if a (conj a z) [z]))", "[[:a] [:a] [:b]]", "[[:a] [:a] [:b]]"],
  [
    "(let [m [z]] (= [m] [z]) (def q m) (if a (assoc a (count a) m) {0 m}))",
    "{2 [[:b]],0 [[:a]],1 [[:a]]}",
    "{2 [[:b]],0 [[:a]],1 [[:a]]}",
  ],
  // Comparing looks no further than to the first elements that differ, in arrays to the end.
  [
    "(do (= a (conj [] 0 9)) (conj [] a z))",
    "[[[nil [:b]] [:b]] [:b]]",
    "[[[nil [:b]] [:b]] [:b]]",
  ],
  ["(do (= a [0 9]) (conj [] a z))", "[[[nil [:b]] [:b]] [:b]]", "[[[nil [:a]] [:b]] [:b]]"],
  [
    "(do (contains-key? #{[]} a) (conj [] a z))",
    "[[[nil [:b]] [:b]] [:b]]",
    "[[[nil [:b]] [:b]] [:b]]",
  ],
  // The entries of a map that is expanded are put in an order by their hashes.
  ["(do (compile a) (hash-map a z))", "{{{nil [:b]} [:b]} [:b]}", "{{{nil [:a]} [:b]} [:b]}"],
  ["(do (concat [] z) (list z a))", "([:b] ([:b] ([:b] nil)))", "([:b] ([:b] ([:b] nil)))"],
];

test.each(CANONICALISED)("what a view holds when %s canonicalises it", (step, printed, encoded) => {
  const ctx = new Context({ state: testGenesis(), origin: Address.of(11), juiceLimit: 1_000_000 });
  const form = readForm(`(reduce (fn [a & z] ${step}) nil [:a :a :b])`);
  const value = ctx.run(form) as Value;
  expect(print(value)).toBe(printed);
  expect(print(decodeMultiCell(encodeMultiCell(value), CVM_TABLE, null))).toBe(encoded);
});

/** Where it was taken in before it was canonicalised, a first argument goes on changing. */
const CANONICALISED_FIRST =
  "(reduce (fn [& z] (let [m [z]] (encoding z) (def s (conj [] s m)) 5)) 1 [:a :a :b])";

test("a first argument that was canonicalised changes with later steps", () => {
  expect(run(`(do (def s []) ${CANONICALISED_FIRST} s)`)).toBe(
    "[[[[] [[5 :b]]] [[5 :b]]] [[5 :b]]]",
  );
  expect(run(`(do (def s []) ${CANONICALISED_FIRST} (encoding s))`)).toBe(
    "0x8002800280028000800180021101330161800180021105330161800180021105330162",
  );
});

test("what holds itself has an encoding, and is printed to no end", () => {
  const ctx = new Context({ state: testGenesis(), origin: Address.of(11), juiceLimit: 1_000_000 });
  const value = ctx.run(readForm(ENDLESS)) as Value;
  expect(print(decodeMultiCell(encodeMultiCell(value), CVM_TABLE, null))).toBe("[[1 2] 3]");
  const start = workMs();
  expect(print(value, 4000)).toBe(null);
  expect(workMs() - start).toBeLessThan(1000);
});

test("a query answers nothing that holds itself", () => {
  const form = readForm("(reduce (fn [& z] (let [m (conj [] z)] (hash-set m) m)) 0 [1 2])");
  const { result } = runQuery(testGenesis(), form, Address.of(11), PROFILE_0_8_5);
  expect(print(result)).toBe("[[[[0 1]] 2]]");
});

/** The least limit of free work with which a form runs. */
function workNeeded(newState: () => State, form: Value): number {
  let [low, high] = [0, 2 ** 24];
  while (low < high) {
    const limit = Math.floor((low + high) / 2);
    const ctx = new Context({
      state: newState(),
      origin: Address.of(11),
      juiceLimit: 1_000_000,
    });
    const runs = (): boolean => {
      try {
        withWorkLimit(limit, () => ctx.run(form));
        return true;
      } catch (error) {
        if (error instanceof WorkLimitError) return false;
        throw error;
      }
    };
    if (runs()) high = limit;
    else low = limit + 1;
  }
  return low;
}

test("work with views does not depend on what has been hashed", () => {
  const define = "(def big (loop [i 0 v []] (if (< i 300) (recur (inc i) (conj v [i])) v)))";
  const fold = readForm("(reduce (fn [& z] (do (def q z) (first z))) big [1 2 3 4 5 6 7 8])");
  // A new State for each run: some runs hash what they look at.
  const newState = (isHashed: boolean) => () => {
    const tx = Invoke.of(Address.of(11), 1, readForm(define));
    const { state } = applyTransaction(testGenesis(), tx);
    if (isHashed) hashKey(state);
    return state;
  };
  const needed = [false, true].map((isHashed) => workNeeded(newState(isHashed), fold));
  expect(needed[0]).toBeGreaterThan(0);
  expect(needed[0]).toBe(needed[1] as number);
});

test("what a block leaves behind is what its encoding says", () => {
  const step = "(do (#%encoding z) (#%vector a z))";
  const source = `(def q (#%reduce (fn [a & z] ${step}) nil (#%vector :a :b :c)))`;
  const { state } = applyBlock(smallState(), block(1000, invoke(source)));
  const kept = (of: State) => print(of.account(USER)?.environment ?? null);
  expect(kept(state)).toBe("{q [[[nil [:a]] [:b]] [:c]]}");
  const decoded = decodeMultiCell(encodeMultiCell(state), CVM_TABLE, null) as State;
  expect(kept(decoded)).toBe(kept(state));
  expect(memorySize(decoded)).toBe(memorySize(state));
});

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
