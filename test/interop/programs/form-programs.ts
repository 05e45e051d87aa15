// Special forms and macros: bindings, loops, recursion, branches, quotation, metadata, errors and
// exits, calls between accounts.

import type { CaseRandom } from "../../fuzz/random.ts";
import { type Case, expression } from "./case.ts";
import { anyValue } from "./function-programs.ts";
import { oneOf, type Piece, times } from "./pieces.ts";

type Form = (random: CaseRandom, depth: number) => string;

const NAMES = ["a", "b", "c", "x", "&", "_", "inc", "f"];
const name = (random: CaseRandom): string =>
  random.oneIn(8) ? random.pick(NAMES) : random.pick(["a", "b", "c"]);

function form(random: CaseRandom, depth: number): string {
  if (depth <= 0) {
    if (random.oneIn(2))
      return random.pick(["a", "b", "c", "1", "2", "nil", "true", ":k", "[]", "*result*", "x"]);
    return random.oneIn(3)
      ? anyValue(random)
      : random.pick(["(inc 1)", "(str a)", "[a b]", "{:k a}", "#{a}", "'(a)"]);
  }
  return random.pick(FORMS)(random, depth - 1);
}

const META: readonly Piece[] = [
  () => "^:static",
  () => "^:private?",
  () => "^:callable",
  () => "^{:static true}",
  () => '^{:callable true :doc {:description "d"}}',
  () => "^{:callable #13}",
  () => "^{:expander true}",
  () => "^{:private? 1}",
  () => "^foo",
  () => "^{}",
  () => "^nil",
];

const meta = (random: CaseRandom): string => (random.oneIn(3) ? `${oneOf(random, META)} ` : "");
const bindingForm = (random: CaseRandom): string =>
  random.pick([
    name(random),
    `[${name(random)} ${name(random)}]`,
    `[a & b]`,
    "[& a]",
    "[a & b c]",
    "[[a] b]",
    "[]",
    "_",
    "nil",
    ":k",
    "[a _ & c]",
  ]);
const params = (random: CaseRandom): string =>
  random.pick([
    "[]",
    "[a]",
    "[a b]",
    "[& a]",
    "[a & b]",
    "[a & b c]",
    "[_ a]",
    "[[a b] c]",
    "[a a]",
    "nil",
    "[&]",
    "[a &]",
    "[:k]",
  ]);

