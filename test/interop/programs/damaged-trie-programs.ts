// Calls with maps and Sets that nothing makes but a hand: a transaction may hold any that decodes
// (sheet 01 §14), trees with children that belong elsewhere or are none, other counts, shifts and
// digits.

import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { recordCount } from "../../../src/data/exact-count.ts";
import { popcount } from "../../../src/data/hash-digits.ts";
import { HashTrie, LEAF_MAX } from "../../../src/data/hash-trie.ts";
import { Index } from "../../../src/data/index-map.ts";
import { integer } from "../../../src/data/integer.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMString } from "../../../src/data/string.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Vector } from "../../../src/data/vector.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import {
  type Call,
  type CallMaker,
  calledOnce,
  callsOf,
  type Parts,
  quoted,
} from "./damaged-calls.ts";

/**
 * What is done with one of any kind: `%` stands for it, `raw` for it as a form, `$` for another or
 * the same, `k` for a key, `m` for another that is sound.
 */
const ANY_CALLS =
  "(get % k)|(get % k 7)|(contains-key? % k)|(% k)|(% k 7)|(get-in % [k])|(get-in % [k k] 5)|(count %)|(empty? %)|(empty %)|" +
  "(first %)|(second %)|(last %)|(nth % 0)|(nth % 3)|(nth % 9)|(nth % 15)|(nth % 16)|(nth % 20)|(next %)|(next (next %))|" +
  "(slice % 1)|(slice % 0 1)|(slice % 2 9)|(slice % 0 16)|(slice % 1 17)|(slice % 3 20)|(slice % 5)|(slice % 0 (dec (count %)))|(vec %)|" +
  "(set %)|(into [] %)|(into (list) %)|(into #{} %)|(into % $)|(into m %)|(into % m)|(map identity %)|(map count %)|" +
  "(reduce (fn [a e] (conj a e)) [] %)|(reduce (fn [a e] 5) %)|(reduce (fn [a e] (reduced e)) %)|(apply vector %)|(= % $)|(= % %)|" +
  "(= m %)|(str %)|(print %)|(hash (encoding %))|(encoding %)|(filter (fn [e] true) %)|(concat [] %)|(concat % $)|(cons 1 %)|" +
  "(reverse (vec %))|(let [[a & b] %] [a b])|(let [[a b] %] b)|(def q %)|(do (def q %) (def q $))|(set-holding #13 %)|(set-memory %)|" +
  "(hash-map % 1)|(hash-map % 1 $ 2)|(hash-set % $)|(get (hash-set %) $)|(map? %)|(set? %)|(coll? %)|(fn? %)|(countable? %)|(log %)|" +
  "(eval %)|(eval raw)|(compile %)|(expand %)|(eval (quasiquote raw))|(quasiquote (unquote %))|(quasiquote raw)|raw|(do raw 1)|(count raw)|(fn [] raw)|((fn [] raw))|" +
  "(syntax 1 %)|(syntax % {:a 1})|(meta (syntax 1 %))|(for [e %] e)|(call #13 (% k))|(set-peer-data *key* %)|(some nil? %)|(every? nil? %)|" +
  "(loop [i 0 v %] (if (and (< i 6) (> (count v) 0)) (recur (inc i) (next v)) v))|(switch % $ 1 2)|(deploy %)|(if % 1 2)|" +
  "(= (next %) (next $))|(vector % $)|(apply conj % [[k 1]])|(apply hash-set %)|(count (into #{} %))|(assert (= % $))|(return %)|(let [a raw] a)|" +
  "(defmacro z [x] %)|(long? %)|(apply % [k])|(map % [1 2])|(map + [1 2] %)|(transact %)|(hash %)|(set-controller %)|(fail %)|" +
  '(blob %)|(join % ",")|(slice (vec %) 1)|(switch k % 1)|(in? k %)|(get {% 1} $)|(assoc {} % 1)|(quote raw)';

