// BlockResults made by hand, which the reference takes for equal until both have a hash (T50):
// compared, sought in collections and put into them, in several Blocks.

import { Blob } from "../../../src/data/blob.ts";
import type { Value } from "../../../src/data/cell.ts";
import { DenseRecord } from "../../../src/data/record.ts";
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
  const parts = { "%": () => quoted(one), $: () => quoted(other) };
  const look = (i: number): Value => filled(LOOKS[(index + i) % LOOKS.length] as Value, parts);
  const any = (): Value => look(random.below(LOOKS.length));
  const blocks = [[look(0)], [any(), any()], [any(), any()]].slice(0, 1 + random.below(3));
  return { kind: random.oneIn(2) ? "signed" : "reread", messages: blockMessages(blocks, genesis) };
}

function resultOf(state: Value, results: Value): Value {
  return new DenseRecord(BLOCK_RESULT_TAG, Vector.of(state, results));
}