const FORMS: readonly Form[] = [
  (r, d) => `(let [${bindingForm(r)} ${form(r, d)}] ${form(r, d)})`,
  (r, d) => `(let [${name(r)} ${form(r, d)} ${name(r)} ${form(r, d)}] ${form(r, d)} ${form(r, d)})`,
  (r, d) => `(let [${name(r)}] ${form(r, d)})`,
  (r, d) =>
    `(loop [${name(r)} ${r.below(6)} b ${form(r, d)}] (if (> a 0) (recur (dec a) ${form(r, d)}) b))`,
  (r, d) => `(loop [${name(r)} ${form(r, d)}] ${form(r, d)})`,
  (r, d) => `(fn ${params(r)} ${form(r, d)})`,
  (r, d) => `((fn ${params(r)} ${form(r, d)}) ${times(r.below(4), () => form(r, d))})`,
  (r, d) =>
    `((fn (${params(r)} ${form(r, d)}) (${params(r)} ${form(r, d)})) ${times(r.below(4), () => form(r, d))})`,
  (r, d) =>
    `(do (defn ${meta(r)}f ${params(r)} ${form(r, d)}) (f ${times(r.below(4), () => form(r, d))}))`,
  (r, d) =>
    `(do (defn f ${params(r)} ${form(r, d)} (recur ${times(r.below(3), () => form(r, 0))})) (f 1))`,
  (r, d) => `(do (def ${meta(r)}${name(r)} ${form(r, d)}) ${form(r, d)})`,
  (r, d) => `(do (def ${meta(r)}x) ${form(r, d)} (meta 'x) (lookup-meta x))`,
  (r, d) =>
    `(do (defmacro m ${params(r)} ${form(r, d)}) (m ${times(r.below(3), () => form(r, d))}))`,
  (r, d) =>
    `(do (defexpander e [x e] ${r.pick(["(e x e)", "x", "(list 'quote x)", form(r, d)])}) (e ${form(r, d)}))`,
  (r, d) => `(macroexpand ${form(r, d)})`,
  (r, d) => `(expand '${form(r, d)})`,
  (r, d) => `(expand '${form(r, d)} (fn [x e] x))`,
  (r, d) => `(expand-1 '${form(r, d)})`,
  (r, d) => `(eval '${form(r, d)})`,
  (r, d) => `(eval (list 'let ['a ${form(r, d)}] '${form(r, d)}))`,
  (r, d) => `(compile '${form(r, d)})`,
  (r, d) => `\`${template(r, d)}`,
  (r, d) => `(eval \`${template(r, d)})`,
  (r, d) => `\`(a \`(b ~(c ~${form(r, d)}) ~@[${form(r, d)}]))`,
  (r, d) => `(quote ${template(r, d)})`,
  (r, d) => `(if ${times(r.below(5), () => form(r, d))})`,
  (r, d) => `(cond ${times(r.below(6), () => form(r, d))})`,
  (r, d) => `(switch ${times(r.below(7), () => form(r, d))})`,
  (r, d) =>
    `(${r.pick(["and", "or", "when", "when-not", "do", "assert", "try", "query", "declare"])} ${times(r.below(4), () => form(r, d))})`,
  (r, d) =>
    `(${r.pick(["if-let", "when-let"])} [${r.pick(["a", "[a b]", "", "a 1 b"])} ${form(r, d)}] ${form(r, d)} ${form(r, d)})`,
  (r, d) =>
    `(dotimes [${name(r)} ${r.pick(["3", "0", "-1", "2.5", '"2"', "a", "0x02", "\\a"])}] ${form(r, d)})`,
  (r, d) => `(for [${name(r)} ${form(r, d)}] ${form(r, d)})`,
  (r, d) => `(for-loop [i 0 (< i ${r.below(4)}) (inc i)] ${form(r, d)})`,
  (r, d) => `(set! ${name(r)} ${form(r, d)})`,
  (r, d) => `(let [a ${form(r, d)}] (set! a ${form(r, d)}) (fn [] a))`,
  (r, d) => `(let [a 1] (map (fn [x] (set! a x) a) ${form(r, d)}))`,
  (r, d) => `(reduce (fn [a b] ${form(r, d)}) ${form(r, d)} ${form(r, d)})`,
  (r, d) => `(map (fn [a] ${form(r, d)}) ${form(r, d)} ${r.pick(["", "[1 2]"])})`,
  (r, d) => `(filter (fn [a] ${form(r, d)}) ${form(r, d)})`,
  (r, d) => `(mapcat (fn [a] [a ${form(r, d)}]) ${form(r, d)})`,
  (r, d) => `(apply (fn ${params(r)} ${form(r, d)}) ${form(r, d)})`,
  (r, d) => `(comp ${times(r.below(4), () => form(r, d))})`,
  (r, d) => `(update ${form(r, d)} ${form(r, d)} (fn [a] ${form(r, d)}))`,
  (r, d) => `(update-in {:a {:k 1}} [:a :k] ${form(r, d)})`,
  (r, d) =>
    `(${r.pick(["return", "halt", "rollback", "reduced", "recur", "fail", "log", "tailcall"])} ${form(r, d)})`,
  (r, d) => `(fail ${form(r, d)} ${form(r, d)})`,
  (r, d) => `(try ${form(r, d)} (do (log *result*) ${form(r, d)}))`,
  (r, d) => `(try (do (def q ${form(r, d)}) (fail 1)) [q ${form(r, d)}])`,
  (r, d) =>
    `(let [t (deploy '(do (defn f ^:callable ${params(r)} ${form(r, d)}) (def s ${form(r, d)})))] (call t (f ${times(r.below(3), () => form(r, d))})))`,
  (r, d) =>
    `(let [t (deploy '(do (def s 1) (defn f ^:callable [a] (def s a) (accept *offer*) ${form(r, d)})))] [(call t ${r.pick(["0", "100", "-1", ""])} (f ${form(r, d)})) (lookup t s) t/s *balance*])`,
  (r, d) => `(let [t (deploy '(set-controller *caller*))] (eval-as t '${form(r, d)}))`,
  (r, d) => `(query-as ${r.pick(["*address*", "#13", "#8", "#999999", "1"])} '${form(r, d)})`,
  (r, d) =>
    `(call* ${r.pick(["*address*", "#9", "[*address* 1]", "#999999"])} ${r.below(3)} '${name(r)} ${form(r, d)})`,
  (r, d) =>
    `(${r.pick(["defined?", "undef", "doc", "lookup-meta", "resolve", "import"])} ${r.pick([name(r), `'${name(r)}`, "#8/count", form(r, d)])})`,
  (r, d) =>
    `(${r.pick(["lookup", "get-holding", "callable?", "account", "account?", "actor?"])} ${times(1 + r.below(2), () => form(r, d))})`,
  (r, d) => `(do (set-holding #13 ${form(r, d)}) (get-holding #13))`,
  (r) =>
    `${r.pick(["#8", "#12", "*address*", "#999999", "foo"])}/${r.pick(["count", "a", "if", "f", "*lang*", "nope"])}`,
  (r, d) => `(syntax ${form(r, d)} ${r.pick(["{}", "nil", "{:a 1}", form(r, d)])})`,
  (r, d) =>
    `(${r.pick(["meta", "unsyntax", "syntax?"])} ${r.pick(["'", ""])}${meta(r)}${form(r, d)})`,
  (r, d) => `[${times(r.below(4), () => form(r, d))}]`,
  (r, d) => `#{${form(r, d)}}`,
  (r, d) => `{${form(r, d)} ${form(r, d)}}`,
  (r, d) => `(${form(r, d)} ${times(r.below(3), () => form(r, d))})`,
  (r, d) => `(-> ${times(1 + r.below(3), () => form(r, d))})`,
  (r, d) => `(->> ${times(1 + r.below(3), () => form(r, d))})`,
  (r, d) => `(schedule (+ *timestamp* ${r.pick(["1000", "0", "-5", "1.5"])}) ${form(r, d)})`,
  (r, d) => `(do (def *lang* (fn [x] ${form(r, d)})) ${form(r, d)})`,
];

function template(random: CaseRandom, depth: number): string {
  const part = (): string => (depth <= 0 ? form(random, 0) : template(random, depth - 1));
  const shape = random.pick([
    "(% %)",
    "[% %]",
    "{% %}",
    "#{%}",
    "~%",
    "~@%",
    "(unquote %)",
    "(unquote)",
    "^:m %",
    "'%",
    "~~%",
    "(quasiquote %)",
    "%",
    "(% ~@% %)",
  ]);
  return shape.replaceAll("%", part);
}

export function formProgram(random: CaseRandom): Case {
  const source = form(random, 1 + random.below(4));
  return expression(random.oneIn(2) ? `(let [a 1 b [2 3] c {:k "v"}] ${source})` : source);
}
