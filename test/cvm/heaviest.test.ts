// The heaviest programs found that 10,000,000 juice can buy: of some 300 written for it, all 2,613
// pairs of a unary core function with a shape of argument, and all 66,924 with two arguments (those
// drawn by a run with 300,000 juice that would take 1.2 s at this rate were run whole). Each ends
// out of juice; the bound here is for busy cores.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Context } from "../../src/cvm/context.ts";
import { withinWorkLimit } from "../../src/cvm/work-limit.ts";
import { Address } from "../../src/data/address.ts";
import { MAX_TRANSACTION_JUICE } from "../../src/state/constants.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { outcomeText } from "./small-state.ts";

const SECONDS_MAX = 20;
const USER = Address.of(11);

/** An Integer of some 3,200 bytes. */
const BIG = "(loop [i 0 x 3] (if (< i 14) (recur (inc i) (* x x)) x))";
const BIGS = `(let [b ${BIG}] (loop [i 0 v []] (if (< i 1000) (recur (inc i) (conj v b)) v)))`;
const COUNT = "(loop [i 0 v []] (if (< i 4000) (recur (inc i) (conj v i)) v))";
const MAP = `(into {} (map (fn [x] [x x]) ${COUNT}))`;
const DOUBLES =
  "(map (fn [x] (/ x 3)) (loop [i 0 v []] (if (< i 2000) (recur (inc i) (conj v i)) v)))";
const DEEP = "(loop [i 0 v []] (if (< i 5000) (recur (inc i) [v]) v))";
const PIECES = '(split (loop [i 0 s ", "] (if (< i 13) (recur (inc i) (str s s)) s)) \\,)';
const WIDE = "(loop [i 0 v [1]] (if (< i 15) (recur (inc i) (concat v v)) v))";

const LETTERS = '(loop [i 0 v ["a"]] (if (< i 15) (recur (inc i) (concat v v)) v))';
const PAIRS = "(loop [i 0 v []] (if (< i 4000) (recur (inc i) (conj v [i i])) v))";
const BLOBS = "(loop [i 0 m {}] (if (< i 4000) (recur (inc i) (assoc m (blob i) i)) m))";
const HEX = '(loop [i 0 s "ab"] (if (< i 15) (recur (inc i) (str s s)) s))';

/** A call that fails at its last element or argument, for ever. */
function failing(what: string, x: string, call: string): readonly [string, string] {
  return [`failed calls of ${what}`, `(let [x ${x}] (loop [] (try ${call} 0) (recur)))`];
}

/** What was slow once, and what it is about. */
const PROGRAMS: readonly (readonly [what: string, source: string])[] = [
  [
    "a map of 4,000 entries as the function of a reduce",
    `(let [x ${MAP} y ${DOUBLES}] (loop [] (reduce x y) (recur)))`,
  ],
  [
    "a map as the function of a reduce with entries",
    `(let [x ${MAP} y (into (index) (map (fn [x] [(blob x) x]) ${COUNT}))] (loop [] (reduce x y) (recur)))`,
  ],
  [
    "a map as the function of a reduce with entries of maps that change",
    `(let [x ${MAP} y ${MAP}] (loop [i -1] (reduce x (assoc y i i)) (recur (dec i))))`,
  ],
  [
    "a map as the function of a reduce with Integers of 64 bits",
    `(let [x ${MAP} y (map (fn [i] (+ i 9000000000000000000)) ${COUNT})] (loop [] (reduce x y) (recur)))`,
  ],
  [
    "a map of 1,000 Vectors at once",
    `(let [y ${COUNT} z (loop [i 0 v []] (if (< i 1000) (recur (inc i) (conj v y)) v)) f (fn [& xs] 1)]
      (loop [] (apply map f z) (recur)))`,
  ],
  [
    "a map of 1,000 Sets at once",
    `(let [y (set ${COUNT}) z (loop [i 0 v []] (if (< i 1000) (recur (inc i) (conj v y)) v)) f (fn [& xs] 1)]
      (loop [] (apply map f z) (recur)))`,
  ],
  [
    "an Integer of 3,200 bytes that is no character",
    `(let [x ${BIG}] (loop [] (try (char x) 0) (recur)))`,
  ],
  ["sets in sets, hashed at each step", "(loop [i 0 x #{}] (recur (inc i) (conj x x)))"],
  ["maps in maps, hashed at each step", "(loop [i 0 x {}] (recur (inc i) (assoc x [i x] i)))"],
  ["the State as text", "(let [x *state*] (loop [] (print x) (recur)))"],
  ["a Vector nested 5,000 deep as text", `(let [x ${DEEP}] (loop [] (str x) (recur)))`],
  ["many short strings joined", `(let [x ${PIECES}] (loop [] (join x \\,) (recur)))`],
  ["division of big Integers", `(let [x ${BIG}] (loop [] (quot x 7) (recur)))`],
  ["sets of big Integers", `(let [x ${BIGS}] (loop [] (set x) (recur)))`],
  [
    "equality of Vectors of big Integers",
    `(let [v ${BIGS}] (loop [] (= v (conj (next v) 1)) (recur)))`,
  ],
  [
    "failed calls whose expression holds an account",
    "(let [x (account #8)] (loop [] (try (eval (list 1 x)) 0) (recur)))",
  ],
  [
    "failed calls whose expression holds a long Vector",
    `(let [x ${WIDE}] (loop [i 0] (try (eval (list i (list 'quote (conj x i)))) 0) (recur (inc i))))`,
  ],
  [
    "failed calls of map with a map over an Index",
    `(let [x (into (index) (map (fn [x] [(blob x) [(blob x) 5]]) ${COUNT}))
           m (into {} (map (fn [e] [e (get e 1)]) (vec x)))
           y (assoc x 0xff 5)]
      (loop [] (try (map m y) 0) (recur)))`,
  ],
  failing("map with a Vector", `(conj (map (fn [i] 0) ${COUNT}) -1)`, "(map x x)"),
  failing("map with a keyword", `(conj (map (fn [i] {:foo 1}) ${COUNT}) -1)`, "(map :foo x)"),
  failing("into with a map", `(conj ${PAIRS} 1)`, "(into {} x)"),
  failing("into with an Index", `(conj (vec ${BLOBS}) 1)`, "(into (index) x)"),
  failing("merge at a key that is none", `(assoc ${BLOBS} 2 2 3 3)`, "(merge (index 0x12 1) x)"),
  failing("merge at an argument", MAP, "(merge {-1 1} x 5)"),
  failing("union", `(set ${COUNT})`, "(union x #{-1 -2} x 5)"),
  failing("difference", `(set ${COUNT})`, "(difference x #{-1 -2} x 5)"),
  failing("concat", WIDE, "(concat [1] x 5)"),
  failing("join", `(conj ${LETTERS} 1)`, "(join x \\,)"),
  failing("assoc-in", WIDE, "(assoc-in (index) x 1)"),
  failing("blob", `(str ${HEX} "zz")`, "(blob x)"),
];

for (const [what, source] of PROGRAMS) {
  test(what, () => {
    const state = testGenesis();
    const ctx = new Context({ state, origin: USER, juiceLimit: MAX_TRANSACTION_JUICE });
    const start = process.cpuUsage();
    // As a transaction is run: work that no juice pays for has its limit, too.
    const outcome = withinWorkLimit(ctx, (c, form) => c.run(form), readForm(source), null);
    expect(outcomeText(ctx, outcome)).toBe("out of juice");
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(SECONDS_MAX);
  });
}