const MAP_CALLS =
  "(assoc % k 9)|(assoc % k 9)|(assoc % k 9 k 8)|(assoc % k nil)|(dissoc % k)|(dissoc % k)|(dissoc % k k k)|(dissoc (dissoc % k) k)|" +
  "(assoc-in % [k] 8)|(assoc-in % [k k] 8)|(update % k (fn [x] 3))|(update-in % [k] (fn [x] 3))|(keys %)|(values %)|(into {} %)|(into (index) %)|" +
  "(into % [[k 1]])|(merge % $)|(merge $ %)|(merge {} %)|(merge % m)|(merge m %)|(merge % {k 1})|(merge nil %)|(conj % [k 1])|(conj % [k 1] [k 2])|" +
  "(conj % (first $))|(map first %)|(assoc (assoc % k 1) k 2)|(dissoc (assoc % k 1) k)|(count (dissoc % k))|(count (assoc % k 1))|" +
  "(keys (dissoc % k))|(keys (assoc % k 1))|(= (assoc % k 1) (assoc $ k 1))|(reduce (fn [a e] (dissoc a (first e))) % %)|" +
  "(reduce (fn [a e] (assoc a (first e) 0)) % $)|(reduce (fn [a e] (assoc a (first e) 0)) {} %)|(assoc (dissoc % k) k 5)|(dissoc (slice % 1) k)|" +
  "(assoc (slice % 1) k 3)|(merge (slice % 1) $)|(keys (slice % 1 17))|(values (slice % 2))|(= (slice % 0 16) (slice $ 0 16))|" +
  "(conj #{} %)|(disj #{%} $)|(apply hash-map (reduce into [] %))|(syntax % %)|(union % $)|(intersection % $)";

const SET_CALLS =
  "(conj % k)|(conj % k)|(conj % k k k)|(disj % k)|(disj % k)|(disj (disj % k) k)|(disj % k k)|(assoc % k true)|(assoc % k false)|(assoc % k 1)|" +
  "(union % $)|(union $ %)|(union % m)|(union m %)|(union % #{k})|(union #{k} %)|(union % $ m)|(intersection % $)|(intersection % m)|" +
  "(intersection m %)|(intersection % #{k k})|(intersection #{k} %)|(intersection % $ m)|(difference % $)|(difference % m)|(difference m %)|" +
  "(difference % #{k})|(difference #{k} %)|(difference % $ m)|(subset? % $)|(subset? m %)|(subset? % m)|(subset? #{k} %)|(subset? % #{k})|" +
  "(into % [k k])|(into #{k} %)|(disj (conj % k) k)|(count (conj % k))|(count (disj % k))|(reduce disj % %)|(reduce conj #{} %)|" +
  "(reduce disj % $)|(reduce conj % $)|(conj (disj % k) k)|(disj (slice % 1) k)|(conj (slice % 1) k)|(union (slice % 1) $)|" +
  "(= (conj % k) (conj $ k))|(= (union % $) (union $ %))|(subset? (slice % 1) %)|(into {} %)|(merge % $)|(union nil %)|(union % nil)|(disj % nil)|" +
  "(union (union % $) m)|(difference (union % $) %)|(intersection (union % $) %)";

const CALLS = {
  map: callsOf(`${ANY_CALLS}|${MAP_CALLS}|${MAP_CALLS}`),
  set: callsOf(`${ANY_CALLS}|${SET_CALLS}|${SET_CALLS}`),
};

