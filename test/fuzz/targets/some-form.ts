// Programs as text: special forms, core functions and macros over arguments of all types, loops
// that spend what juice there is, and nonsense in every place.

import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import type { CaseRandom } from "../random.ts";

const FUNCTIONS = [...CORE_BY_NAME.keys()];
const LIBRARY =
  "when-let if-let cond dotimes for doseq -> ->> assert or and when when-not if-not switch defn defmacro undef schedule set! mapcat every? any? filterv".split(
    " ",
  );
const ATOMS = [
  ..."nil true false 0 1 -1 2 7 255 1000 9223372036854775807 -9223372036854775808".split(" "),
  ..."9223372036854775808 1.5 -0.0 ##NaN ##Inf #0 #8 #11 #12 #99999 0x 0xff :k :foo".split(" "),
  ..."x y acc i *juice* *balance* *address* *state* *result* *log* *scope* *key*".split(" "),
  "\\a",
  '""',
  '"text"',
  "[]",
  "{}",
  "#{}",
  "()",
  "[1 2 3]",
  "{:a 1 :b 2}",
  "#{1 2 3}",
  "'(+ 1 2)",
  "'sym",
  "#Index {}",
  "(fn [a] a)",
  "(fn [& r] r)",
  "+",
  "inc",
  "0x7777777777777777777777777777777777777777777777777777777777777777",
];
/** Values that grow big for little text. */
const BIG = [
  "(loop [v [] i 0] (if (< i 1000) (recur (conj v i) (inc i)) v))",
  "(loop [s #{} i 0] (if (< i 300) (recur (conj s i) (inc i)) s))",
  "(loop [m {} i 0] (if (< i 300) (recur (assoc m i i) (inc i)) m))",
  "(loop [b 0x1234 i 0] (if (< i 10) (recur (blob (str b b)) (inc i)) b))",
  '(loop [s "ab" i 0] (if (< i 12) (recur (str s s) (inc i)) s))',
  "(loop [n 3 i 0] (if (< i 12) (recur (* n n) (inc i)) n))",
  "(loop [v [] i 0] (if (< i 30) (recur [v v] (inc i)) v))",
  "(loop [v [] i 0] (if (< i 200) (recur [v] (inc i)) v))",
  "*state*",
];
const DEEPEST = 5;

function args(random: CaseRandom, depth: number, most: number): string {
  const count = random.below(most + 1);
  return Array.from({ length: count }, () => someForm(random, depth - 1)).join(" ");
}

function special(random: CaseRandom, depth: number): string {
  const form = () => someForm(random, depth - 1);
  switch (random.below(18)) {
    case 0:
      return `(if ${args(random, depth, 4)})`;
    case 1:
      return `(let [x ${form()} y ${form()}] ${args(random, depth, 3)})`;
    case 2:
      return `(loop [i 0 acc ${form()}] (if (< i ${random.length(300)}) (recur (inc i) ${form()}) acc))`;
    case 3:
      return `(loop [] ${form()} (recur))`;
    case 4:
      return `((fn [x & y] ${form()}) ${args(random, depth, 3)})`;
    case 5:
      return `(do ${args(random, depth, 4)})`;
    case 6:
      return `(def x ${form()})`;
    case 7:
      return `(query ${args(random, depth, 2)})`;
    case 8:
      return `(try ${args(random, depth, 3)})`;
    case 9:
      return `(eval '${form()})`;
    case 10:
      return `(map (fn [x] ${form()}) ${form()})`;
    case 11:
      return `(reduce (fn [acc x] ${form()}) ${form()} ${form()})`;
    case 12:
      return `(deploy '(do (defn f ^:callable [x] ${form()})))`;
    case 13:
      return `(call ${form()} ${form()} (f ${args(random, depth, 2)}))`;
    case 14:
      return `(let [a (deploy '(defn f ^:callable [x] ${form()}))] (call a 10 (f ${form()})))`;
    case 15:
      return `\`(~${form()} ${form()} [~${form()}])`;
    case 16:
      return `(cond ${args(random, depth, 5)})`;
    default:
      return `(dotimes [i ${random.length(200)}] ${form()})`;
  }
}

/** Source text of one form. */
export function someForm(random: CaseRandom, depth = DEEPEST): string {
  if (depth <= 0 || random.oneIn(5)) return random.pick(random.oneIn(6) ? BIG : ATOMS);
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return special(random, depth);
    case 3:
      return `(${random.pick(LIBRARY)} ${args(random, depth, 4)})`;
    case 4:
      return `[${args(random, depth, 4)}]`;
    case 5:
      return random.oneIn(2)
        ? `#{${args(random, depth, 3)}}`
        : `{${someForm(random, depth - 1)} ${someForm(random, depth - 1)}}`;
    default:
      return `(${random.pick(FUNCTIONS)} ${args(random, depth, 4)})`;
  }
}
