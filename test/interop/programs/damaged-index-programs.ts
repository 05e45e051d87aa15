// Calls with an Index that nothing makes but a hand: a transaction may hold any that decodes (sheet
// 01 §14), with children of another prefix, order or type, other counts, depths and digits.

import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { INDEX_DIGITS, Index } from "../../../src/data/index-map.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMString } from "../../../src/data/string.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { type Call, calledOnce, callsOf, type Parts, quoted } from "./damaged-calls.ts";

/** What is done with it: `%` stands for the Index, `$` for another or the same, `k` for a key. */
const CALLS = callsOf(
  "(get % k)|(get % k 7)|(contains-key? % k)|(% k)|(assoc % k 9)|(assoc % k 9)|(assoc % k nil)|(dissoc % k)|(dissoc % k)|" +
    "(get-in % [k k])|(assoc-in % [k] 8)|(update % k (fn [x] 3))|(count %)|(empty? %)|(empty %)|(first %)|(second %)|" +
    "(last %)|(nth % 0)|(nth % 1)|(nth % 2)|(nth % 3)|(next %)|(slice % 1)|(slice % 0 1)|(slice % 1 2)|(slice % 0 2)|" +
    "(slice % 2)|(keys %)|(values %)|(vec %)|(set %)|(into [] %)|(into {} %)|(into (index) %)|(into % $)|(into % [[k 1]])|" +
    "(merge % $)|(merge {} %)|(merge % {k 1})|(conj % [k 1])|(conj % (first $))|(map identity %)|(map first %)|" +
    "(reduce (fn [a e] (conj a e)) [] %)|(reduce (fn [a e] 5) %)|(apply vector %)|(apply index (reduce into [] %))|" +
    "(= % $)|(= % %)|(= (assoc % k 1) (assoc $ k 1))|(str %)|(print %)|(hash (encoding %))|(encoding %)|(filter (fn [e] true) %)|" +
    "(concat [] %)|(cons 1 %)|(reverse (vec %))|(let [[a & b] %] [a b])|(def q %)|(do (def q %) (def q $))|(set-holding #13 %)|" +
    "(hash-map % 1)|(hash-set % $)|(map? %)|(coll? %)|(fn? %)|(countable? %)|(log %)|(eval %)|(compile %)|(expand %)|" +
    "(syntax 1 %)|(meta %)|(index k %)|(for [e %] e)|(assoc (assoc % k 1) k 2)|(dissoc (assoc % k 1) k)|(dissoc (dissoc % k) k)|" +
    "(count (dissoc % k))|(count (assoc % k 1))|(keys (dissoc % k))|(keys (assoc % k 1))|(call #13 (% k))|(set-peer-data *key* %)|" +
    "(deploy %)|(loop [i 0 v %] (if (and (< i 6) (> (count v) 0)) (recur (inc i) (next v)) v))|(switch % $ 1 2)|" +
    "(reduce (fn [a e] (dissoc a (first e))) % %)|(reduce (fn [a e] (assoc a (first e) 0)) % $)|(some nil? %)|(every? nil? %)",
);

const bytes = (hex: string): Blob => Blob.fromHex(hex) as Blob;

const KEYS: readonly Value[] = [
  ...["", "12", "1234", "123456", "13", "1235", "f0", "f012", "00", "0012"].map(bytes),
  ...[0, 1, 2].map((i) => bytes(`${"12".repeat(31)}3${i}`)),
  bytes("12".repeat(40)),
  bytes(`${"12".repeat(40)}34`),
  Address.of(12),
  Keyword.of("a"),
  CVMString.of("a"),
  CVMSymbol.of("ab"),
];
const NO_KEYS: readonly Value[] = [null, 1, Vector.EMPTY, Vector.of(1), CVMMap.EMPTY, true];

function soundIndex(random: CaseRandom): Index {
  let index = Index.EMPTY;
  for (let i = random.pick([0, 1, 2, 2, 3, 3, 4, 6, 9]); i > 0; i--) {
    index = index.assoc(random.pick(KEYS), random.below(9)) ?? index;
  }
  return index;
}

/** A child that belongs elsewhere, or is none. */
function oddChild(random: CaseRandom): Value {
  if (random.oneIn(5)) return random.pick([null, 7, Vector.EMPTY, CVMMap.EMPTY, bytes("12")]);
  return random.oneIn(5) ? Index.EMPTY : damaged(random, soundIndex(random));
}

/** An Index of which something is not as it should be, in the first cell or further down. */
function damaged(random: CaseRandom, index: Index): Index {
  if (index.count < 2) return index;
  const { hasEntry } = index;
  const own = hasEntry ? index.slots.slice(0, 2) : [];
  const children = index.slots.slice(own.length);
  let { count, depth, mask } = index;
  const at = random.below(children.length);
  switch (random.below(10)) {
    case 0:
      count = random.pick([2, count - 1, count + 1, count + 2, 5, 2 ** 40]);
      break;
    case 1:
      depth = random.pick([0, depth - 1, depth + 1, depth + 2, 2, 4, 63]);
      break;
    case 2:
      mask = shifted(random, mask);
      break;
    case 3:
      own.splice(0, 2, random.pick(random.oneIn(3) ? NO_KEYS : KEYS), random.below(9));
      break;
    case 4:
      own.length = 0;
      break;
    case 5:
      children[at] = oddChild(random);
      break;
    case 6:
      children.reverse();
      break;
    case 7:
      children.splice(at, 1);
      mask = digitsOf(random, children.length);
      break;
    case 8:
      children.splice(at, 0, oddChild(random));
      mask = digitsOf(random, children.length);
      break;
    default: {
      const child = children[at];
      if (child instanceof Index) children[at] = damaged(random, child);
    }
  }
  if (count < 2) count = 2;
  if (depth < 0 || depth >= INDEX_DIGITS) depth = 0;
  if (children.length > 16) return index;
  return new Index(count, own.length > 0, [...own, ...children] as Slot[], depth, mask);
}

function digitsOf(random: CaseRandom, count: number): number {
  let mask = 0;
  for (let left = count; left > 0; ) {
    const bit = 1 << random.below(16);
    if ((mask & bit) !== 0) continue;
    mask |= bit;
    left--;
  }
  return mask;
}

function shifted(random: CaseRandom, mask: number): number {
  const moved = random.oneIn(2) ? (mask << 1) & 0xffff : mask >> 1;
  let [a, b] = [moved, mask];
  let difference = 0;
  for (; a > 0; a &= a - 1) difference++;
  for (; b > 0; b &= b - 1) difference--;
  return difference === 0 ? moved : mask;
}

/** One call with a damaged Index, and sometimes another. */
export function damagedIndexCall(random: CaseRandom, index: number): Call {
  const make = (): Index => {
    let made = soundIndex(random);
    for (let n = 1 + random.below(3); n > 0; n--) made = damaged(random, made);
    return made;
  };
  const [it, other] = [make(), random.oneIn(3) ? soundIndex(random) : make()];
  const parts: Parts = {
    "%": () => quoted(it),
    $: () => quoted(random.oneIn(3) ? it : other),
    k: () => quoted(random.pick(random.oneIn(20) ? NO_KEYS : KEYS)),
  };
  return { form: CALLS[index % CALLS.length] as Value, parts };
}

export function damagedIndexTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedIndexCall(random, index), genesis);
}
