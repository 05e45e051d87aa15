// Calls with a Vector or List that nothing makes but a hand: a transaction may hold any that
// decodes (sheet 01 §14), with a prefix or children of another length or type, in another order,
// and with another count.

import type { Integer, Slot, Value } from "../../../src/data/cell.ts";
import { integer } from "../../../src/data/integer.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import { newVector } from "../../../src/data/vector-huge.ts";
import { shapeOf } from "../../../src/data/vector-shape.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import {
  type Call,
  calledOnce,
  callsOf,
  damagedParts,
  type Parts,
  quoted,
} from "./damaged-calls.ts";

/**
 * What is done with it: `%` stands for the quoted cell, `%%` for the bare one, `$` for another or
 * the same, `k` for a position, `v` for a sound Vector.
 */
export const VECTOR_CALLS = callsOf(
  "(get % k)|(get % k 7)|(contains-key? % k)|(% k)|(% k 7)|(assoc % k 9)|(assoc % k 9)|(get-in % [k])|(get-in [%] [0 k])|" +
    "(assoc-in % [k] 8)|(update % k (fn [x] 3))|(count %)|(empty? %)|(empty %)|(first %)|(second %)|(last %)|(nth % k)|" +
    "(nth % k)|(next %)|(next %)|(slice % k)|(slice % 0 k)|(slice % k k)|(slice % 1)|(slice % 16)|(slice % 0 16)|(slice % 16 32)|" +
    "(slice % 1 5)|(reverse %)|(next (reverse %))|(first (reverse %))|(nth (reverse %) k)|(slice (reverse %) k)|(vec (reverse %))|" +
    "(concat (reverse %) (reverse $))|(map identity (reverse %))|(reduce (fn [a e] (conj a e)) [] (reverse %))|(conj (reverse %) 1)|" +
    "(vec %)|(set %)|(apply list %)|(apply vector %)|(apply vector 1 %)|(apply + %)|(apply concat %)|(apply hash-map %)|" +
    "(apply hash-set %)|(conj % 1)|(conj % 1 2)|(conj % 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)|(cons 1 %)|(cons 1 2 %)|" +
    "(concat % $)|(concat % [1])|(concat [1 2] %)|(concat v %)|(concat % v)|(concat [] %)|(concat % [])|(concat nil %)|(concat v % v)|" +
    "(into [] %)|(into % $)|(into % v)|(into % [1 2])|(into v %)|(into #{} %)|(into '() %)|(into {} %)|(into {} (map (fn [x] [x 1]) %))|" +
    "(map identity %)|(map (fn [x] 1) %)|(map vector % $)|(map vector % v)|(map vector v %)|(map inc %)|(mapcat (fn [x] [x x]) %)|(mapv inc %)|" +
    "(for [x %] x)|(doseq [x %] x)|(reduce (fn [a e] (conj a e)) [] %)|(reduce (fn [a e] e) %)|(reduce + 0 %)|(reduce + %)|" +
    "(reduce (fn [a e] (if (> a 5) (reduced a) (inc a))) 0 %)|(filter (fn [e] true) %)|(filter (fn [e] (= e 3)) %)|(= % $)|(= % %)|(= $ % $)|" +
    "(= % v)|(= (conj % 1) (conj $ 1))|(= (assoc % 0 1) (assoc $ 0 1))|(str %)|(print %)|(str [% 1])|(str $ %)|(hash %)|(hash (encoding %))|" +
    "(encoding %)|(encoding (conj % 1))|(compare % $)|(def q %)|(do (def q %) (def q $))|(do (def q %) (conj q 1))|(set-holding #13 %)|" +
    "(hash-map % 1)|(hash-map % 1 $ 2)|(hash-set % $)|(contains-key? (hash-set v $) %)|(vector? %)|(list? %)|(coll? %)|(fn? %)|(countable? %)|" +
    "(log %)|(log % $)|(eval %)|(eval %)|(compile %)|(compile %)|(expand %)|(expand %)|%%|%%|[%%]|(do %%)|(quasiquote %%)|(quasiquote (1 ~%))|(quasiquote [~@%])|" +
    "(fn %% 1)|((fn %% 1) 1 2)|(let %% 1)|(let [%% $] 1)|(loop %% 1)|(let [[a & b] %] [a b])|(let [[a b c] %] b)|(let [[& b] %] b)|" +
    "(let [[a b & c d] %] [a c d])|((fn [[a & b]] b) %)|((fn [& b] b) %)|(syntax 1 %)|(syntax % {})|(meta %)|(index 0x12 %)|(index %)|(assoc (index) 0x12 %)|" +
    "(get {% 1} $)|(get #{%} $)|(get (hash-map v 1) %)|(loop [i 0 v %] (if (and (< i 6) (> (count v) 0)) (recur (inc i) (next v)) v))|" +
    "(loop [i 0 v %] (if (< i 18) (recur (inc i) (conj v i)) v))|(next (slice % 1))|(conj (slice % 0 16) 1)|(conj (slice % 16) 1)|" +
    "(reverse (slice % 1))|(first (next %))|(last (conj % 1))|(last (concat % [1 2 3]))|(nth (conj % 1) 0)|(count (concat % $))|(count (next %))|" +
    "(deploy %)|(call #13 %%)|(set-peer-data *key* %)|(switch % $ 1 2)|(some nil? %)|(every? nil? %)|(fail :X %)|(return %)|(rollback %)|" +
    "(try (nth % k) 7)|(query %)|(query (def q %))|(blob %)|(long %)|(boolean %)|(name %)|(symbol %)|(keyword %)|(address %)|(nil? %)|" +
    "(sort < %)|(distinct %)|(union #{} (set %))|(merge {} {1 %})|(merge % {})|(dissoc % 1)|(assoc {} % 1)|(assoc {} 1 %)|(split % 1)|(join % \\,)|" +
    "(join [% $] \\,)|(min %)|(schedule (+ *timestamp* 1000) %%)|(eval-as *address* %)|(macroexpand %)|(apply assoc {} %)|(apply str %)|(apply (fn [a & b] b) %)|" +
    "(defn f %% 1)|(defmacro f %% 1)|(if-let %% 1)|(cond %%)|(and %%)|(for %% 1)|(reduce conj % $)|(reduce conj v %)|(assoc % 0 $)|(keys %)|(values %)|(first (list %))|" +
    "(multi %)|(accept %)|(callable? %)|(set-controller %)|(get-in {} %)|(get-in {1 2} %)|(assoc-in {} % 1)|(update-in {} % inc)|(hash-set %)|(disj (hash-set % 1) $)|" +
    "(encoding (next %))|(encoding (slice % 1))|(encoding (reverse %))|(str (reverse %))|(encoding (vec (reverse %)))|(list % $)|(vector % $)|" +
    '(do (def q %) (def r (conj q 1)) (count r))|(evict-peer %)|(set-key %)|(transfer % 1)|(create-account %)|(lookup %)|(undef %)|(defined? %)|(1 %)|(nil % 1)|((quote x) [%] $)|("a" {1 %})|(do (def m {%% 1}) 1)',
);

