// Maps, Sets, Indexes, blobs, strings and records put together, changed and read in several steps;
// what fails takes the value of an earlier step.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { grown, mapOf, oneOf, type Piece, Steps, times, vectorOf } from "./pieces.ts";

const COUNTS = [0, 1, 2, 7, 8, 9, 15, 16, 17, 20, 31, 33, 64, 65, 100, 140];

function count(random: CaseRandom): number {
  return random.oneIn(6) ? random.below(300) : random.pick(COUNTS);
}

/** A blob of n bytes with few different digits, so that keys share their beginnings. */
export function hexOf(random: CaseRandom, n: number): string {
  const digit = (): string => random.pick([..."0011227af"]);
  return `0x${times(n, () => digit() + digit()).replaceAll(" ", "")}`;
}

function word(random: CaseRandom, letters: string, most: number): string {
  return times(random.below(most), () => random.pick([...letters])).replaceAll(" ", "");
}

const KEYS: readonly Piece[] = [
  (r) => String(r.below(300)),
  (r) => hexOf(r, r.below(5)),
  (r) => `"${word(r, "ab", 4)}"`,
  (r) => `:k${r.below(9)}`,
  (r) => `#${r.below(40)}`,
  (r) => `[${r.below(5)}]`,
  (r) => r.pick(["nil", "(int 0x008000000000000000)", "1.5", "##NaN", "-0.0", "0.0", "true"]),
  (r) => r.pick(["\\a", "'s", "#{1}", "{1 2}", "'(1)", "9223372036854775808", "-1"]),
];

const INDEX_KEYS: readonly Piece[] = [
  (r) => hexOf(r, r.below(6)),
  (r) => hexOf(r, r.pick([31, 32, 33, 34, 40])),
  (r) => `"${word(r, "ab", 4)}"`,
  (r) => `:k${r.below(9)}`,
  (r) => `#${r.below(40)}`,
  (r) => `'s${r.below(5)}`,
];

const key = (random: CaseRandom): string => oneOf(random, KEYS);

const SOURCES: readonly Piece[] = [
  (r) => grown(count(r), "{}", "(assoc v (* i i) i)"),
  (r) => grown(count(r), "#{}", "(conj v (* i 7))"),
  (r) => mapOf(count(r)),
  (r) => vectorOf(count(r)),
  (r) => `(hash-map ${times(r.below(24), () => `${key(r)} ${r.below(9)}`)})`,
  (r) => `(hash-set ${times(r.below(24), () => key(r))})`,
  (r) => `(index ${times(r.below(20), () => `${oneOf(r, INDEX_KEYS)} ${r.below(9)}`)})`,
  (r) => grown(count(r), "(index)", `(assoc v (blob (int (* i ${r.pick([1, 3, 255, 65537])}))) i)`),
  (r) => hexOf(r, r.below(40)),
  (r) => grown(r.below(12), hexOf(r, 1 + r.below(39)), "(blob (str v v))"),
  (r) => grown(r.below(10), `"${word(r, "abé€ ", 30)}"`, '(str v v "x")'),
  (r) => `(account ${r.pick(["#11", "#12", "*address*", "#8"])})`,
  (r) => `(syntax ${key(r)} {:a 1})`,
  () => "(meta (syntax 1 {:a 2 :b 3}))",
  (r) => (r.oneIn(5) ? "(get *state* :peers)" : "[1 2 {:a 1}]"),
  (r) => `(encoding ${r.pick(["[1 2 3]", "{1 2}", '"abc"', vectorOf(count(r))])})`,
  (r) => `(split "${word(r, "ab ,", 40)}" \\,)`,
  (r) => grown(r.pick([3, 50, 200, 260]), "nil", "[v]"),
  (r) => `(first ${r.pick(["{1 2}", "(hash-map 1 2 3 4)", "(index 0x01 2)"])})`,
  (r) => `(hash ${hexOf(r, 5)})`,
  key,
];

/** Functions by how many values they take. */
const UNARY = (
  "next first second last vec set keys values print str blob count empty empty? reverse name keyword symbol " +
  "unsyntax meta sha256 keccak256 log hash encoding bit-not int double boolean type not char address index " +
  "hash-set hash-map vector list concat into union merge apply abs inc dec -"
).split(" ");
const BINARY = (
  "dissoc conj disj into merge union intersection difference subset? get contains-key? str blob = concat cons " +
  "bit-and bit-or bit-xor syntax index hash-set hash-map list vector get-in nth slice map apply split join + < =="
).split(" ");
const TERNARY =
  "assoc get slice reduce conj hash-map assoc-in update get-in concat str union into".split(" ");

type Step = (random: CaseRandom, any: () => string) => string;

