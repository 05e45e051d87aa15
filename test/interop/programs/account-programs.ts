// What lasts: several blocks of transactions that schedule ops, set stakes and peer data, buy and
// sell memory, change keys and controllers, and look at what came of it.

import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import type { Piece } from "./pieces.ts";

const AMOUNTS = (
  "0|1|-1|100|1000000|999999999999|1000000000000|1000000000001|5000000000000|1e12|9223372036854775807|1000000000000000000|" +
  "1000000000000000001|*balance*|(inc *balance*)|(- *balance* 1000000000)|nil|(quot *balance* 2)|123456789012|333333333333"
).split("|");
const amount = (random: CaseRandom): string => random.pick(AMOUNTS);
const PEER_KEYS = [
  "*key*",
  "*key*",
  "*key*",
  "(:key (account #13))",
  "(:key (account #14))",
  "0x12",
  "k1",
  "k2",
  "nil",
];
const key = (random: CaseRandom): string => random.pick(PEER_KEYS);
const address = (random: CaseRandom): string =>
  random.pick(["#12", "#13", "#14", "*address*", "#0", "#8", "#999999", "t"]);

const FORMS: readonly Piece[] = [
  (r) => `(set-peer-stake ${key(r)} ${amount(r)})`,
  (r) => `(set-stake ${key(r)} ${amount(r)})`,
  (r) => `(create-peer ${key(r)} ${amount(r)})`,
  (r) => `(evict-peer ${key(r)})`,
  (r) => `(get-stake ${key(r)} ${address(r)})`,
  (r) => `(get-peer-stake ${key(r)})`,
  (r) => `(set-peer-data ${key(r)} ${r.pick(['{:url "x"}', "{}", "nil", "[1]", "{1 2}"])})`,
  (r) =>
    `(set-memory ${r.pick(["0", "1", "-1", "10000", "*memory*", "(inc *memory*)", "(+ *memory* 999999)", "(+ *memory* 1000000)", "2000000", "500000", "nil"])})`,
  (r) =>
    `(transfer-memory ${address(r)} ${r.pick(["0", "1", "-1", "*memory*", "(inc *memory*)", "100"])})`,
  (r) => `(transfer ${address(r)} ${amount(r)})`,
  (r) =>
    `(schedule (+ *timestamp* ${r.pick(["1", "500", "1000", "1500", "2000", "0", "-1"])}) ${r.pick(FORMS)(r)})`,
  (r) =>
    `(schedule* (+ *timestamp* ${r.pick(["500", "1000"])}) ${r.pick(["1", "nil", "'x", "(compile '(def s *timestamp*))", "(compile '(fail 1))"])})`,
  (r) => `(def q (blob (reduce (fn [a _] (str a a)) "ab" (range-of ${r.below(16)}))))`,
  (r) => `(def big ${r.pick(["nil", "(encoding *state*)", "[big big]", "(str big big)"])})`,
  () => "(undef q)",
  (r) => `(set-controller ${r.pick([address(r), "nil", "[#12 1]", "1"])})`,
  (r) => `(set-parent ${r.pick([address(r), "nil"])})`,
  (r) => `(set-holding ${address(r)} ${r.pick(["1", "nil", "{:a 1}", "*state*"])})`,
  (r) =>
    `(def t (deploy '(do (defn receive-coin ^:callable [s o d] (accept ${r.pick(["o", "1", "*offer*", "(inc o)", "0"])})) (set-controller *caller*))))`,
  (r) => `(eval-as t '${r.pick(FORMS)(r)})`,
  (r) => `(query ${r.pick(FORMS)(r)})`,
  (r) => `(try ${r.pick(FORMS)(r)} ${r.pick(FORMS)(r)})`,
  (r) =>
    `(do ${r.pick(FORMS)(r)} ${r.pick(["(rollback 1)", "(halt 2)", "(fail :X 1)", "(return 3)"])})`,
  () => "[*balance* *memory* *timestamp* *juice* (count (get *state* :schedule))]",
  (r) => `(get (get *state* :peers) ${key(r)})`,
  (r) => `(account ${address(r)})`,
  () => "(:globals *state*)",
  (r) => `(log ${r.pick(FORMS)(r)})`,
  (r) =>
    `(let [k ${key(r)}] (set-peer-stake k ${amount(r)}) (set-stake k ${amount(r)}) (get-stake k *address*))`,
];

