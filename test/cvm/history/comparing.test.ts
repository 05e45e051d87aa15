// T50: what has a hash after values were compared, sought or put in order, in the reference.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { isArray, markAsArray } from "../../../src/cvm/history/array-vectors.ts";
import { areEqual, redefined } from "../../../src/cvm/history/comparing.ts";
import { merged } from "../../../src/cvm/history/maps.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import { type Cell, Ref, type Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { expectUnhashed } from "../../../src/data/noted-hash.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { BlockMemory, withinBlock } from "../../../src/data/run-memory.ts";
import { Vector } from "../../../src/data/vector.ts";
import { newVector } from "../../../src/data/vector-huge.ts";
import { print } from "../../../src/lang/printer.ts";
import { BLOCK_RESULT_TAG } from "../../../src/state/block-result.ts";
import { PROFILE_0_8_5 } from "../../../src/state/rules.ts";
import { Invoke, type Transaction } from "../../../src/state/transaction.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";
import { filled, quoted } from "../../interop/programs/damaged-calls.ts";

const blob = Blob.of(new Uint8Array(136));
/** Embedded BlockResults as `p` and `q`, a branch, and embedded ones that have a branch. */
const results: readonly (readonly [string, Vector])[] = [
  ["p", Vector.of(1, 2)],
  ["q", Vector.of(1, 3)],
  ["branch", Vector.of(blob, 2)],
  ["parent", Vector.of(Blob.of(new Uint8Array(140)), 2)],
  ["ancestor", Vector.of(Vector.of(Blob.of(new Uint8Array(140))), 2)],
];
const parts = Object.fromEntries(
  results.map(([name, fields]) => [name, () => new DenseRecord(BLOCK_RESULT_TAG, fields)]),
);

/** What a form with them gives, as it comes in a message. */
function answer(source: string, one = "p", other = "q"): string {
  const made = (name: string) => (): Value => quoted((parts[name] as () => Value)());
  const form = filled(readForm(source), { ...parts, a: made(one), b: made(other) });
  const tx = decodeMultiCell(encodeMultiCell(Invoke.of(Address.of(12), 1, form)), CVM_TABLE);
  const { value } = applyTransaction(testGenesis(), tx as Transaction, PROFILE_0_8_5, "decoded");
  return print(value) ?? "";
}

/** Which of `x` and `y` have a hash after a form; `other` has none before. */
function hashedBy(source: string, beside: string): string {
  const isHashed = (before: string): boolean =>
    answer(`(let [x a y b] ${beside} ${before} ${source} (= x y))`) === "false";
  const found = [isHashed("(hash-set y)") ? ["x"] : [], isHashed("(hash-set x)") ? ["y"] : []];
  return found.flat().join(" ");
}

/** An array in the same run, with which more is canonicalised (T34). */
const ARRAY = "(vector 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)";