const LONG_KEYS = [1, 2, 3].map((i) => Blob.of(new Uint8Array(150).fill(i)));
const KEYS: readonly Value[] = [
  ...Array.from({ length: 48 }, (_, i) => i),
  ...LONG_KEYS,
  ...["a", "b", "c"].map((name) => Keyword.of(name)),
  ...["x", "inc"].map((name) => CVMSymbol.of(name)),
  Address.of(12),
  CVMString.of("a"),
  null,
  true,
  Vector.of(1, 2),
];
/** Counts that numbers are too small for, near to where they become so, and to the greatest. */
const HUGE_COUNTS = [
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 60n + 7n,
  2n ** 63n - 17n,
  2n ** 63n - 2n,
  2n ** 63n - 1n,
];
const SHIFTS = [62, 63, 64, 65, 68, 80, 96, 127];
const SIZES = [0, 1, 3, 8, 12, 15, 16, 16, 16, 17, 17, 18, 20, 24, 30, 40, 52];

type Kind = "map" | "set";

function sound(random: CaseRandom, kind: Kind, sizes: readonly number[]): HashTrie {
  const count = random.pick(sizes);
  const start = random.below(KEYS.length);
  const step = random.pick([1, 1, 5, 7]);
  const keys = Array.from({ length: count }, (_, i) => KEYS[(start + i * step) % KEYS.length]);
  if (kind === "set") return CVMSet.from(keys as Value[]);
  return CVMMap.from(keys.map((key) => [key as Value, random.below(9)]));
}

/** A child that belongs elsewhere, or is none. */
function oddChild(random: CaseRandom, kind: Kind, siblings: readonly Slot[]): Slot {
  switch (random.below(8)) {
    case 0:
      return random.pick<Value>([null, 7, Vector.EMPTY, Index.EMPTY, LONG_KEYS[0] as Value]);
    case 1:
      return sound(random, kind === "map" ? "set" : "map", [0, 1, 2, 5, 17]);
    case 2:
      return kind === "map" ? CVMMap.EMPTY : CVMSet.EMPTY;
    case 3:
    case 4:
      return random.pick(siblings);
    case 5:
      return damaged(random, kind, sound(random, kind, [16, 17, 20, 30]));
    default:
      return sound(random, kind, [1, 1, 1, 2, 3, 5, 15, 16, 17]);
  }
}

/** A tree of which something is not as it should be, in the first cell or further down. */
function damaged(random: CaseRandom, kind: Kind, trie: HashTrie): HashTrie {
  if (trie.isLeaf) return trie;
  let { count, shift, mask } = trie;
  const slots = trie.slots.slice();
  const at = random.below(slots.length);
  switch (random.below(10)) {
    case 0:
      count = random.pick([16, 16, 17, count - 1, count - 1, count + 1, count + 1, 30, 2 ** 40]);
      break;
    case 1:
      shift = random.oneIn(3)
        ? random.pick(SHIFTS)
        : random.pick([0, shift + 1, shift + 1, 2, 5, 63, 64, 127, shift - 1]);
      break;
    case 2:
      mask = ((mask << 1) | (mask >> 15)) & 0xffff;
      break;
    case 3:
      mask = digitsOf(random, slots.length);
      break;
    case 4:
    case 5:
      slots[at] = oddChild(random, kind, slots);
      break;
    case 6: {
      const other = random.below(slots.length);
      [slots[at], slots[other]] = [slots[other] as Slot, slots[at] as Slot];
      break;
    }
    case 7:
      slots.splice(at, random.pick([1, 1, 1, slots.length - 1, slots.length - 2]));
      mask = digitsOf(random, slots.length);
      break;
    case 8:
      if (slots.length < 16) slots.splice(at, 0, oddChild(random, kind, slots));
      mask = mask < 0xffff && random.oneIn(2) ? mask | (mask + 1) : digitsOf(random, slots.length);
      if (popcount(mask) !== slots.length) mask = digitsOf(random, slots.length);
      break;
    default: {
      const child = slots[at];
      if (child instanceof HashTrie) slots[at] = deeper(random, kind, child);
    }
  }
  if (random.oneIn(3)) count = countsOf(slots);
  if (count <= LEAF_MAX) count = LEAF_MAX + 1;
  if (shift < 0 && kind === "map") shift = 0;
  if (kind === "set" && slots.length < 2) return trie;
  const exact = random.oneIn(12) ? integer(random.pick(HUGE_COUNTS)) : count;
  const made = trie.make(Number(exact), slots, shift, mask, null);
  recordCount(made, exact);
  return made;
}

