// The compiler (sheet 02 §8): juice totals of §18, symbol resolution, special forms.

import { describe, expect, test } from "bun:test";
import { compiled, juiceOf, messageOf, outcomeText, ran, run } from "../small-state.ts";

describe("juice of compiling and executing (§18)", () => {
  const totals: readonly (readonly [source: string, compile: number, execute: number])[] = [
    ["1", 70, 5],
    ["(inc 1)", 460, 30],
    ["(+ 1 2)", 530, 51],
    ["(do 1 2)", 480, 15],
    ["foo", 90, 45],
    ["*caller*", 40, 10],
  ];
  for (const [source, compile, execute] of totals) {
    test(source, () => expect(juiceOf(source)).toEqual({ compile, execute }));
  }

  test("code that is deployed is compiled when it runs", () => {
    expect(juiceOf("(deploy '(def a 1))").execute).toBe(1565);
  });

  test("forms around one op or none still cost a node", () => {
    // Expansion: the head 40, each element 40, the list 100.
    expect(juiceOf("(do)")).toEqual({ compile: 140 + 200, execute: 5 });
    expect(juiceOf("(try)")).toEqual({ compile: 140 + 200, execute: 5 });
    expect(juiceOf("(do 1)")).toEqual({ compile: 180 + 230, execute: 5 });
    expect(juiceOf("(query)")).toEqual({ compile: 140 + 200, execute: 10 });
  });

  test("a function costs a node for each arity, and one more for several", () => {
    const one = juiceOf("(fn [] 1)").compile;
    const wrapped = juiceOf("(fn ([] 1))").compile;
    // Another list to expand (its 100), and the MultiFn.
    expect(wrapped - one).toBe(100 + 200);
  });

  test("set! of what may be defined costs the three ops it becomes", () => {
    const local = juiceOf("(let [x 1] (set! x 2))").compile;
    const dynamic = juiceOf("(let [y 1] (set! x 2))").compile;
    expect(dynamic - local).toBe(400);
  });
});

