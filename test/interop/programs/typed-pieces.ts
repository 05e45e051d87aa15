// How typed programs get a value of each type: a text in which `%type` stands for an expression of
// that type, or a function where names are bound.

import type { TypedMaker } from "./typed-programs.ts";

export const TYPES = [
  "int",
  "num",
  "bool",
  "text",
  "blob",
  "key",
  "name",
  "vec",
  "list",
  "set",
  "map",
  "index",
  "coll",
  "fn",
  "fold",
  "form",
  "address",
  "syntax",
  "any",
] as const;

export type Type = (typeof TYPES)[number];
export type Producer = string | ((maker: TypedMaker, depth: number) => string);

interface Producers {
  /** Of depth 0. */
  readonly leaves: readonly Producer[];
  readonly calls: readonly Producer[];
}

/** Binds a value of a type chosen by chance to a name within an expression of a type. */
const bound =
  (type: Type): Producer =>
  (m, d) => {
    const inner = m.random.pick(TYPES);
    const value = m.make(inner, d);
    return m.within([inner], ([x]) => `(let [${x} ${value}] ${m.make(type, d)})`);
  };

const parts =
  (type: Type): Producer =>
  (m, d) => {
    const value = m.make("coll", d);
    return m.within(["any", "vec"], ([a, b]) => {
      const form = m.random.pick([
        `[${a} & ${b}]`,
        `[& ${b}]`,
        `[_ & ${b}]`,
        `[${a} & ${b} _]`,
        `[[${a} & ${b}]]`,
      ]);
      return `(let [${form} ${value}] ${m.make(type, d)})`;
    });
  };

const loop =
  (type: Type): Producer =>
  (m, d) => {
    const start = m.make(type, d);
    const end = m.random.pick([1, 2, 3, 5, 17, 40]);
    return m.within(["int", type], ([i, x]) => {
      const step = m.make(type, d);
      return `(loop [${i} 0 ${x} ${start}] (if (< ${i} ${end}) (recur (inc ${i}) ${step}) ${x}))`;
    });
  };

const fold =
  (type: Type): Producer =>
  (m, d) => {
    const [start, over] = [m.make(type, d), m.make("coll", d)];
    const fn = m.within([type, "any"], ([a, b]) => `(fn [${a} ${b}] ${m.make(type, d)})`);
    const kept = m.within([type, "vec"], ([a, b]) => `(fn [${a} & ${b}] ${m.make(type, d)})`);
    const whole = m.within(["vec"], ([a]) => `(fn [& ${a}] ${m.make(type, d)})`);
    return `(reduce ${m.random.pick([fn, fn, kept, kept, whole])} ${start} ${over})`;
  };

const shared = (type: Type): Producer[] => [
  bound(type),
  bound(type),
  parts(type),
  loop(type),
  fold(type),
  fold(type),
  `(if %bool %${type} %${type})`,
  `(cond %bool %${type} %bool %${type} %${type})`,
  `(do %any %${type})`,
  `(try %any %${type})`,
  `(try (do (def q %any) (fail %key %any)) %${type})`,
  `(query (def q %any) %${type})`,
  `(do (def d${type} %${type}) d${type})`,
  `(first [%${type} %any])`,
  `(get {:a %${type}} :a)`,
  `(get-in {:a [%any %${type}]} [:a 1])`,
  `(eval (list 'quote %${type}))`,
  `(eval (quote %${type}))`,
  `(call* (deploy '(defn f ^:callable [& a] (first a))) 0 'f %${type})`,
  `(eval-as (deploy '(set-controller *caller*)) (list 'quote %${type}))`,
  `(query-as #13 (list 'do (list 'def 'q (list 'quote %any)) (list 'quote %${type})))`,
  `(last (log %any %${type}))`,
  `(or nil %${type})`,
  `(and true %${type})`,
  `(when-let [z %${type}] z)`,
  `(switch %any 1 %${type} %any %${type} %${type})`,
  `(apply (fn [a & b] a) %${type} %coll)`,
  `((fn ([] nil) ([a] a) ([a & b] a)) %${type})`,
  `((comp (fn [z] z) (fn [z] z)) %${type})`,
  `(let [z nil] (set! z %${type}) z)`,
  `(unsyntax (syntax %${type} %map))`,
  `(do (set-holding #12 %${type}) (get-holding #12))`,
  `(do %${type} *result*)`,
  `(for-loop [i 0 (< i 3) (inc i)] %${type})`,
  `(nth (for [z %coll] %${type}) 0)`,
];