const SIZES = [0, 1, 3, 15, 16, 17, 18, 20, 31, 32, 32, 33, 36, 40, 48, 48, 49, 64, 80];
const LONG_SIZES = [256, 257, 272, 273, 288, 300, 512];
const POSITIONS = [
  -1, 0, 1, 2, 5, 14, 15, 16, 16, 17, 19, 20, 31, 32, 33, 36, 40, 47, 48, 49, 60, 64, 80, 255, 256,
  257, 300,
];
const ODD_POSITIONS = [2 ** 31, 2 ** 32 + 1, 2 ** 40, 2n ** 60n, null, true];

const numbersOf = (n: number): Vector => Vector.from(Array.from({ length: n }, (_, i) => i % 100));

/** Forms, for what is taken as code. */
function codeOf(random: CaseRandom, n: number): Vector {
  const names = ["a", "b", "x", "&", "+", "inc", "if", "do"].map((name) => CVMSymbol.of(name));
  return Vector.from(
    Array.from({ length: n }, (_, i) => (random.oneIn(3) ? i : random.pick(names))),
  );
}

type SoundMaker = (random: CaseRandom) => Vector;

function soundVector(random: CaseRandom): Vector {
  const size = random.oneIn(10) ? random.pick(LONG_SIZES) : random.pick(SIZES);
  return random.oneIn(5) ? codeOf(random, size) : numbersOf(size);
}

