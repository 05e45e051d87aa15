// Vectors and Lists made in all ways, joined, cut and bound in several steps (T34): in one form, or
// in the transactions of a block.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { LOOKED_AT } from "./looks.ts";
import {
  grown,
  listOf,
  mapOf,
  oneOf,
  type Piece,
  Steps,
  setOf,
  times,
  vectorOf,
} from "./pieces.ts";

const SIZES = [0, 1, 5, 15, 16, 16, 17, 20, 31, 32, 33, 40, 48, 49, 64, 65, 80];
const LONG_SIZES = [256, 257, 272, 288, 300];

function size(random: CaseRandom): number {
  if (random.oneIn(8)) return random.pick(LONG_SIZES);
  return random.oneIn(4) ? random.below(100) : random.pick(SIZES);
}

function numbers(random: CaseRandom): string {
  let i = 0;
  return times(Math.min(size(random), 70), () => String(i++));
}

const SOURCES: readonly Piece[] = [
  (r) => `[${numbers(r)}]`,
  (r) => `(list ${numbers(r)})`,
  (r) => vectorOf(size(r)),
  (r) => setOf(size(r)),
  (r) => `(keys ${mapOf(size(r))})`,
  (r) => `(values ${mapOf(size(r))})`,
  (r) => `((fn [& r] r) ${numbers(r)})`,
  (r) => `((fn [a & r] r) 0 ${numbers(r)})`,
  (r) => grown(size(r), "nil", "(cons i v)"),
  (r) => mapOf(size(r)),
  (r) => `(map inc ${vectorOf(size(r))})`,
  (r) => `(apply vector ${listOf(size(r))})`,
  () => "(vector 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)",
];

const STARTS = [0, 0, 1, 16, 16, 32, 5, 48];
const ENDS = [16, 17, 32, 33, 40, 48, 64, 20, 80];

type Step = (random: CaseRandom, any: () => string) => string;

const STEPS: readonly Step[] = [
  ...Array<Step>(7).fill((_, v) => `(concat ${v()} ${v()})`),
  (_, v) => `(concat ${v()} ${v()} ${v()})`,
  (_, v) => `(into ${v()} ${v()})`,
  (_, v) => `(into [] ${v()})`,
  ...Array<Step>(2).fill((r, v) => `(slice ${v()} ${r.pick(STARTS)})`),
  ...Array<Step>(2).fill((r, v) => {
    const [a, b] = [r.pick(STARTS), r.pick(ENDS)];
    return `(slice ${v()} ${Math.min(a, b)} ${Math.max(a, b)})`;
  }),
  (_, v) => `(next ${v()})`,
  (_, v) => `(conj ${v()} 7)`,
  (_, v) => `(reverse ${v()})`,
  (_, v) => `(vec ${v()})`,
  (_, v) => `(cons 7 ${v()})`,
  (_, v) => `(let [[& r] ${v()}] r)`,
  (_, v) => `(let [[x & r] ${v()}] r)`,
  (_, v) => `(apply vector ${v()})`,
  (_, v) => `(map inc ${v()})`,
  (r, v) => `(assoc ${v()} ${r.pick([0, 5, 16, 20, 33, 40])} ${r.pick([0, 7, 20, 33, 40])})`,
  (_, v) => `(loop [v ${v()} n 0] (if (< n 3) (recur (next v) (inc n)) v))`,
  (_, v) => `(reduce conj ${v()} ${v()})`,
  (_, v) => `(concat ${v()} (slice ${v()} 0 16))`,
];

/** Puts a value in the places of `%`, and others in those of `$`. */
export function lookAt(look: string, x: string, other: () => string): string {
  return look.replaceAll("%", () => x).replaceAll("$", other);
}

/** What is done to a value before it gets another name. */
const LOOKS: readonly ((x: string, v: () => string) => string)[] = [
  (x) => `(do (hash (encoding ${x})) ${x})`,
  (x) => `(do (def q ${x}) q)`,
  (x) => `(do (str ${x}) ${x})`,
  (x) => `(do (get #{${x}} ${x}) ${x})`,
  (x, v) => `(do (= ${x} ${v()}) ${x})`,
  (x) => `(do (map inc ${x}) ${x})`,
  (x) => `(do (reduce + 0 ${x}) ${x})`,
  (x) => `(first [${x}])`,
  (x) => `(let [m {:k ${x}}] (get (assoc m :k ${x}) :k))`,
  (x) => `(do (get {${x} 1} ${x}) ${x})`,
  (x) => `(do (conj ${x} 1) ${x})`,
  (x) => `(do (log ${x}) ${x})`,
  (x) => `(do (nth ${x} 0) (count ${x}) (empty? ${x}) ${x})`,
  (x) => `(first (conj [] ${x}))`,
  (x) => `(first (list ${x}))`,
  (x) => `((fn [z] z) ${x})`,
  (x) => `(loop [z ${x} n 0] (if (< n 2) (recur z (inc n)) z))`,
  (x) => `(do (vec ${x}) ${x})`,
  (x) => `(do (set-holding #12 ${x}) (get-holding #12))`,
  (x) => `(let [z 0] (set! z ${x}) z)`,
  (x) => `(do (concat ${x} [1]) ${x})`,
  (x) => `((fn [] ${x}))`,
  ...LOOKED_AT.map((look) => (x: string, v: () => string) => `(do ${lookAt(look, x, v)} ${x})`),
];

function steps(random: CaseRandom): Steps {
  const all = new Steps(random);
  for (let i = 2 + random.below(2); i > 0; i--) all.add(oneOf(random, SOURCES));
  for (let i = 2 + random.below(5); i > 0; i--) {
    const any = (): string => all.any();
    all.add(random.oneIn(4) ? random.pick(LOOKS)(any(), any) : random.pick(STEPS)(random, any));
  }
  return all;
}

/** What shows of values, and of how they are made up. */
function shown(random: CaseRandom, all: Steps): string {
  if (random.oneIn(2)) return `(hash (encoding ${all.last}))`;
  return `[${all.names
    .slice(-2)
    .map((name) => `(count ${name})`)
    .join(" ")}]`;
}

export function vectorProgram(random: CaseRandom): Case {
  const all = steps(random);
  return expression(all.in(shown(random, all)));
}

/** The same with each step a transaction, in one block or several. */
export function vectorBlocks(random: CaseRandom): Case {
  const all = steps(random);
  const blocks: string[][] = [[]];
  for (const form of [...all.definitions, shown(random, all)]) {
    if (random.oneIn(6)) blocks.push([]);
    (blocks.at(-1) as string[]).push(form);
  }
  return { kind: "blocks", blocks: blocks.filter((forms) => forms.length > 0) };
}