const unaryFn: Producer = (m, d) =>
  m.within(["any"], ([x]) => `(fn [${x}] ${m.make(m.random.pick(TYPES), d)})`);
const keptFn: Producer = (m, d) => {
  const type = m.random.pick(TYPES);
  return m.within(["any", "vec"], ([a, b]) =>
    m.random.pick([
      () => `(fn [${a} & ${b}] ${m.make(type, d)})`,
      () => `(fn [${a} & ${b}] (fn [] [${a} ${b}]))`,
      () => `(fn [${a} & ${b}] [${a} ${b}])`,
      () => `(fn [& ${b}] (conj [] ${b}))`,
      () => `(fn [& ${b}] (let [[${a}] ${b}] (vector ${a} ${b})))`,
    ])(),
  );
};

const several = (open: string, type: string, close: string): Producer[] =>
  [0, 1, 2, 3, 4].map((n) => `${open}${Array(n).fill(`%${type}`).join(" ")}${close}`);

const range =
  (empty: string, step: string): Producer =>
  (m) => {
    const n = m.random.pick([1, 2, 5, 8, 15, 16, 17, 18, 31, 32, 33, 40, 64, 100]);
    return `(loop [i 0 v ${empty}] (if (< i ${n}) (recur (inc i) ${step}) v))`;
  };