/** Forms by which none of `x` and `y` gets a hash. */
const HASHING_NONE = [
  "(= [x] [y])",
  "(= (conj [] x) [y])",
  "(= {1 nil} {1 x})(= {1 nil} {1 y})",
  "(= (syntax x {:k 1}) (syntax y {:k 2}))",
  "(= [x 1] [y 2])",
  "(= (list (conj [] x)) (list (conj [] y)))",
  "(= {1 {2 x}} {1 {2 y}})",
  "(= (conj [] nil) (conj [] x))(= (conj [] nil) (conj [] y))",
  "(= (conj [] x) (conj [] x))(= (conj [] y) (conj [] y))",
  "(= [x y] (vec (list x y)))",
  "(= (next [1 x]) (next [1 y]))",
  "(= (slice [1 x] 1 2) (slice [1 y] 1 2))",
  "(= (slice [x] 0 1) (slice [y] 0 1))",
  "(= (values {1 x}) (values {1 y}))",
  "(= (keys (hash-map x 1)) (keys (hash-map y 1)))",
  "(= (first {1 x}) (first {1 y}))",
  "(= (first {1 x}) (conj [] 1 y))",
  "(= (conj [] 1 x) (first {1 y}))",
  "(= (first {1 x}) [1 y])",
  "(= ((fn [& r] r) x) ((fn [& r] r) y))",
  "(= '[1] [x])",
  "(= (index 0x12 x) (index 0x12 y))",
  "(= [[x]] [[y]])",
  "(= (conj [] [x]) (conj [] [y]))",
  "(= (hash-map nil 1) (hash-map x 1))(= (hash-map nil 1) (hash-map y 1))",
  "(hash-map x 1)(hash-map y 1)",
  "(hash-map x 1 y 2)",
  "(hash-map 1 x 1 y)",
  "(merge {1 x} {1 nil})(merge {1 y} {1 nil})",
  "(merge (hash-map x 1) (hash-map x 2))",
  "(merge {} (hash-map x 1))(merge {} (hash-map y 1))",
  "(merge {1 [x]} {1 [y]})",
  "(merge {1 (conj [] x)} {1 (conj [] y)})",
  "(conj {1 x} [1 nil])(conj {1 y} [1 nil])",
  "(conj {} [x 1])(conj {} [y 1])",
  "(conj (hash-map x 1) [x 2])",
  "(into {} [[x 1]])(into {} [[y 1]])",
  "(into {} (hash-map x 1))(into {} (hash-map y 1))",
  "(assoc {1 x} 1 y)",
  "(assoc {1 x} 1 nil)(assoc {1 y} 1 nil)",
  "(assoc {1 [x]} 1 [y])",
  "(assoc (hash-map x 1) y 1)",
  "(get (hash-map x 1) y)",
  "(get (hash-map [x] 1) [y])",
  "(get #{[x]} [y])",
  "(dissoc (hash-map x 1) y)",
  "(def d [x])(def d [y])",
  "(def d x)(def d y)",
  "(let [m (into {1 x} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (assoc m 1 y))",
  "(let [m (into {1 1} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (= (assoc m 1 x) (assoc m 1 y)))",
  "(let [m (into [] (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))] (= (conj m x 1) (conj m y 1)))",
  "(let [v [x]] (def d v) (= d [y]))",
  "(reduce (fn [m z] (assoc m z 1)) {} [x y])",
  "(= x y)",
  "(assoc-in {1 {2 x}} [1 2] y)",
  "(= (syntax (conj [] x) {}) (syntax (conj [] y) {}))",
  "(syntax x {:k y})",
  "(assoc (hash-map (conj [] x) 1) [y] 2)",
  "(get (hash-map [x] 1) (conj [] y))",
  "(reduce (fn [_ e] (= e (conj [] 1 y))) nil {1 x})",
  "(reduce (fn [_ e] (= e (conj [] 0x12 y))) nil (index 0x12 x))",
  "(= (get (vec {1 x}) 0) (conj [] 1 y))",
  "(= (get (into [] {1 x}) 0) (conj [] 1 y))",
  "(= (first (concat nil {1 x})) (conj [] 1 y))",
  "(= (first (next {1 1 2 x})) (first (next {1 1 2 y})))",
  "(let [m (into {} (map (fn [i] [i i]) [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (= (assoc m 20 x) (assoc m 21 y)))",
];