describe("symbols", () => {
  test("a local comes before a special, a special before the environment", () => {
    expect(run("(let [*caller* 7] *caller*)")).toBe("7");
    expect(run("(do (def *caller* 7) (eval '*caller*))")).toBe("nil");
  });

  test("#%name is a native function, whatever is defined", () => {
    expect(run("(do (def count 7) (eval '(#%count [1 2])))")).toBe("2");
    expect(compiled("#%count")).toBe("c0b0ed8137");
    expect(compiled("#%nothing")).toStartWith("c1");
  });

  test("static definitions are constants, others lookups at the account that has them", () => {
    expect(compiled("inc")).toBe("c0b0ed8104");
    // *lang* is defined in #8 without :static.
    expect(compiled("*lang*")).toBe("c1c0b0ea0832062a6c616e672a");
    expect(compiled("nothing")).toBe("c1c0b0ea0b32076e6f7468696e67");
  });

  test("T11: set and map literals call what the user's names mean, vectors do not", () => {
    expect(run("(do (def hash-set list) (def hash-map list) (eval '[#{1} {2 3}]))")).toBe(
      "[(1) (2 3)]",
    );
    expect(run("(do (def vector list) (eval '[1]))")).toBe("[1]");
  });

  test("elements of a set are compiled in reverse order", () => {
    const ctx = ran("(do (def hash-set vector) (def order (eval '#{1 2 3})) [order #{1 2 3}])");
    const value = outcomeText(ctx, ctx.result);
    const [, first = "", second = ""] = /\[\[(.*)\] #\{(.*)\}\]/.exec(value) ?? [];
    expect(first.split(" ").reverse()).toEqual(second.split(","));
  });
});

describe("special forms", () => {
  const cases: readonly (readonly [source: string, result: string])[] = [
    ["(def)", "error :COMPILE"],
    ["(def a 1 2)", "error :COMPILE"],
    ["(def 1 2)", "error :COMPILE"],
    ["(let)", "error :SYNTAX"],
    ["(let [a] a)", "error :SYNTAX"],
    ["(let (a 1) a)", "error :SYNTAX"],
    ["(let [a 1 a 2] a)", "2"],
    ["(let [])", "nil"],
    ["(fn)", "error :ARITY"],
    ["(fn 1)", "error :SYNTAX"],
    ["(fn ())", "error :ARITY"],
    ["(fn ([x] 1) ())", "error :ARITY"],
    ["(fn (()))", "error :SYNTAX"],
    ["(fn [1] 2)", "error :COMPILE"],
    ["(fn [x &] x)", "error :COMPILE"],
    ["(fn [& x & y] x)", "error :COMPILE"],
    ["(quote)", "error :ARITY"],
    ["(quasiquote 1)", "error :COMPILE"],
    ["(unquote)", "error :ARITY"],
    ["(lookup)", "error :ARITY"],
    ["(lookup 1 2 3)", "error :ARITY"],
    ["(lookup 'a)", "error :COMPILE"],
    ["(lookup 7 a)", "error :CAST"],
    ["(lookup #999 a)", "error :NOBODY"],
    ["(set! x)", "error :ARITY"],
    ["(set! 1 2)", "error :SYNTAX"],
    ["(set! ^{} x 2)", "error :SYNTAX"],
    ["(set! x 1)", "error :UNDECLARED"],
    ["(do (def x 1) (eval '(set! x 5)) x)", "5"],
    ["(cond)", "nil"],
    ["(cond nil 1)", "nil"],
    ["(cond nil 1 2)", "2"],
    ["()", "()"],
    ["{}", "{}"],
    ["^{:a 1} 7", "7"],
    ["'^{:a 1} x", "^{:a 1} x"],
    ["(let [x 3] ~(+ 1 2))", "3"],
  ];
  for (const [source, result] of cases) {
    test(source, () => expect(run(source)).toBe(result));
  }

  test("locals do not shadow special forms", () => {
    expect(run("(let [do 1] (do 2 3))")).toBe("3");
  });

  test("metadata of symbol and value are merged into the key", () => {
    expect(run("(do (def ^:a x ^:b 1) (lookup-meta 'x))")).toBe("{:a true,:b true}");
    expect(run("(do (def ^:a x 1) (def x 2) (lookup-meta 'x))")).toBe("{:a true}");
    expect(run("(do (def ^:a x 1) (def ^{} x 2) (lookup-meta 'x))")).toBe("{}");
    expect(run("(do (def x 5) (def x) x)")).toBe("5");
    expect(run("(do (def x) x)")).toBe("nil");
  });

  test("the scope leaks into code that runs while compiling", () => {
    expect(run("(let [x 1] ~(eval 'x))")).toBe("error :BOUNDS");
  });

  test("T19: a binding symbol with metadata compiles, and fails when it is bound", () => {
    expect(compiled("(let [^:a x 1] x)")).toStartWith("c2");
    expect(messageOf("(let [^:a x 1] x)")).toContain("type: Syntax");
    expect(run("((fn [^:a x] x) 1)")).toBe("error :COMPILE");
    expect(run("((fn ^:a [x] x) 1)")).toBe("1");
  });
});

describe("T20: compiling and expanding consume depth", () => {
  const nested = (levels: number) => `${"(do ".repeat(levels)}1${")".repeat(levels)}`;
  test("too deep a form is a :DEPTH error, which can be caught", () => {
    expect(run(nested(100))).toBe("1");
    expect(run(nested(300))).toBe("error :DEPTH");
    expect(run(`(try (eval '${nested(300)}) :caught)`)).toBe(":caught");
  });

  test("the deepest form that compiles", () => {
    // Expansion stands at 1 and goes one deeper for each level; compilation one more.
    const deepest = [252, 253, 254, 255].filter((levels) => run(nested(levels)) === "1");
    expect(deepest).toEqual([252, 253, 254]);
  });

  test("what unquote gives is expanded on the level of the unquote, and compiled one deeper", () => {
    const quoted = (levels: number) => `${"(unquote '".repeat(levels)}1${")".repeat(levels)}`;
    const deepest = [252, 253, 254, 255].filter((levels) => run(quoted(levels)) === "1");
    expect(deepest).toEqual([252, 253]);
    const depths = "(def ^{:expander true} level (fn [x e] *depth*))";
    expect(run(`(do ${depths} (eval '[(level) ~'(level) ~'~'(level)]))`)).toBe("[5 6 7]");
  });
});