export const PRODUCERS: Readonly<Record<Type, Producers>> = {
  int: {
    leaves: ["0", "1", "2", "3", "-1", "7", "15", "16", "17", "100", "255", "9223372036854775807"],
    calls: [
      "(count %coll)",
      "(count %text)",
      "(count %blob)",
      "(+ %int %int)",
      "(- %int %int)",
      "(* %int %int)",
      "(inc %int)",
      "(dec %int)",
      "(mod %int 7)",
      "(quot %int %int)",
      "(rem %int %int)",
      "(div %int %int)",
      "(abs %int)",
      "(signum %int)",
      "(max %int %int)",
      "(min %int %int %int)",
      "(long %num)",
      "(int %blob)",
      "(byte %int)",
      "(bit-and %int %int)",
      "(bit-xor %int %int)",
      "(bit-not %int)",
      "(reduce + 0 %vec)",
      "(apply + %vec)",
      "*juice*",
      "*depth*",
      "*balance*",
      "(get-stake *key* %address)",
      "(balance %address)",
      "(transfer %address 10)",
      "(set-memory (+ *memory* %int))",
      ...shared("int"),
    ],
  },
  num: {
    leaves: ["1.5", "-0.0", "0.1", "1e21", "1e-7", "##NaN", "##Inf", "123456.789", "5"],
    calls: [
      "(/ %num %num)",
      "(* 1.0 %int)",
      "(sqrt %num)",
      "(double %int)",
      "(floor %num)",
      "(pow %num %num)",
      "(exp %num)",
      "(+ %num %int)",
      "(- %num)",
      ...shared("num"),
    ],
  },
  bool: {
    leaves: ["true", "false"],
    calls: [
      "(= %any %any)",
      "(= %coll %coll)",
      "(< %num %int)",
      "(<= %int %int %int)",
      "(== %num %num)",
      "(not %any)",
      "(empty? %coll)",
      "(contains-key? %map %key)",
      "(contains-key? %coll %any)",
      "(subset? %set %set)",
      "(vector? %any)",
      "(fn? %any)",
      "(callable? %address %name)",
      "(set? %coll)",
      "(syntax? %any)",
      "(account? %address)",
      "(actor? %address)",
      "(nil? %any)",
      "(boolean %any)",
      ...shared("bool"),
    ],
  },
  text: {
    leaves: ['""', '"a"', '"hello"', '"a,b,,c"', '"é€"', '"61ff"', '"foo bar"', '"\\"q\\n"'],
    calls: [
      "(str %any)",
      "(str %text %text)",
      "(str %int %key %name)",
      "(print %any)",
      "(print %form)",
      "(str %fn)",
      "(str %coll)",
      "(name %key)",
      "(join (map str %coll) \\,)",
      "(slice %text 0 1)",
      "(slice %text 1)",
      "(str (nth %text 0) %syntax)",
      ...shared("text"),
    ],
  },
  blob: {
    leaves: ["0x", "0x00", "0x12", "0x1234", "0xffff", "*key*", "0x008000000000000000"],
    calls: [
      "(blob %int)",
      "(blob %text)",
      "(blob %address)",
      "(blob (str %blob %blob))",
      "(hash %blob)",
      "(sha256 %blob)",
      "(encoding %any)",
      "(encoding %coll)",
      "(slice %blob 0 1)",
      "(slice %blob 1)",
      "(blob %key)",
      ...shared("blob"),
    ],
  },
  key: {
    leaves: [":a", ":b", ":foo", ":k1", ":static", ":callable"],
    calls: ["(keyword %text)", "(keyword %name)", "(first (keys %map))", ...shared("key")],
  },
  name: {
    leaves: ["'a", "'foo", "'x", "'count", "'if"],
    calls: ["(symbol %text)", "(symbol %key)", "(first %form)", ...shared("name")],
  },
  vec: {
    leaves: ["[]", "[1]", "[1 2 3]", "[[:a 1] [:b 2]]", "[nil]", range("[]", "(conj v i)")],
    calls: [
      ...several("[", "any", "]"),
      ...several("(vector ", "any", ")"),
      "(conj %vec %any)",
      "(conj %vec %vec %coll)",
      "(assoc %vec 0 %any)",
      "(concat %vec %coll)",
      "(into %vec %coll)",
      "(map %fn %vec)",
      "(map %fold %vec %coll)",
      "(mapv %fn %coll)",
      "(vec %coll)",
      "(vec %text)",
      "(filter %fn %vec)",
      "(filterv (fn [z] %bool) %coll)",
      "(for [z %coll] [z %any])",
      "(next %vec)",
      "(slice %vec 1)",
      "(slice %vec 0 2)",
      "(slice %vec 0 16)",
      "(reverse %list)",
      "(keys %map)",
      "(values %map)",
      "(split %text \\,)",
      "(apply vector %coll)",
      "(mapcat (fn [z] [z z]) %vec)",
      "(update %vec 0 %fn)",
      "(reduce conj %vec %coll)",
      "(reduce (fn [a & z] (conj a z)) %vec %coll)",
      "(reduce (fn [a & z] [a z]) %any %coll)",
      "(map vector %coll %coll)",
      "((fn [& z] z) %any %any %any)",
      "(first (vec %map))",
      "(log %any %any)",
      "(quote [a %form b])",
      range("[]", "(conj v [i v])"),
      ...shared("vec"),
    ],
  },
  list: {
    leaves: ["()", "'(1)", "'(1 2 3)", "(list nil)", range("()", "(conj v i)")],
    calls: [
      ...several("(list ", "any", ")"),
      "(cons %any %coll)",
      "(cons %any %any %list)",
      "(conj %list %any)",
      "(concat %list %coll)",
      "(into %list %coll)",
      "(map %fn %list)",
      "(map %fold %list %coll)",
      "(filter %fn %list)",
      "(next %list)",
      "(reverse %vec)",
      "(slice %list 1)",
      "(assoc %list 0 %any)",
      "(reduce (fn [a & z] (cons z a)) %list %coll)",
      "(apply list %coll)",
      ...shared("list"),
    ],
  },
  set: {
    leaves: ["#{}", "#{1}", "#{1 2 3}", "#{:a nil}", range("#{}", "(conj v i)")],
    calls: [
      ...several("#{", "any", "}"),
      "(set %coll)",
      "(set %text)",
      "(conj %set %any)",
      "(conj %set %coll)",
      "(disj %set %any)",
      "(disj %set %any %int)",
      "(union %set %set)",
      "(union %set %set %set)",
      "(intersection %set %set)",
      "(difference %set %set)",
      "(difference %set %set %set)",
      "(into %set %coll)",
      "(map %fn %set)",
      "(filter %fn %set)",
      "(slice %set 0 2)",
      "(assoc %set %any true)",
      "(assoc %set %any false)",
      "(hash-set %any %any %any)",
      "(empty %set)",
      "(reduce (fn [a & z] (conj a (str z))) %set %coll)",
      ...shared("set"),
    ],
  },
  map: {
    leaves: ["{}", "{:a 1}", "{1 2 3 4}", "{nil nil}", range("{}", "(assoc v i [i])")],
    calls: [
      "{%any %any}",
      "(hash-map %any %any %key %any)",
      "(assoc %map %any %any)",
      "(assoc %map %coll %any)",
      "(dissoc %map %any)",
      "(merge %map %map)",
      "(merge %index %map)",
      "(conj %map [%any %any])",
      "(into %map %map)",
      "(into {} (map vector %coll %coll))",
      "(assoc-in %map [%key %any] %any)",
      "(update %map %key %fn)",
      "(update-in %map [:a :b] %fn)",
      "(dissoc-in %map [%key %key])",
      "(map (fn [z] z) %map)",
      "(filter %fn %map)",
      "(slice %map 0 1)",
      "(meta %syntax)",
      "(reduce (fn [a & z] (assoc a (first z) z)) %map %coll)",
      "(account %address)",
      "*env*",
      "(lookup-meta %name)",
      ...shared("map"),
    ],
  },
  index: {
    leaves: ["(index)", "(index 0x12 1)", '(index "a" 1 :a 2)', "(index #12 3 0x 4)"],
    calls: [
      "(index %blob %any)",
      "(index %blob %any %text %any %address %any)",
      "(assoc %index %blob %any)",
      "(assoc %index %text %any)",
      "(assoc %index %address %any)",
      "(dissoc %index %blob)",
      "(dissoc %index %key)",
      "(conj %index [%blob %any])",
      "(into %index %index)",
      "(merge %index %index)",
      "(slice %index 0 1)",
      "(map (fn [z] z) %index)",
      "(filter %fn %index)",
      "*holdings*",
      range("(index)", "(assoc v (blob (* i 7)) i)"),
      range("(index)", "(assoc v (address (* i i)) i)"),
      ...shared("index"),
    ],
  },
  coll: {
    leaves: ["nil", "[1 2 3]", "#{1 2}", "{:a 1 :b 2}", "'(1 2)"],
    calls: [
      "%vec",
      "%vec",
      "%list",
      "%set",
      "%map",
      "%index",
      "%form",
      "(next %coll)",
      "(empty %coll)",
    ],
  },
  fn: {
    leaves: ["inc", "str", "count", "vector", "(fn [z] z)", "(fn [z] true)", ":a", "list", "first"],
    calls: [
      unaryFn,
      unaryFn,
      keptFn,
      keptFn,
      "%map",
      "%set",
      "(comp %fn %fn)",
      "%key",
      ...shared("fn"),
    ],
  },
  fold: {
    leaves: ["vector", "+", "conj", "list", "str", "(fn [a & b] b)", "(fn [& b] b)", "hash-map"],
    calls: [
      (m, d) => m.within(["any", "any"], ([a, b]) => `(fn [${a} ${b}] ${m.make("any", d)})`),
      (m, d) => m.within(["any", "vec"], ([a, b]) => `(fn [${a} & ${b}] ${m.make("vec", d)})`),
      (m, d) => m.within(["vec"], ([a]) => `(fn [& ${a}] ${m.make("coll", d)})`),
      keptFn,
      "%fn",
    ],
  },
  form: {
    leaves: ["'(+ 1 2)", "'x", "'(fn [x] x)", "'[a b]", "'(if a b c)", "'(def zz 1)", "'(inc zz)"],
    calls: [
      "(list 'quote %any)",
      "(list '+ %int %int)",
      "(list 'vector %form %form)",
      "(list 'let (vector 'a %form) 'a)",
      "(list 'if %form %form %form)",
      "(list 'do %form %form)",
      "(list (list 'fn (vector 'a) %form) %form)",
      "(list 'defn %name '[x] %form)",
      "(list 'def %name %form)",
      "(list %name %form)",
      "(compile %form)",
      "(expand %form)",
      "(expand-1 %form)",
      "(quote %form)",
      "`(a ~%any b)",
      "`[~%any (c ~%form)]",
      "(syntax %form %map)",
      "(list 'for (vector 'a %form) 'a)",
      "(list 'cond %form %form)",
      "(list 'fn (vector %name '& 'r) 'r)",
      "(list 'set! %name %form)",
      "(list 'loop (vector 'a %form) '(if (< 3 (count [a])) (recur a) a))",
    ],
  },
  address: {
    leaves: ["#0", "#8", "#12", "#13", "*address*", "#99999", "*caller*"],
    calls: [
      "(address %int)",
      "(deploy %form)",
      "(deploy %form %form)",
      "(deploy (list 'do %form '(set-controller *caller*)))",
      "(deploy '(defn f ^:callable [x & y] (accept *offer*) [x y *caller* *scope*]))",
      "(create-account *key*)",
      "(import #9 :as z)",
      ...shared("address"),
    ],
  },
  syntax: {
    leaves: ["(syntax 1)", "(syntax 'a {:b 1})", "'^:foo x", "'^{:a 1} [x ^:b y]", "'^foo (x y)"],
    calls: [
      "(syntax %any)",
      "(syntax %any %map)",
      "(syntax %syntax %map)",
      "(syntax %form {:static true})",
      "(quote ^:foo %form)",
      "(expand %syntax)",
      ...shared("syntax"),
    ],
  },
  any: {
    leaves: ["nil", "1", ":a", '"s"', "0x12", "[]", "*result*", "\\a", "1.0"],
    calls: [
      ...TYPES.filter((type) => type !== "any").map((type) => `%${type}`),
      "(eval %form)",
      "(eval %form)",
      "(eval %syntax)",
      "(%fn %any)",
      "(%fold %any %any)",
      "(apply %fn %coll)",
      "(apply %fold %coll)",
      "(reduce %fold %any %coll)",
      "(reduce %fold %coll)",
      "(nth %coll %int)",
      "(get %coll %any)",
      "(get %coll %any %any)",
      "(get-in %coll [%any %any] %any)",
      "(first %coll)",
      "(second %coll)",
      "(last %coll)",
      "(%coll %int)",
      "(call %address 5 (f %any %any))",
      "(call [%address %any] 0 (f %any))",
      "(call* %address %int 'f %any)",
      "(eval-as %address %form)",
      "(query-as %address %form)",
      "(lookup %address f)",
      "(schedule (+ *timestamp* 10) (def q 1))",
      "(schedule* (+ *timestamp* %int) %form)",
      "(set-holding %address %any)",
      "(get-holding %address)",
      "(undef foo)",
      "(set-controller %address)",
      "(set-parent %address)",
      "(reduced %any)",
      "(return %any)",
      "(halt %any)",
      "(recur %any)",
      "(fail %key %any)",
      "(tailcall* %fn %any)",
      "(do (defmacro m [& z] %form) (m %form %any))",
      "(do (defexpander e [x e] %form) (e %any))",
      "(macro [x] %form)",
      "(assert %bool)",
      "(def ^:static foo %any)",
      "(def foo %any)",
      "(def ^{:a %any} foo %any)",
      "(defn foo [x & y] %any)",
      "(define zz %any)",
      "(dotimes [i 3] %any)",
      "(rollback %any)",
      "(doc %name)",
      "(reduce (fn [a b] (if %bool (reduced b) [a b])) %any %coll)",
      "(map (fn [& z] (do (def kept z) z)) %coll %coll)",
      "(do (reduce (fn [a & z] (do (def kept z) %any)) %any %coll) kept)",
      "(do (reduce (fn [a & z] (do (def kept [z (fn [] z)]) %any)) %any %coll) [kept ((last kept))])",
      "(((reduce (fn [f & z] (fn [] [z f])) nil %coll)))",
      "(try (reduce (fn [a & z] (if %bool (fail :e z) z)) %any %coll) *result*)",
      bound("any"),
      parts("any"),
    ],
  },
};
