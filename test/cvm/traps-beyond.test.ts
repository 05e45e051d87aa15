// Quirks of the reference that sheet 02 does not number, found by running mutated programs on both;
// by the numbers that docs/quirks.md gives them. By closures and by definition.

import { describe, expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { HostError } from "../../src/cvm/exits.ts";
import { context, decodeHex, outcomeText } from "./small-state.ts";

for (const runsDefinitions of [false, true]) {
  const evaluate = (source: string) => {
    const ctx = context({ runsDefinitions });
    const outcome = ctx.run(readForm(source));
    return { ctx, text: outcomeText(ctx, outcome) };
  };
  const run = (source: string) => evaluate(source).text;

  describe(runsDefinitions ? "by definition" : "as closures", () => {
    describe("T30: calling what is no function throws where `try` ran on the way to it", () => {
      for (const source of [
        "((try 5 2))",
        "((try (fail 1) 5))",
        "((do (try 5 6) 7))",
        "((query (try 5 6)))",
        "(((fn [] (try 5 6))))",
        "((eval '(try 5 6)))",
        "((cond (try nil 1) 2 (try 3 4)))",
        "((apply (fn [a] (try a 2)) [1]) 9)",
        "(try ((try 5 2)) :caught)",
        "((fn [n] (loop [i 0] (cond (< i n) (recur (inc i)) ((try i 2) 1)))) 3)",
      ]) {
        test(source, () => expect(() => run(source)).toThrow(HostError));
      }
      for (const [source, result] of [
        ["((try inc 1) 5)", "6"],
        ["((try :a 1) {:a 5})", "5"],
        ["(try (do (try 5 6) (7)) 9)", "9"],
        ["((query-as *address* '(try 5 6)))", "error :CAST"],
        ["((eval-as *address* '(try 5 6)))", "error :CAST"],
        ["((deploy '(try 5 6)))", "error :CAST"],
        ["((try))", "error :CAST"],
      ] as const) {
        test(`${source} does not`, () => expect(run(source)).toBe(result));
      }
      test("so it does where the expression has no printed form (T6)", () => {
        const execute = (hex: string) => () => {
          const ctx = context({ runsDefinitions });
          return outcomeText(ctx, ctx.run(decodeHex(hex)));
        };
        expect(execute("db02c0b01101c0b01102")()).toBe("error :CAST");
        expect(execute("db02c0b01101c2008000")).toThrow(HostError);
      });
    });

    describe("T31: `unquote` goes on with the context that `try` left", () => {
      test("what a branch did is undone and costs nothing", () => {
        const { ctx, text } = evaluate("(eval '(unquote (try (do (def x 1) (log 3) 5) 2)))");
        expect(text).toBe("5");
        expect(ctx.account().environment).toBeNull();
        expect(ctx.log.count).toBe(0);
        const juice = (source: string) => evaluate(source).ctx.juice;
        const cheap = juice("(eval '(unquote (try (query 1) 2)))");
        expect(juice("(eval '(unquote (try (query (hash 0x)) 2)))") - cheap).toBeLessThan(700);
      });
      test("what went before it stays, failed branches with their juice", () => {
        const { ctx, text } = evaluate("(eval '(unquote (do (def x 1) (try (fail :a 1) 5 2))))");
        expect(text).toBe("5");
        expect(ctx.account().environment?.count).toBe(1);
      });
      test("in an actor call nothing is left", () => {
        const call = "(call* (deploy '(def ^:callable f (fn [] (try (do (log 1) 5) 6)))) 0 'f)";
        expect(evaluate(`(eval '(unquote ${call}))`).ctx.log.count).toBe(1);
      });
    });

    describe("T32: what the value of set! sets itself is lost", () => {
      for (const [source, result] of [
        ["(let [a 1 b 2] (set! a (do (set! b 5) 3)) [a b])", "[3 2]"],
        ["(let [a 1] (set! a (do (set! a 5) (inc a))) a)", "6"],
        ["(let [a 1 b 2] (set! b 5) (set! a 3) [a b])", "[3 5]"],
        ["(let [a 1 b 2] (try (set! a (do (set! b 5) (fail 1))) [a b]))", "[1 2]"],
      ] as const) {
        test(source, () => expect(run(source)).toBe(result));
      }
    });

    describe("T33: str of a Blob has no print limit", () => {
      const doubled = (n: number, then: string) =>
        `(loop [i 0 s 0xab] (cond (< i ${n}) (recur (inc i) (blob (str s s))) ${then}))`;
      test("65,536 bytes are 131,072 digits", () => {
        expect(run(doubled(16, "(count (str s))"))).toBe("131072");
        expect(run(doubled(17, "(count s)"))).toBe("131072");
      });
      test("in a collection it is cut off like everything else", () => {
        expect(run(doubled(16, "(count (str [s]))"))).toBe("65559");
      });
    });
  });
}