const BEGINNING =
  "(do (def t #13) (def big 0x00) (def k1 (blob (hash 0x01))) (def k2 (blob (hash 0x02))) (defn range-of [n] (loop [i 0 v []] (if (< i n) (recur (inc i) (conj v i)) v))))";

export function accountBlocks(random: CaseRandom): Case {
  const block = (): string[] =>
    Array.from({ length: 1 + random.below(4) }, () => random.pick(FORMS)(random));
  const blocks = Array.from({ length: 1 + random.below(4) }, block);
  return { kind: "blocks", blocks: [[BEGINNING], ...blocks] };
}

/** Deep calls, long texts and other ends of what a transaction may do. */
const LIMITS: readonly Piece[] = [
  (r) => `((fn f [n] n) ${r.below(5)})`,
  (r) =>
    `(do (defn f [n] (if (> n 0) (${r.pick(["inc (f (dec n))", "f (dec n)", "do (f (dec n))", "apply f [(dec n)]", "map f [(dec n)]", "eval (list f (dec n))", "query (f (dec n))", "try (f (dec n))", "let [x (f (dec n))] x", "call *address* (g (dec n))", "reduce (fn [a b] (f b)) 0 [(dec n)]"])}) 0)) (defn g ^:callable [n] (f n)) (f ${r.pick([10, 40, 41, 42, 50, 60, 62, 63, 64, 80, 83, 84, 85, 100, 120, 124, 125, 126, 127, 128, 200, 250, 252, 253, 254, 255, 256, 300])}))`,
  (r) =>
    nested(
      r,
      r.pick([
        "[%]",
        "(list %)",
        "(inc %)",
        "(do %)",
        "(query %)",
        "(let [a %] a)",
        "(if true %)",
        "((fn [x] x) %)",
        "(try %)",
        "(eval '%)",
        "{1 %}",
        "#{%}",
        "'[%]",
        "`[~%]",
        "(quote (quote %))",
      ]),
    ),
  (r) =>
    `(str (loop [i 0 v ${r.pick(["[1]", '"a"', "0x12", "{1 2}", "'(a)", "#{1}", '[:k "x"]'])}] (if (< i ${10 + r.below(8)}) (recur (inc i) ${r.pick(["[v v]", "(list v v)", "{v 1}", "#{v 1}", "[v]", "(str v v)", "(concat v v)", "(syntax v {:a v})"])}) v)))`,
  (r) =>
    `(${r.pick(["print", "str", "log", "hash (encoding", "count (str"])} (loop [i 0 v "ab\\"é"] (if (< i ${r.pick([5, 12, 13, 14, 15])}) (recur (inc i) (${r.pick(["str v v", "vector v v", "list v", "print v"])})) v)))`,
  (r) => `(count (loop [i 0 v [1 2 3]] (if (< i ${r.below(22)}) (recur (inc i) (concat v v)) v)))`,
];

function nested(random: CaseRandom, shape: string): string {
  let text = "1";
  for (
    let i = random.pick([
      5, 20, 60, 61, 62, 63, 64, 84, 85, 86, 125, 126, 127, 128, 252, 253, 254, 255, 256,
    ]);
    i > 0;
    i--
  ) {
    text = shape.replace("%", () => text);
  }
  return text;
}

export function limitProgram(random: CaseRandom): Case {
  return { kind: "expression", source: random.pick(LIMITS)(random) };
}