/** Forms by which both get one. */
const HASHING_BOTH = [
  "(= (conj [] x) (conj [] y))",
  "(= [x] (conj [] y))",
  "(= (list x) (list y))",
  "(= {1 x} {1 y})",
  "(= {1 x} {1 nil})(= {1 y} {1 nil})",
  "(= {1 x} {1 2})(= {1 y} {1 2})",
  "(= (syntax x {}) (syntax y {}))",
  "(= (syntax 1 {:k x}) (syntax 1 {:k y}))",
  "(= (conj [] x 1) (conj [] y 2))",
  "(= #{x} #{y})",
  "(= (conj [] nil x) (conj [] nil y))",
  "(= (conj [] x) (conj [] nil))(= (conj [] y) (conj [] nil))",
  "(= (conj [] x) (conj [] 1))(= (conj [] y) (conj [] 1))",
  "(= (conj [] x x) (conj [] x y))",
  "(= (vec (list x)) (vec (list y)))",
  "(= (vec #{x 1}) (vec #{y 1}))",
  "(= (reverse (conj [] x)) (reverse (conj [] y)))",
  "(= (concat [] [x]) (concat [] [y]))",
  "(= (into [] [x]) (into [] [y]))",
  "(= (into [] (list x)) (into [] (list y)))",
  "(= (into [1] (list x)) (into [1] (list y)))",
  "(= (into () [x]) (into () [y]))",
  "(= (into [] #{x}) (into [] #{y}))",
  "(= (assoc [1] 0 x) (assoc [1] 0 y))",
  "(= (assoc (conj [] 1) 0 x) (assoc (conj [] 1) 0 y))",
  "(= ((fn [& r] r) x) (conj [] y))",
  "(= ((fn [[& r]] r) [x]) ((fn [[& r]] r) [y]))",
  "(= (hash-map x 1) (hash-map y 1))",
  "(= (hash-map x nil) (hash-map y nil))",
  "(hash-map x 1 2 3)(hash-map y 1 2 3)",
  "(hash-map 2 3 x 1)(hash-map 2 3 y 1)",
  "(hash-set x)(hash-set y)",
  "#{x y}",
  "(merge {1 x} {1 y})",
  "(merge {1 nil} {1 x})(merge {1 nil} {1 y})",
  "(merge (hash-map x 1) (hash-map y 1))",
  "(merge (hash-map x 1) {2 3})(merge (hash-map y 1) {2 3})",
  "(merge {1 x} {1 2})(merge {1 y} {1 2})",
  "(conj {1 x} [1 y])",
  "(conj {1 nil} [1 x])(conj {1 nil} [1 y])",
  "(conj (hash-map x 1) [y 1])",
  "(into {1 x} [[1 y]])",
  "(into {1 x} {1 y})",
  "(into #{} [x])(into #{} [y])",
  "(assoc {1 (conj [] x)} 1 (conj [] y))",
  "(assoc {1 {2 x}} 1 {2 y})",
  "(assoc (hash-map x 1) 2 3)(assoc (hash-map y 1) 2 3)",
  "(assoc (hash-map (conj [] x) 1) (conj [] y) 2)",
  "(get (hash-map (conj [] x) 1) (conj [] y))",
  "(get (hash-map (list x) 1) (list y))",
  "(get (hash-map {1 x} 1) {1 y})",
  "(get #{(conj [] x)} (conj [] y))",
  "(dissoc (hash-map (conj [] x) 1) (conj [] y))",
  "(disj #{(conj [] x)} (conj [] y))",
  "(conj #{x} y)",
  "(def d (conj [] x))(def d (conj [] y))",
  "(def d {1 x})(def d {1 y})",
  "(union #{x} #{y})",
  "(hash-map {1 x} 1 {1 y} 2)",
  "(hash-map (conj [] x) 1 (conj [] y) 2)",
  "(hash-map (list x) 1 (list y) 2)",
  "(let [m (into {} (map (fn [i] [i i]) [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (merge m {1 x}) (merge m {1 y}))",
  "(let [m (into {1 x} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (conj m [1 y]))",
  "(let [m (into {1 1} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (get m x) (get m y))",
  "(let [m (into {1 1} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (dissoc m x) (dissoc m y))",
  "(let [m (into #{} [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17])] (get m x) (get m y))",
  "(let [m (into #{} [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17])] (disj m x) (disj m y))",
  "(let [m (into [] (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))] (= (conj m x) (conj m y)))",
  "(let [m (into [] (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))] (= (conj m x) (conj m y)))",
  "(let [v [x] w [y]] (= v w) (= (get {1 v} 1) (get {1 w} 1)))",
  "(let [v [x] w [y]] (= (conj [] v) (conj [] w)) (= (get {1 v} 1) (get {1 w} 1)))",
  "(set (conj [] x))(set (conj [] y))",
  "(eval (hash-map (list 'quote x) 1 (list 'quote y) 2))",
  "(meta (syntax (syntax 1 {:k x}) {:k y}))",
  "(assoc (hash-map [x] 1) (conj [] y) 2)",
  "(get (hash-map (conj [] x) 1) [y])",
];

/** Forms by which `x` alone gets one. */
const HASHING_FIRST = [
  "(= '(1) (list x))",
  "#{x}",
  "(get (hash-map x 1 2 3) y)",
  "(get #{x} y)",
  "(contains-key? #{x 1} y)",
  "(disj #{x} y)",
];

