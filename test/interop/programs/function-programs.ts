// Every function and macro of the core with none to five arguments of all types, in the style of
// the reference's own tests, and such calls inside one another.

import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { times } from "./pieces.ts";

const MACROS = (
  "quote quasiquote def do let loop fn cond query set! try unquote defexpander defmacro macro define defn identity " +
  "expand-1 declare and or if if-let when when-not when-let account? actor? assert call comp create-account defined? " +
  "doc dotimes filter filterv for set-in! resolve import mapcat mapv schedule tailcall undef for-loop switch update " +
  "update-in dissoc-in coin-supply scope lookup lookup-meta *balance* *state* *juice* *address* *key* *env* *scope*"
).split(" ");

const FUNCTIONS = [...CORE_BY_NAME.keys(), ...MACROS];

/** Values of every type, and of every kind within a type that some function looks at. */
const VALUES = (
  "nil|true|false|0|1|-1|2|3|7|10|63|64|255|256|-128|4096|9223372036854775807|-9223372036854775808|9223372036854775808|" +
  "-9223372036854775809|18446744073709551616|123456789012345678901234567890|-123456789012345678901234567890|1.0|-2.5|0.0|" +
  "-0.0|##NaN|##Inf|##-Inf|1e300|5e-324|9.007199254740993E15|0.1|1e21|1e-7|\\a|\\newline|\\u20ac|(char 55296)|" +
  '""|"abc"|"hello world"|"é€"|"a,b,,c"|"0x12"|"12"|"-1.5"|"true"|:k|:foo|:é|(keyword "a b")|\'x|\'inc|\'foo/bar|' +
  "0x|0x00|0x80|0xcafebabe|0x008000000000000000|0xffffffffffffffffff|(hash 0x34)|*key*|#0|#8|#12|#13|#99999|" +
  "#9223372036854775807|[]|[1]|[1 2 3]|[:a :b]|[[1 2] [3 4]]|[#12 1]|[#12 nil]|'()|'(1 2 3)|'(+ 1 2)|'(1 nil)|{}|{:a 1}|" +
  "{1 2 3 4}|{:a {:b 2}}|{nil nil}|{true 1 false 2}|#{}|#{1 2 3}|#{:a}|#{nil}|#{true false}|(index)|(index 0x01 :a 0x02 :b)|" +
  "(index :a 1 'b 2)|(index #1 [#1 2])|(fn [x] x)|(fn [x y] (+ x y))|(fn [] 5)|(fn [& x] x)|(fn ([] 1) ([x] x) ([x y & z] z))|" +
  "inc|+|str|count|vector|apply|recur|halt|*address*|*balance*|*juice*|*caller*|*state*|(account #12)|(account #8)|" +
  "(get (get *state* :peers) *key*)|(syntax 'a {:m 1})|(syntax 1)|(syntax (syntax nil) {:static true})|(compile '(+ 1 2))|" +
  "(compile '(fn [x] x))|'(fn [x] x)|(encoding [1 2])|(encoding *state*)|(log 1 2)|(return 1)|(reduced 4)|(fail :X 7)|" +
  "(deploy '(defn f ^:callable [x] (inc x)))|(do (defn g ^:callable [& a] a) *address*)|(def z 1)|(do (def zz {1 2}) 'zz)|" +
  "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19]|(map inc [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19])|" +
  "(into #{} [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20])|(loop [i 0 m {}] (if (< i 20) (recur (inc i) (assoc m i i)) m))|" +
  '(loop [i 0 s "ab"] (if (< i 12) (recur (inc i) (str s s)) s))|(loop [i 0 s 0xab] (if (< i 13) (recur (inc i) (blob (str s s))) s))|' +
  "(loop [i 0 x 3] (if (< i 9) (recur (inc i) (* x x)) x))|(loop [i 0 x 7] (if (< i 13) (recur (inc i) (* x x)) x))|" +
  "#%count|#%map|(quote #Result {:id 1 :result 2})|'#[c0b01101]|'#[e601]|'#[e504]|'#[d003ea0c11011102]|" +
  "'#[d104ea0c1101ea0d1105]|'#[d304ea0c1101108000]|'#[d6021101" +
  "8000]|'#[d703108004101010108000]|'#[d4018400]|'#[b2]|'#[dd0511071101000000]|'#[df02b10a]|'#[e80a]|" +
  "'#[90fde5baa084c98f3275079625900dc2ff492391a72439187b19fd43978339b2f2fde5baa084c98f3275079625900dc2ff492391a72439187b19fd43978339b2f2" +
  "fde5baa084c98f3275079625900dc2ff492391a72439187b19fd43978339b2f21101]"
).split("|");

function value(random: CaseRandom, depth: number): string {
  return depth > 0 && random.oneIn(3) ? call(random, depth - 1) : random.pick(VALUES);
}

function call(random: CaseRandom, depth: number): string {
  const args = times(random.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5]), () => value(random, depth));
  return `(${random.pick(FUNCTIONS)} ${args})`;
}

/** All functions in turn, with arguments by chance. */
export function functionProgram(random: CaseRandom, index: number): Case {
  const name = FUNCTIONS[index % FUNCTIONS.length] as string;
  const n = Math.floor(index / FUNCTIONS.length) % 6;
  return expression(`(${name} ${times(n, () => random.pick(VALUES))})`);
}

/** Calls in calls, and what is left of them in the account. */
export function nestedProgram(random: CaseRandom): Case {
  const body = times(1 + random.below(3), () => call(random, 2));
  return expression(random.oneIn(3) ? `(do ${body})` : `[${body} *result* *juice*]`);
}

export function anyValue(random: CaseRandom): string {
  return random.pick(VALUES);
}
