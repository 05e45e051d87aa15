// BlockResults made by hand, which the reference takes for equal until both have a hash (T50):
// compared, sought in collections and put into them, in several Blocks.

import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { isEmbedded } from "../../../src/data/encode.ts";
import { List } from "../../../src/data/list.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { BLOCK_RESULT_TAG } from "../../../src/state/block-result.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { callsOf, filled, quoted } from "./damaged-calls.ts";
import { blockMessages } from "./network.ts";

/** `%` and `$` are two of them, `m` and `s` are defined by an earlier look, or not. */
const LOOKS = callsOf(
  "(= % $)|(= % % $)|(= $ %)|(= [%] [$])|(= {1 %} {1 $})|(= (list %) (list $))|(= #{%} #{$})|(get (hash-map % 1) $)|(get (hash-map % 1 2 3) $)|(get (hash-map 1 % 2 3) 1)|" +
    "(contains-key? #{%} $)|(contains-key? #{% 1} $)|(#{%} $)|((hash-map % 1) $)|(assoc (hash-map 1 %) 1 $)|(assoc (hash-map 1 % 2 3) 1 $)|(assoc (hash-map % 1) $ 2)|(assoc (hash-map % 1) $ 1)|(assoc (hash-map % 1 2 3) $ 2)|" +
    "(assoc [% 1] 0 $)|(assoc (list % 1) 0 $)|(conj #{%} $)|(conj #{% 1} $)|(disj #{%} $)|(disj #{% 1} $)|(dissoc (hash-map % 1) $)|(dissoc (hash-map % 1 2 3) $)|(union #{%} #{$})|(intersection #{%} #{$})|(difference #{%} #{$})|(subset? #{%} #{$})|" +
    "(merge (hash-map 1 %) (hash-map 1 $))|(conj (hash-map 1 %) [1 $])|(into (hash-map 1 %) [[1 $]])|(into #{%} [$])|(set [% $])|(hash-map % 1 $ 2)|(hash-set % $)|(count (hash-set % $))|(reduce (fn [m x] (assoc m x 1)) {} [% $])|" +
    "(into (hash-map 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20) [[1 %]])|(assoc (into (hash-map 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20) [[1 %]]) 1 $)|(contains-key? (into #{1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18} [%]) $)|" +
    "(do (hash-map % 1 2 3) (hash-map $ 1 2 3) (= % $))|(let [a % b $] #{a 1} #{b 1} (= a b))|(let [a % b $] (hash-set a 1) (= a b))|(let [a % b $] (hash-map a 1 2 3) (hash-map b 1 2 3) (= a b))|(let [a % b $] (= [a] [b]) (= a b))|(let [a % b $] (str a) (encoding b) (= a b))|" +
    "(let [a % b $] (= {1 a} {1 b}) (= a b))|(let [a % b $] (hash-map a 1) (hash-map b 1) (= a b))|(let [a % b $] (hash (encoding [a b])) (= a b))|(index 0x12 % 0x12 $)|(assoc (index 0x12 %) 0x12 $)|(cond (= % $) 1 2)|(case % $ 1 2)|(mapcat (fn [x] [(= x $)]) [% $])|" +
    "(def m %)|(def m $)|(do (def m %) (def m $))|(def s #{% 1})|(def s (hash-set %))|(= m %)|(= m $)|(contains-key? s $)|(s %)|(get (hash-map m 1) $)|(get (:environment (account *address*)) 'm)|(set-holding #13 %)|(set-holding #13 $)|(= (get-holding #13) $)|" +
    "(set-peer-data *key* (hash-map 1 %))|(set-peer-data *key* (hash-map 1 $))|(set-controller %)|(set-controller $)|(eval-as #13 '(def z %))|(assoc-in (hash-map 1 (hash-map 2 %)) [1 2] $)|(update (hash-map 1 %) 1 (fn [x] $))|(log % $)|(meta (syntax 1 (hash-map 1 %)))|(= (syntax % {}) (syntax $ {}))|(= (get % :state) (get $ :state))|(get-in (hash-map % 1) [$])|(nth [% $] 1)|(apply = [% $])|(for [x [% $]] (= x %))|(empty? (difference #{%} #{$}))|(assoc % 1 2)|(= (fn [] %) (fn [] $))|(= '(a %) '(a $))",
);