const STEPS: readonly Step[] = [
  ...Array<Step>(6).fill((r, v) => `(${r.pick(UNARY)} ${v()})`),
  ...Array<Step>(8).fill((r, v) => `(${r.pick(BINARY)} ${v()} ${v()})`),
  ...Array<Step>(3).fill((r, v) => `(${r.pick(TERNARY)} ${v()} ${v()} ${v()})`),
  (r, v) => `(slice ${v()} ${r.pick([0, 0, 1, 2, 5, 16, 32])})`,
  (r, v) => {
    const from = r.pick([0, 0, 1, 2, 5, 16, 32, 100]);
    return `(slice ${v()} ${from} ${from + r.pick([0, 1, 2, 16, 30, 64, 100])})`;
  },
  (r, v) => `(nth ${v()} ${r.pick([0, 1, 2, 5, 16])})`,
  (_, v) => `(map str ${v()})`,
  (r, v) => `(reduce (fn [a b] (conj a b)) ${r.pick(["[]", "#{}", "nil", "'()"])} ${v()})`,
  (_, v) => `(apply str ${v()})`,
  (_, v) => `(apply hash-map ${v()})`,
  (_, v) => `(apply index ${v()})`,
  (_, v) => `(assoc-in ${v()} [${v()} ${v()}] 1)`,
  (_, v) => `(get-in ${v()} [${v()} ${v()}])`,
  (_, v) => `(update ${v()} ${v()} count)`,
  (_, v) => `(join (map str ${v()}) \\,)`,
  (_, v) => `(for [x ${v()}] [x])`,
  (_, v) => `(filter (fn [x] (not (nil? x))) ${v()})`,
  (_, v) => `(${v()} ${v()})`,
  (_, v) => `(let [[a & b] ${v()}] [b a])`,
  (_, v) => `(let [[a [b c] & d] ${v()}] [d c b a])`,
  (_, v) => `(do (def q ${v()}) q)`,
  (_, v) => `(eval (list 'quote ${v()}))`,
  (_, v) => `(compile (list 'quote ${v()}))`,
];

export function collectionProgram(random: CaseRandom): Case {
  const all = new Steps(random);
  for (let i = 2 + random.below(2); i > 0; i--) all.add(oneOf(random, SOURCES));
  for (let i = 3 + random.below(5); i > 0; i--) {
    const any = (): string => (random.oneIn(5) ? key(random) : all.any());
    all.add(`(try ${random.pick(STEPS)(random, any)} ${all.any()})`);
  }
  const hashes = all.names.slice(-4).map((name) => `(try (hash (encoding ${name})) 0)`);
  return expression(all.in(`[${hashes.join(" ")} ${all.last}]`));
}

const LONG_BYTES = [
  "b0 (loop [i 0 v 0x616263] (if (< i 11) (recur (inc i) (blob (str v v))) v))",
  "b1 (blob (str 0x7162 b0))",
  's0 (loop [i 0 v "abc"] (if (< i 11) (recur (inc i) (str v v)) v))',
  's1 (str "q" s0)',
];
const BEGINNINGS = [
  "61",
  "6162",
  "616263",
  "71",
  "7162",
  "616271",
  "",
  "616263".repeat(11),
  "626361".repeat(13),
];
const LIKE_LONG = ["#7", ":abc", "'abc", '"abc"', `"${"abc".repeat(13)}"`, '"q"'];

/** Indexes with keys that are longer than what counts of them, and than a chunk (T35). */
export function indexProgram(random: CaseRandom): Case {
  const anyKey = (): string => {
    if (random.oneIn(3)) return random.pick(["b0", "b1", "s0", "s1", "b2"]);
    if (random.oneIn(4)) return random.pick(LIKE_LONG);
    return `0x${random.pick(BEGINNINGS)}${random.pick(["", "", "71", "61", "64ff"])}`;
  };
  const newIndex = (): string =>
    `(index ${times(random.below(6), () => `${anyKey()} ${random.below(9)}`)})`;
  const long = [...LONG_BYTES, `b2 (slice b0 0 ${random.pick([4096, 4097])})`].join(" ");
  const all = new Steps(random);
  all.add(newIndex());
  const change: readonly (() => string)[] = [
    ...Array(5).fill(() => `(assoc ${all.any()} ${anyKey()} ${random.below(9)})`),
    ...Array(3).fill(() => `(dissoc ${all.any()} ${anyKey()})`),
    () => `(into ${all.any()} ${all.any()})`,
    () => `(slice ${all.any()} ${random.below(2)} ${1 + random.below(2)})`,
    () => `(conj ${all.any()} [${anyKey()} 3])`,
    newIndex,
  ];
  for (let i = 1 + random.below(5); i > 0; i--)
    all.add(`(try ${random.pick(change)()} ${all.any()})`);
  const { last } = all;
  const seen = [
    `(hash (encoding ${last})) (get ${last} ${anyKey()}) (contains-key? ${last} ${anyKey()})`,
    `(count ${last}) (count (keys ${last})) (hash (encoding (values ${last})))`,
    `(try (hash (encoding (first ${last}))) 0)`,
  ];
  return expression(`(let [${long}] ${all.in(`[${seen.join(" ")}]`)})`);
}
