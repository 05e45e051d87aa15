// `reduce` with functions that keep their arguments as a Vector, and look at it or at what is made
// of it in each step (T37).

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { LOOKED_AT } from "./looks.ts";
import { oneOf, type Piece, times } from "./pieces.ts";
import { lookAt } from "./vector-programs.ts";

const ELEMENTS: readonly Piece[] = [
  (r) => `[${times(r.below(6), () => r.pick([":a", ":b", "1", "[1]", "[:a 1]", '"s"', "nil"]))}]`,
  (r) => `[${times(2 + r.below(4), () => r.pick(["[1]", "[2]"]))}]`,
  () => "#{1 2 3 4}",
  () => "{1 2 3 4}",
  () => "'(1 [2] 1 [2])",
  () => "(index 0x12 1 0x13 2)",
];

/** Values that are made of what was kept, z, and others. */
const MADE: readonly string[] = [
  "z",
  "z",
  "z",
  "[z]",
  "(list z)",
  "{1 z}",
  "{z 1}",
  "#{z}",
  "(conj [] z)",
  "(conj [[1]] z)",
  "(hash-map 1 z 2 z)",
  "(index 0x12 z)",
  "(fn [] z)",
  "(syntax z {:k z})",
  "(slice z 0 1)",
  "(next z)",
  "q",
  "(get-holding #12)",
  "(first [z])",
  "(nth [1 z] 1)",
  "(vec z)",
  "(concat z [])",
];

const RESULTS: readonly string[] = [
  "[a m]",
  "[a z]",
  "(conj [] a m)",
  "(list a m)",
  "(assoc {} :a a :m m)",
  "5",
  "m",
  "(if (vector? a) (conj a m) [m])",
  "(if (map? a) (assoc a (count a) m) {0 m})",
  "(if (map? a) (assoc a :k m) {:k m})",
  "(if (set? a) (conj a m) #{m})",
  "(fn [] [m a])",
  "(hash-map a m)",
];

const PARAMETERS = ["[a & z]", "[a & z]", "[a & z]", "[a b & z]", "[a & [b & z]]", "[& [a & z]]"];

/** Functions of which both arguments, or the first alone, are kept in z. */
const WHOLE: readonly ((body: string) => string)[] = [
  (body) => `(fn [& z] (let [a (first z) ${body}))`,
  (body) => `(fn [& z] (let [a (first z) z (slice z 0 1) ${body}))`,
  (body) => `(fn [& z] (let [a s ${body}))`,
];

/** Where those keep it: of a result that holds it, and so itself, the reference dies. */
const KEEPING = ["(def s (conj [] s m))", "(def s [s m])", "(def s (list m s))", "(def s {s m})"];

export function foldProgram(random: CaseRandom): Case {
  const look = (): string =>
    lookAt(random.pick(LOOKED_AT), random.pick(["z", "z", "m", "a"]), () =>
      random.pick(["[1]", "[[1]]", "[2]", "z", "q", "p", "(conj [] p)"]),
    );
  const steps = times(random.below(4), () => {
    if (random.oneIn(6)) return random.pick(["(def q m)", "(def q z)", "(set-holding #12 z)"]);
    return random.oneIn(4) ? `(if (vector? a) ${look()})` : `(try ${look()} 0)`;
  });
  const made = random.pick(MADE);
  const body = `m ${made}] ${steps}`;
  const result = random.pick(RESULTS);
  const fn = random.oneIn(3)
    ? random.pick(WHOLE)(`${body} ${random.pick(KEEPING)} ${random.oneIn(9) ? result : "5"}`)
    : `(fn ${random.pick(PARAMETERS)} (let [${body} ${result}))`;
  const start = random.pick(["[]", "0", "nil", "{}", "#{}", "[[1]]", "()"]);
  const folded = `(reduce ${fn} ${start} ${oneOf(random, ELEMENTS)})`;
  const shown = random.pick([
    "r",
    "[r q s (get-holding #12)]",
    "(str [r s])",
    "[(encoding r) r s]",
  ]);
  const known = random.pick(["[1]", "[7 [1]]", "(vector 0 9)", "(conj [] 1 [2])", "'(0 1)"]);
  return expression(`(do (def q [1]) (def s []) (let [p ${known} r ${folded}] ${shown}))`);
}