describe.each([
  ["alone", ""],
  ["with an array beside", ARRAY],
])("%s", (_, beside) => {
  test.each(HASHING_NONE)("%s hashes none", (source) => {
    expect(hashedBy(source, beside)).toBe("");
  });
  test.each(HASHING_BOTH)("%s hashes both", (source) => {
    expect(hashedBy(source, beside)).toBe("x y");
  });
  test.each(HASHING_FIRST)("%s hashes x", (source) => {
    expect(hashedBy(source, beside)).toBe("x");
  });
});

/** An expander that leaves a form as it is, so that nothing but the compiler walks it. */
const VERBATIM = "(eval (quote (defexpander verbatim [form cont] (second form))))";

describe("decoded members and keys", () => {
  test.each([
    ["(count {p 1 q 2})", "2"],
    ["(count #{p q})", "2"],
    [`(do ${VERBATIM} (eval (quote (count (verbatim {p 1 q 2})))))`, "2"],
    ["(apply = (keys (quote {p 1 q 2})))", "false"],
    ["(apply = (vec (quote #{p q})))", "false"],
    ["(let [s (quote #{p q})] (= (first s) (second s)))", "false"],
    ["(let [m (quote {1 p 2 q})] (= (get m 1) (get m 2)))", "true"],
    ["(count (conj (quote #{p}) q))", "2"],
    ["(let [s (quote #{p}) t (quote #{q})] (= (first s) (first t)))", "true"],
    ["(let [s (quote #{p}) t (quote #{q})] (get s a) (get t b) (= (first s) (first t)))", "true"],
    [
      "(let [x a y b s (quote #{p}) t (quote #{q})] (hash-set x y) (get s x) (get t y) (= (first s) (first t)))",
      "false",
    ],
    [
      "(let [s (quote #{p}) t (quote #{q})] (conj s 1) (conj t 1) (= (first s) (first t)))",
      "false",
    ],
    ["(let [s (quote #{p}) t (quote #{q})] (= s t) (= (first s) (first t)))", "false"],
    ["(let [s (quote #{p}) t (quote #{q})] (disj s 1) (disj t 1) (= (first s) (first t)))", "true"],
    ["(let [s (quote #{p}) t (quote #{q})] (disj s b) (disj t a) (= (first s) (first t)))", "true"],
    [
      "(let [s (quote #{p}) t (quote #{q})] (union s #{}) (union t #{}) (= (first s) (first t)))",
      "false",
    ],
    ["(let [s (quote #{p}) t (quote #{q})] (union s) (union t) (= (first s) (first t)))", "false"],
    ["(let [s (quote #{p}) t (quote #{q})] (union s t) (= (first s) (first t)))", "false"],
    ["(let [s (quote #{p}) t (quote #{q})] (intersection s t) (= (first s) (first t)))", "false"],
    [
      "(let [s (quote #{p}) t (quote #{q})] (intersection s #{1}) (intersection t #{1 2}) (= (first s) (first t)))",
      "false",
    ],
    [
      "(let [s (quote #{p}) t (quote #{q})] (intersection s #{}) (difference t #{}) (= (first s) (first t)))",
      "true",
    ],
    ["(let [s (quote #{p}) t (quote #{q})] (difference s t) (= (first s) (first t)))", "false"],
    ["(let [s (quote #{p}) t (quote #{q})] (subset? s t) (= (first s) (first t)))", "false"],
    [
      "(let [s (quote #{p}) t (quote #{q})] (subset? s #{}) (subset? t #{}) (= (first s) (first t)))",
      "true",
    ],
    [
      "(let [s (quote #{p}) t (quote #{q})] (into #{} s) (into #{} t) (= (first s) (first t)))",
      "false",
    ],
    ["(let [s (quote #{p}) t (quote #{q})] (set s) (set t) (= (first s) (first t)))", "true"],
    ["(let [s (quote #{p}) t (quote #{q})] (= (vec s) (vec t)) (= (first s) (first t)))", "true"],
    ["(let [s (quote {p 1}) t (quote {q 1})] (= (first (keys s)) (first (keys t))))", "true"],
    [
      "(let [s (quote {p 1}) t (quote {q 1})] (= s t) (= (first (keys s)) (first (keys t))))",
      "false",
    ],
    [
      "(let [s (quote {p 1}) t (quote {q 1})] (assoc s 2 3) (assoc t 2 3) (= (first (keys s)) (first (keys t))))",
      "false",
    ],
    [
      "(let [s (quote {p 1}) t (quote {q 1})] (merge {} s) (merge {} t) (= (first (keys s)) (first (keys t))))",
      "true",
    ],
    [
      "(let [s (quote {p 1}) t (quote {q 1})] (merge s t) (= (first (keys s)) (first (keys t))))",
      "false",
    ],
    ["(apply = (keys (quote {p 1 3 4})))", "false"],
    [
      "(let [s (quote {p 1 3 4}) t (quote {q 1 3 4})] (= (first (first s)) (first (first t))) )",
      "false",
    ],
    [
      "(let [s (quote {p 1 3 4}) t (quote {q 1 3 4})] (= (keys s) (keys t)) (map (fn [k] (map (fn [l] (= k l)) (keys t))) (keys s)))",
      "[[false false] [true false]]",
    ],
    [
      "(let [s (quote #{p 3}) t (quote #{q 3})] (map (fn [i] (map (fn [j] (= (nth s i) (nth t j))) [0 1])) [0 1]))",
      "[[false false] [true false]]",
    ],
    [
      "(let [s (quote #{p 3}) t (quote #{q 3})] (map (fn [i] (map (fn [j] (= i j)) (vec t))) (vec s)))",
      "[[false false] [true false]]",
    ],
    [
      "(let [s (quote #{p 3}) t (quote #{q 3})] (reduce (fn [m k] (conj m (reduce (fn [n l] (conj n (= k l))) [] t))) [] s))",
      "[[false false] [true false]]",
    ],
    [
      "(reduce (fn [m k] (assoc m k 1)) {} (quote #{p q}))",
      "{{:state 1,:results 2} 1,{:state 1,:results 3} 1}",
    ],
    ["(let [s (quote [p]) t (quote [q])] (= s t) (= (first s) (first t)))", "false"],
    ["(let [s (quote (p)) t (quote (q))] (= s t) (= (first s) (first t)))", "false"],
    ["(let [s (quote [p]) t (quote [q])] (= (first s) (first t)))", "true"],
    ["(count (hash-map p 1 q 2))", "1"],
    ["(let [s (quote {p 1 q 2})] (get s a))", "1"],
    ["(let [s (quote {p 1 q 2})] (get s b))", "1"],
    ["(let [s (quote {p 1 q 2}) x b] (hash-set x) (get s x))", "2"],
    ["(let [s (quote {p 1})] (get s b))", "1"],
    ["(let [s (quote {p 1}) x b] (hash-set x) (get s x))", "1"],
    ["(let [s (quote #{p}) x b] (hash-set x) (get s x))", "false"],
    ["(let [s (quote #{p}) x b] (get s x))", "true"],
    [
      "(let [s (quote #{p q 1}) t (slice s 0 1) u (slice s 1 2) v (slice s 2 3)] [(= (first t) (first u)) (= (first u) (first v)) (= (first t) (first v))])",
      "[false false false]",
    ],
    [
      "(let [s (quote {p 1 q 2})] (= (first (first (slice s 0 1))) (first (first (slice s 1 2)))))",
      "false",
    ],
    [
      "(let [s (quote {p 1 q 2})] (let [t (dissoc s (first (first s)))] (count (assoc t (first (first s)) 1))))",
      "2",
    ],
    [
      "(let [s (quote #{p}) t (quote #{q})] (intersection s s) (intersection t t) (= (first s) (first t)))",
      "true",
    ],
    [
      "(let [s (quote #{p}) t (quote #{q})] (difference #{} s) (difference #{} t) (= (first s) (first t)))",
      "true",
    ],
    [
      "(let [s (quote #{p 3}) t (quote #{q 3})] (for [i s] (for [j t] (= i j))))",
      "[[false false] [true false]]",
    ],
  ])("%s is %s", (source, expected) => {
    expect(answer(source)).toBe(expected);
    expect(answer(`(do ${ARRAY} ${source})`)).toBe(expected);
  });
  test("an embedded one that has a branch is made anew when it is decoded", () => {
    expect(answer("(count {p 1 parent 2})")).toBe("1");
    expect(answer("(count {p 1 ancestor 2})")).toBe("1");
    expect(answer("(apply = (vec '#{p parent}))")).toBe("true");
    expect(answer("(let [x '#{p q}] (count (hash-map (first x) 1 (second x) 2)))")).toBe("2");
  });
});