/** What a prefix or child may be that belongs elsewhere, or is none; `sound` makes Vectors. */
function oddPart(random: CaseRandom, sound: SoundMaker): Value {
  if (random.oneIn(4)) {
    return random.pick<Value>([
      null,
      7,
      true,
      CVMMap.EMPTY,
      CVMSet.from([1]),
      Vector.EMPTY,
      List.from([1, 2, 3]),
      List.reverseOf(numbersOf(16)),
      CVMSymbol.of("x"),
    ]);
  }
  return random.oneIn(2) ? sound(random) : damagedVector(random, sound(random), sound);
}

function otherCount(random: CaseRandom, v: Vector): Integer {
  const { count, isTree, slots } = v;
  const step = 16 * (1 + random.below(3)) * (random.oneIn(2) ? 1 : -1);
  const tail = count % 16;
  const found = random.oneIn(6)
    ? integer(
        random.pick([
          2n ** 31n,
          2n ** 32n,
          2n ** 36n,
          2n ** 60n,
          7n * 2n ** 60n,
          2n ** 63n - 16n,
          2n ** 63n - 32n,
          ((2n ** 64n / 50n) >> 4n) << 4n,
        ]) + BigInt(tail),
      )
    : random.oneIn(4)
      ? count * 16
      : count + step;
  if (found <= 16) return count;
  const shape = shapeOf(found);
  const fits = shape.isTree === isTree && shape.slotCount === slots.length;
  return fits ? found : count;
}

/** A Vector of which something is not as it should be, in the first cell or further down. */
export function damagedVector(
  random: CaseRandom,
  v: Vector,
  sound: SoundMaker = soundVector,
): Vector {
  if (v.count <= 16) return v;
  const count = random.oneIn(3) ? otherCount(random, v) : v.countInteger;
  if (!v.isTree) {
    const prefix = v.prefix as Value;
    const isDeeper = random.oneIn(2) && prefix instanceof Vector;
    const other = isDeeper
      ? damagedVector(random, prefix as Vector, sound)
      : oddPart(random, sound);
    return newVector(count, v.slots, random.oneIn(4) ? prefix : (other as Slot), false);
  }
  const slots = damagedParts(
    random,
    v.slots,
    () => oddPart(random, sound),
    (child) => (child instanceof Vector ? damagedVector(random, child, sound) : child),
  );
  return newVector(count, slots, null, true);
}

/** One call with a damaged Vector or List, and sometimes another. */
export function damagedVectorCall(random: CaseRandom, index: number): Call {
  const make = (): Value => {
    let made = soundVector(random);
    while (made.count <= 16) made = soundVector(random);
    for (let n = 1 + random.below(2); n > 0; n--) made = damagedVector(random, made);
    return random.oneIn(4) ? List.reverseOf(made) : made;
  };
  const it = make();
  const other = random.oneIn(3) ? soundVector(random) : make();
  const parts: Parts = {
    "%": () => quoted(it),
    "%%": () => it,
    $: () => quoted(random.oneIn(3) ? it : other),
    v: () => quoted(soundVector(random)),
    k: () => random.pick(random.oneIn(20) ? ODD_POSITIONS : POSITIONS),
  };
  return { form: VECTOR_CALLS[index % VECTOR_CALLS.length] as Value, parts };
}

export function damagedVectorTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedVectorCall(random, index), genesis);
}
