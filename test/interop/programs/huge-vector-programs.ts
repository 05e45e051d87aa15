// Calls with Vectors and Lists of 2^31 to 2^63-1 elements. Up to 2^32 they have them all, since a
// tree may name one child sixteen times; of larger ones each child has its last elements alone.

import type { Integer, Value } from "../../../src/data/cell.ts";
import { integer } from "../../../src/data/integer.ts";
import { List } from "../../../src/data/list.ts";
import { Vector } from "../../../src/data/vector.ts";
import { newVector } from "../../../src/data/vector-huge.ts";
import { CHUNK_SIZE, hugeChildShift } from "../../../src/data/vector-shape.ts";
import { printBytes } from "../../../src/lang/printer.ts";
import type { State } from "../../../src/state/state.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import type { Case } from "./case.ts";
import { calledOnce, callsOf, type Parts, quoted } from "./damaged-calls.ts";
import { VECTOR_CALLS } from "./damaged-vector-programs.ts";

/** What goes on from there, at positions that no number holds exactly. */
const MORE_CALLS = callsOf(
  "(count (conj % 1))|(count (conj % 1 2 3))|(last (conj % 7))|(nth (conj % 7) k)|(nth (assoc % k :x) k)|(= % (assoc % k (nth % k)))|(= % (assoc % k :x))|" +
    "(encoding (assoc % k :x))|(encoding (conj % 1))|(encoding (slice % k))|(encoding (slice % 0 k))|(count (slice % 0 k))|(count (slice % k))|(last (slice % 0 k))|" +
    "(first (slice % k))|(slice (slice % 0 k) k)|(nth (reverse %) k)|(nth (reverse (reverse %)) k)|(encoding (reverse %))|(count (concat % v))|(last (concat % v))|" +
    "(nth (concat % v) k)|(encoding (concat % v))|(encoding (into % v))|(count (into % v))|(get % k)|(contains-key? % k)|(let [[a & b] %] (count b))|(let [[a b & c d] %] d)|" +
    "(count (next (reverse %)))|(first (next (reverse %)))|(reduce (fn [a e] (if (> a 50) (reduced a) (+ a 1))) 0 %)|(def q (conj % 1))|(def q (assoc % k 1))|(set-holding #13 (conj % 1))|" +
    "(= (conj % 1) (conj $ 1))|(= (slice % 0 k) (slice $ 0 k))|(get {% 1} $)|(contains-key? #{%} $)|(hash-map % 1 (conj % 1) 2)|(get-in % [k])|(update % k (fn [x] [x x]))",
);

const SHIFTS = [31n, 31n, 32n, 32n, 36n, 40n, 44n, 52n, 53n, 56n, 60n, 61n, 62n];
const STEPS = [0n, 0n, 1n, -1n, 5n, 15n, 16n, -16n, 17n, -17n, 32n, 256n, -256n];
/** Sound children hold less than two to the power of this: nobody can pay for the size of more. */
const SOUND_SHIFTS = 32n;
const MAX = 2n ** 63n - 1n;

/** Lists and what is reversed are copied chunk by chunk: that ends where something is missing. */
const isReversing = (call: Value): boolean => textOf(call).includes("(reverse");

const textOf = (form: Value): string => new TextDecoder().decode(printBytes(form, 1000).bytes);

/** How many elements; so many that not all are there when `isThin`. */
function someCount(random: CaseRandom, isThin: boolean): bigint {
  if (random.oneIn(8)) return MAX - random.pick([0n, 1n, 14n, 15n, 16n, 31n, 47n, 255n, 256n]);
  const whole = 1n << random.pick(isThin ? SHIFTS.filter((n) => n > SOUND_SHIFTS) : SHIFTS);
  const found =
    whole * BigInt(random.pick([1, 1, 1, 2, 3, 7])) +
    random.pick(isThin ? STEPS.filter((n) => n >= 0n) : STEPS);
  return found > MAX ? whole : found;
}

/** Makes Vectors of these sixteen values over and over, the last sixteen others. */
class Grower {
  readonly #made = new Map<bigint, Vector>();
  readonly #leaf: readonly Value[];

  constructor(leaf: readonly Value[]) {
    this.#leaf = leaf;
  }

  of(count: bigint, end: readonly Value[] = this.#leaf): Vector {
    const isPlain = end === this.#leaf;
    const known = isPlain ? this.#made.get(count) : undefined;
    if (known !== undefined) return known;
    const made = this.#make(count, end);
    if (isPlain) this.#made.set(count, made);
    return made;
  }

  #make(count: bigint, end: readonly Value[]): Vector {
    if (count <= CHUNK_SIZE) return Vector.from(end.slice(0, Number(count)));
    const tail = count % BigInt(CHUNK_SIZE);
    if (tail > 0n) {
      const prefix = this.of(count - tail);
      return newVector(integer(count), end.slice(0, Number(tail)), prefix, false);
    }
    const shift = hugeChildShift(count);
    const whole = (count - 1n) >> shift;
    const child = shift < SOUND_SHIFTS ? this.of(1n << shift) : this.#thin((1n << shift) - 1n);
    const slots = Array<Vector>(Number(whole)).fill(child);
    const rest = count - (whole << shift);
    slots.push(rest === 1n << shift ? child : this.of(rest, end));
    return newVector(integer(count), slots, null, true);
  }

  /** One that has its last fifteen elements, and little of what should stand before them. */
  #thin(count: bigint): Vector {
    const prefix = this.of(32n);
    return newVector(integer(count), this.#leaf.slice(0, Number(count % 16n)), prefix, false);
  }
}

const NUMBERS = Array.from({ length: CHUNK_SIZE }, (_, i) => i);
const ENDS: readonly (readonly Value[])[] = [
  NUMBERS,
  NUMBERS,
  NUMBERS.map((i) => 100 + i),
  NUMBERS.map(() => null),
  NUMBERS.map((i) => Vector.of(i, 1)),
];

/** A position near to a place where something changes, or any, or none. */
function somePosition(random: CaseRandom, count: bigint): Integer {
  const near = random.pick([0n, 16n, count, count, count / 2n, 2n ** 31n, 2n ** 53n, 2n ** 60n]);
  return integer(near + random.pick(STEPS));
}

export function hugeVectorTransaction(random: CaseRandom, index: number, genesis: State): Case {
  const grower = new Grower(NUMBERS);
  const calls = index % 2 === 0 ? MORE_CALLS : VECTOR_CALLS;
  const form = calls[(index >> 1) % calls.length] as Value;
  const isList = random.oneIn(5);
  const isThin = isList || isReversing(form);
  const count = someCount(random, isThin);
  const other = random.oneIn(2) ? count : someCount(random, isThin);
  const [one, two] = [count, other].map((n) => grower.of(n, random.pick(ENDS))) as [Vector, Vector];
  const as = (v: Vector): Value => (isList ? List.reverseOf(v) : v);
  const parts: Parts = {
    "%": () => quoted(as(one)),
    "%%": () => as(one),
    $: () => quoted(as(random.oneIn(4) ? one : two)),
    v: () => quoted(Vector.from(NUMBERS.slice(0, random.pick([0, 1, 2, 15, 16])))),
    k: () => somePosition(random, count),
  };
  return calledOnce({ form, parts }, genesis);
}