test("a branch that was not loaded is compared by its hash", () => {
  expect(answer("(= p q)")).toBe("true");
  const [value, longer] = [140, 141].map((n) => Blob.of(new Uint8Array(n))) as [Blob, Blob];
  const map = CVMMap.EMPTY.assoc(1, value);
  const [same, other] = [value, longer].map((child) =>
    CVMMap.ofOrdered([1, new Ref(hashKey(child), null)]),
  );
  expect(areEqual(map, same as CVMMap)).toBe(true);
  expect(areEqual(other as CVMMap, map)).toBe(false);
});

test("a key that was not loaded is, when a BlockResult may be taken for it", () => {
  const [branch, embedded] = ["branch", "p"].map((name) => {
    const record = (parts[name] as () => Value)();
    return decodeMultiCell(encodeMultiCell(record), CVM_TABLE) as Cell;
  }) as [Cell, Cell];
  const source = { cell: () => branch, memorySize: () => -1 };
  const map = CVMMap.ofOrdered([new Ref(hashKey(branch), source), 1]);
  expect(map.get(embedded)).toBe(1);
});

/** A peer keeps a block in its store before it is applied: it knows a branch by its hash then. */
describe("a branch and an embedded one", () => {
  const compared = (source: string, one: string, other: string): string =>
    answer(`(let [x a y b] ${source} (= x y))`, one, other);

  test.each([
    ["(= (conj [] x) (conj [] y))", "true", "false"],
    ["(= (list x) (list y))", "true", "false"],
    ["(= {1 x} {1 y})", "true", "false"],
    ["(= (syntax x {}) (syntax y {}))", "true", "false"],
    ["(merge {1 x} {1 y})", "false", "true"],
    ["(conj (hash-map x 1) [y 1])", "false", "true"],
    ["(= '(1) (list x))", "true", "false"],
    ["(get (hash-map x 1 2 3) y)", "true", "false"],
  ])("%s", (source, whenFirst, whenSecond) => {
    expect(compared(source, "branch", "q")).toBe(whenFirst);
    expect(compared(source, "q", "branch")).toBe(whenSecond);
  });
});