/** What is done with two of them, `a` and `b`, before they are compared. */
const TRACES =
  "(= [a] [b])|(= (conj [] a) (conj [] b))|(= (conj [] a) [b])|(= [a] (conj [] b))|(= (list a) (list b))|(= (conj [] 1 a) (conj [] 2 b))|(= (conj [] a 1) (conj [] b 2))|(= (conj [] a a) (conj [] a b))|(= (conj [] a) (conj [] nil))|(= (conj [] nil) (conj [] b))|(= {1 a} {1 nil})|(= {1 nil} {1 b})|(= {1 a 2 b} {1 b 2 a})|(= (syntax a {}) (syntax b {}))|(= (syntax 1 {1 a}) (syntax 1 {1 b}))|(syntax (syntax 1 {1 a}) {1 b})|" +
  "(= (list (conj [] a)) (list (conj [] b)))|(= (vec (list a)) (vec (list b)))|(= (vec #{a 1}) (vec #{b 1}))|(= (reverse [a]) (reverse [b]))|(= (concat [] [a]) (concat [] [b]))|(= (concat [1] [a]) (concat [1] [b]))|(= (next [1 a]) (next [1 b]))|(= (slice [1 a] 1 2) (slice [1 b] 1 2))|(= (into [] [a]) (into [] [b]))|(= (into [] #{a}) (into [] #{b}))|(= (map identity [a]) (map identity [b]))|(= (assoc [1] 0 a) (assoc [1] 0 b))|" +
  "(= (values {1 a}) (values {1 b}))|(= (keys (hash-map a 1)) (keys (hash-map b 1)))|(= (first {1 a}) (first {1 b}))|(= (first {1 a}) (conj [] 1 b))|(= (vec {1 a}) (vec {1 b}))|(= ((fn [& r] r) a) (conj [] b))|(= ((fn [& r] r) a) ((fn [& r] r) b))|(hash-map a 1 2 3)|(hash-map b 1 2 3)|(hash-map a 1 b 2)|(hash-map 1 a 1 b)|(hash-set a)|(hash-set b)|#{a 1}|" +
  "(merge {1 a} {1 b})|(merge {1 nil} {1 b})|(merge {1 a} {1 nil})|(merge {1 a} {1 2})|(merge {} (hash-map a 1))|(merge (hash-map a 1) (hash-map b 1))|(merge {1 (conj [] a)} {1 (conj [] b)})|(conj {1 a} [1 b])|(conj {} [a 1])|(conj (hash-map a 1) [b 1])|(into {1 a} [[1 b]])|(into {} [[a 1] [b 2]])|(into {} (hash-map a 1))|(into #{} [a])|" +
  "(assoc {1 a} 1 b)|(assoc {1 (conj [] a)} 1 (conj [] b))|(assoc {1 {2 a}} 1 {2 b})|(assoc (hash-map a 1) b 1)|(assoc (hash-map a 1) 2 3)|(assoc (hash-map (conj [] a) 1) (conj [] b) 2)|(get (hash-map (conj [] a) 1) (conj [] b))|(get (hash-map (list a) 1) (list b))|(get #{(conj [] a)} (conj [] b))|(dissoc (hash-map {1 a} 1) {1 b})|(disj #{(list a)} (list b))|" +
  "(do (def d (conj [] a)) (def d (conj [] b)))|(do (def d {1 a}) (def d {1 b}))|(do (def d [a]) (def d [b]))|(def d {1 a})|(def d (conj [] b))|(= d {1 b})|(= d (conj [] a))|(let [v [a] w [b]] (= v w) (= {1 v} {1 w}))|(let [v [a]] (hash-set v) (= {1 v} {1 [b]}))|(let [v [a]] (hash-set v) (= (get {1 v} 1) (conj [] b)))|" +
  "(let [m (into {1 a} (map (fn [i] [i i]) [2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17]))] (conj m [1 b]))|(let [m (into #{} [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17])] (get m a) (get m b))|(let [v (into [] (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))] (= (conj v a) (conj v b)))|(let [v (into [] (list 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))] (= (conj v a) (conj v b)))";

