// Macro expansion (sheet 02 §7).

import { describe, expect, test } from "bun:test";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { context, juiceOf, outcomeText, ran, run } from "../small-state.ts";

/** A macro that gives its first argument, unexpanded. */
const FIRST = "(def ^{:expander true} pick (fn [x e] (second x)))";
/** One that leaves the rest to its continuation. */
const AGAIN = "(def ^{:expander true} again (fn [x e] (tailcall* e (second x) e)))";

/** The initial expander, which is also its own continuation. */
const INITIAL = CORE_BY_NAME.get("*initial-expander*") ?? null;

function expandJuice(source: string): number {
  const ctx = context();
  ctx.expand(INITIAL, readForm(source), INITIAL);
  return ctx.juice;
}

describe("juice of the initial expander", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["1", 40],
    ["x", 40],
    ["()", 40],
    ["[]", 40],
    ["{}", 100],
    ["#{}", 100],
    ["#Index {}", 40],
    ["[1 2]", 180],
    ["(f 1)", 180],
    ["{1 2}", 180],
    ["#{1}", 140],
    ["^{:a 1} x", 80],
    ["^{:a 1} ^{:b 1} x", 80],
    ["(quote (f (f (f))))", 40],
  ];
  for (const [source, juice] of cases) {
    test(source, () => expect(expandJuice(source)).toBe(juice));
  }
});

describe("expander references", () => {
  const cases: readonly (readonly [string, string])[] = [
    [`(do ${FIRST} (expand '(pick (a b))))`, "(a b)"],
    [`(do ${FIRST} (expand '(pick (pick 1))))`, "(pick 1)"],
    [`(do ${FIRST} ${AGAIN} (expand '(again (pick 1))))`, "1"],
    [`(do ${FIRST} (expand '[(pick 1) {(pick 2) (pick 3)} #{(pick 4)}]))`, "[1 {2 3} #{4}]"],
    [`(do ${FIRST} (expand '((lookup pick) 1)))`, "1"],
    [`(do ${FIRST} (expand '((lookup #11 pick) 1)))`, "1"],
    [`(do ${FIRST} (def me *address*) (expand '(me/pick 1)))`, "1"],
    [`(do ${FIRST} (expand '((lookup #11 #11 pick) 1)))`, "((lookup #11 #11 pick) 1)"],
    [`(do ${FIRST} (expand '((lookup) 1)))`, "((lookup) 1)"],
    [`(do ${FIRST} (expand '((lookup :x pick) 1)))`, "((lookup :x pick) 1)"],
    [`(do ${FIRST} (expand '((lookup #99 pick) 1)))`, "((lookup #99 pick) 1)"],
    [`(do ${FIRST} (expand '(^:x pick 1)))`, "1"],
    [`(do ${FIRST} (expand '(^:x (lookup pick) 1)))`, "1"],
    // Metadata within a lookup hides the expander.
    [`(do ${FIRST} (expand '((lookup ^:x pick) 1)))`, "((lookup ^{:x true} pick) 1)"],
    [`(do ${FIRST} (expand '((^:x lookup pick) 1)))`, "((^{:x true} lookup pick) 1)"],
    [`(do ${FIRST} (expand '((lookup ^:x #11 pick) 1)))`, "((lookup ^{:x true} #11 pick) 1)"],
    // A map is looked up by the form, with the continuation as default.
    ["(do (def ^{:expander true} m {}) (expand '(m 1)))", "*initial-expander*"],
    ["(do (def ^{:expander true} m 7) (expand '(m 1)))", "(m 1)"],
    ["(do (def ^{:expander nil} m (fn [x e] 1)) (expand '(m 1)))", "(m 1)"],
    [`(do ${FIRST} (def pick 1) (expand '(pick 2)))`, "(pick 2)"],
  ];
  for (const [source, result] of cases) {
    test(source, () => expect(run(source)).toBe(result));
  }
});

test("metadata of the form goes over that of the expansion", () => {
  expect(run(`(do ${FIRST} (expand '^{:a 1 :b 1} (pick ^{:b 2 :c 2} x)))`)).toBe(
    "^{:c 2,:a 1,:b 1} x",
  );
});

test("elements are handed to the continuation", () => {
  expect(run("(expand '[1 2] *initial-expander* (fn [x e] [x]))")).toBe("[[1] [2]]");
  expect(run("(expand 1 (fn [x e] [x (fn? e)]))")).toBe("[1 true]");
  expect(run("(*initial-expander* 1)")).toBe("error :ARITY");
  expect(run("(*initial-expander* 1 :k)")).toBe("error :CAST");
});

test("an unchanged form stays the same object", () => {
  const ctx = context();
  const form = readForm("(f [1 2] {:a 1})");
  expect(outcomeText(ctx, ctx.expand(INITIAL, form, INITIAL))).toBe("(f [1 2] {:a 1})");
  const list = readForm("(f [1 2])");
  expect(ctx.expand(INITIAL, list, INITIAL)).toBe(list);
});

test("T20: every expansion is one deeper", () => {
  const nested = (levels: number) => readForm(`${"[".repeat(levels)}1${"]".repeat(levels)}`);
  const ctx = context();
  expect(outcomeText(ctx, ctx.expand(INITIAL, nested(255), INITIAL))).toStartWith("[[");
  expect(outcomeText(ctx, ctx.expand(INITIAL, nested(256), INITIAL))).toBe("error :DEPTH");
  expect(ctx.depth).toBe(0);
});

test("Syntax in Syntax is no danger to the stack", () => {
  const hex = `${"88".repeat(60)}1101${"00".repeat(60)}`;
  expect(run(`(do '#[${hex}] 1)`)).toBe("1");
  expect(juiceOf(`#[${hex}]`).compile).toBe(40 * 61 + 30);
  expect(ran("1").juice).toBe(75);
});