describe("a map of more entries than a leaf has", () => {
  const LARGE = "'{2 0 3 0 4 0 5 0 6 0 7 0 8 0 9 0 10 0 11 0 12 0 13 0 14 0 15 0 16 0 17 0}";
  test.each([
    [`(get (assoc (merge {1 x} ${LARGE}) 1 y) 1)`, "true"],
    [`(do (def d (merge {1 x} ${LARGE})) (def d (merge {1 y} ${LARGE})) (get d 1))`, "false"],
  ])("%s: whether x stays", (source, expected) => {
    expect(answer(`(let [x a y b] (= (encoding ${source}) (encoding x)))`)).toBe(expected);
  });
});

describe("hand-made Vectors, whatever was decoded before", () => {
  const [huge, part] = [2n ** 60n, Vector.EMPTY];
  test.each([
    ["of other counts of one rounding", huge + 16n, [part, part], huge + 32n, [part, part]],
    ["of which one has more children", 32, [part], 32, [part, part]],
  ])("%s are not equal", (_, count, children, otherCount, otherChildren) => {
    expectUnhashed();
    const one = newVector(count, children, null, true);
    const other = newVector(otherCount, otherChildren, null, true);
    expect([areEqual(one, other), areEqual(other, one)]).toEqual([false, false]);
  });
});

test("a large map in place of another is compared with it where there are arrays, and not else", () => {
  expectUnhashed();
  const large = (value: Value) =>
    CVMMap.from(Array.from({ length: 20 }, (_, i): [Value, Value] => [i, i === 0 ? value : i]));
  withinBlock(new BlockMemory(), () => {
    const [former, next] = [large(1), large(1)];
    expect(redefined(former, next)).toBe(next);
    const array = Vector.of(1, 2, 3);
    markAsArray(array);
    redefined(large(array), large(array));
    expect(isArray(array)).toBe(false);
  });
});

test("what is merged into an empty map is taken as it is, which is free for metadata", () => {
  expectUnhashed();
  const large = CVMMap.from(Array.from({ length: 20 }, (_, i): [Value, Value] => [i, i]));
  expect(merged(CVMMap.EMPTY, large)).toBe(large);
});