/** What is done with members and keys that were decoded: `p` and `q` are they. */
const DECODED = callsOf(
  "(count {p 1 q 2})|(count #{p q})|(apply = (keys '{p 1 q 2}))|(apply = (vec '#{p q}))|(let [s '#{p q}] (= (first s) (second s)))|(let [m '{1 p 2 q}] (= (get m 1) (get m 2)))|(count (conj '#{p} q))|(reduce (fn [m k] (assoc m k 1)) {} '#{p q})|(let [s '{p 1 3 4} t '{q 1 3 4}] (reduce (fn [m k] (conj m (reduce (fn [n l] (conj n (= k l))) [] (keys t)))) [] (keys s)))|(let [s '#{p 3} t '#{q 3}] (mapcat (fn [k] (map (fn [l] (= k l)) (vec t))) (vec s)))|(let [s '#{p 3} t '#{q 3}] (mapcat (fn [k] (map (fn [l] (= k l)) (into [] t))) (into [] s)))|" +
    [
      "(= s t)|(conj s 1)|(disj s (first t))|(get s (first t))|(union s #{})|(union s t)|(union s)|(intersection s t)|(difference s t)|(difference s #{1})|(subset? s t)|(into #{} s)|(set s)|(= (vec s) (vec t))|(hash-set (first s))|(= (conj [] s) (conj [] t))|(hash-set s t)",
    ]
      .flatMap((texts) => texts.split("|"))
      .map((text) => `(let [s '#{p} t '#{q}] (hash-set (first t)) ${text} (= (first s) (first t)))`)
      .join("|"),
);

const TRACED = callsOf(
  TRACES.split("|")
    .map((text) => `(let [a % b $] ${text} (= a b))`)
    .join("|"),
);
/** With both traces the two of them have hashes; with one it takes another look. */
const HALF_TRACED = callsOf(
  TRACES.split("|")
    .map((text, i) => `(let [a % b $] (hash-set ${i % 2 === 0 ? "a" : "b"}) ${text} (= a b))`)
    .join("|"),
);
const ALL_LOOKS: readonly Value[] = [...LOOKS, ...TRACED, ...HALF_TRACED, ...DECODED];
/** Makes an array (T34), with which more is canonicalised. */
const MAKE_ARRAY = readForm("(vector 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)");

export function blockResultBlocks(random: CaseRandom, index: number, genesis: State): Case {
  const makers: readonly (() => Value)[] = [
    () => resultOf(1, 2),
    () => resultOf(1, 3),
    () => resultOf(Vector.of(1), null),
    () => resultOf(Blob.of(new Uint8Array(140).fill(1)), 1),
    () => resultOf(Blob.of(new Uint8Array(140).fill(1)), 2),
    () => resultOf(Blob.of(new Uint8Array(120).fill(1)), Blob.of(new Uint8Array(120).fill(2))),
    () => resultOf(Blob.of(new Uint8Array(120).fill(1)), Blob.of(new Uint8Array(120).fill(3))),
    () => new DenseRecord(BLOCK_RESULT_TAG, Vector.of(1)),
  ];
  const [one, other] = [random.pick(makers)(), random.pick(makers)()];
  // A branch has another kind of Ref once its Block is in a store, and compares otherwise by that.
  const isKept = !isEmbedded(one) || !isEmbedded(other) || random.oneIn(2);
  const parts = {
    "%": () => quoted(one),
    $: () => quoted(other),
    p: () => one,
    q: () => other,
  };
  const look = (i: number): Value => {
    const form = filled(ALL_LOOKS[(index + i) % ALL_LOOKS.length] as Value, parts);
    return random.oneIn(3) ? List.from([CVMSymbol.of("do"), MAKE_ARRAY, form]) : form;
  };
  const any = (): Value => look(random.below(ALL_LOOKS.length));
  const blocks = [[look(0)], [any(), any()], [any(), any()]].slice(0, 1 + random.below(3));
  return { kind: isKept ? "signed" : "reread", messages: blockMessages(blocks, genesis) };
}

function resultOf(state: Value, results: Value): Value {
  return new DenseRecord(BLOCK_RESULT_TAG, Vector.of(state, results));
}