/** A child that goes on: a leaf becomes a tree. */
function deeper(random: CaseRandom, kind: Kind, child: HashTrie): HashTrie {
  if (!child.isLeaf) return damaged(random, kind, child);
  return damaged(random, kind, sound(random, kind, [16, 17, 18, 24]));
}

function countsOf(slots: readonly Slot[]): number {
  return slots.reduce<number>(
    (sum, slot) => sum + (slot instanceof HashTrie || slot instanceof Vector ? slot.count : 0),
    0,
  );
}

function digitsOf(random: CaseRandom, count: number): number {
  let mask = 0;
  while (popcount(mask) < count) mask |= 1 << random.below(16);
  return mask;
}

function damagedCall(kind: Kind, random: CaseRandom, index: number): Call {
  return callWith(kind, random, index, () => {
    let made = sound(random, kind, SIZES.slice(6));
    for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) made = damaged(random, kind, made);
    return made;
  });
}

/** A Set that says it has nearly as many members as can be counted, and a child of it too. */
function hugeSet(random: CaseRandom): HashTrie {
  const trie = sound(random, "set", [17, 17, 18, 20, 24, 30, 40, 52]);
  const count = random.pick(HUGE_COUNTS);
  const slots = trie.slots.slice();
  const at = random.below(slots.length);
  const child = slots[at];
  if (random.oneIn(2) && child instanceof HashTrie) {
    const others = BigInt(countsOf(slots) - child.count);
    slots[at] = counted(deeper(random, "set", child), count - others);
  }
  return counted(trie.make(trie.count, slots, trie.shift, trie.mask, null), count);
}

/** The same tree with another count; a leaf as it is. */
function counted(trie: HashTrie, count: bigint): HashTrie {
  if (trie.isLeaf) return trie;
  const made = trie.make(Number(count), trie.slots, trie.shift, trie.mask, null);
  recordCount(made, integer(count));
  return made;
}

function callWith(kind: Kind, random: CaseRandom, index: number, make: () => HashTrie): Call {
  const it = make();
  const other = random.oneIn(3) ? sound(random, kind, SIZES) : make();
  const parts: Parts = {
    "%": () => quoted(it),
    raw: () => it,
    $: () => quoted(random.oneIn(4) ? it : other),
    m: () => quoted(sound(random, kind, SIZES)),
    k: () => quoted(random.pick(random.oneIn(3) ? keysIn(it) : KEYS)),
  };
  return { form: CALLS[kind][index % CALLS[kind].length] as Value, parts };
}

/** Some of the keys that are there. */
function keysIn(trie: HashTrie): readonly Value[] {
  const child = trie.slots.find((slot) => slot instanceof HashTrie && slot.count > 0);
  if (!trie.isLeaf && child instanceof HashTrie) return keysIn(child);
  const keys = trie.slots.filter((_, i) => i % trie.stride === 0);
  return trie.isLeaf && keys.length > 0 ? (keys as Value[]) : KEYS;
}

/** One call with a damaged map, and sometimes another. */
export const damagedMapCall: CallMaker = (random, index) => damagedCall("map", random, index);

/** The same with Sets. */
export const damagedSetCall: CallMaker = (random, index) => damagedCall("set", random, index);

export function damagedMapTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedMapCall(random, index), genesis);
}

export function damagedSetTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(damagedSetCall(random, index), genesis);
}

/**
 * Calls with Sets whose counts are near 2^53 and 2^63. No maps: for each that is expanded the
 * reference fills gigabytes.
 */
export function hugeSetTransaction(random: CaseRandom, index: number, genesis: State): Case {
  return calledOnce(
    callWith("set", random, index, () => hugeSet(random)),
    genesis,
  );
}
