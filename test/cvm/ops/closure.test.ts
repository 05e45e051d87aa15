// An op gives the same outcome, juice, exit, State, log and registers whether it is executed by its
// definition or by its closure; the first times, when closures are made on the way, and later.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { readForm } from "../../../src/cvm/compile/read-form.ts";
import type { Context } from "../../../src/cvm/context.ts";
import { HostError } from "../../../src/cvm/exits.ts";
import { allLocals, enterLocals } from "../../../src/cvm/locals.ts";
import type { Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { Vector } from "../../../src/data/vector.ts";
import { context, outcomeText, SMALL_STATE } from "../small-state.ts";
import { arbitraryOp } from "./arbitrary-op.ts";

const SEED = 20_240_517;

/** By closures, by definition, or by definition with some locals in a Vector (locals.ts). */
type Way = "closures" | "plain" | "based";

/** All that a run shows. */
function trace(op: Value, juiceLimit: number, depth: number, way: Way): unknown {
  const ctx: Context = context({ juiceLimit, runsDefinitions: way === "plain" });
  const locals: Value[] = [10, null, readForm("[1 2]")];
  if (way === "based") enterLocals(ctx, Vector.from(locals.slice(0, 2)), locals.slice(2));
  else ctx.locals = locals;
  ctx.depth = depth;
  let outcome: string;
  try {
    outcome = outcomeText(ctx, ctx.execute(op));
  } catch (e) {
    if (!(e instanceof HostError)) throw e;
    return "host error";
  }
  return {
    outcome,
    juice: ctx.juice,
    limit: ctx.juiceLimit,
    depth: ctx.depth,
    locals: hashKey(allLocals(ctx)),
    // After an error or failure nothing can see the register.
    result: /^(error|out of juice)/.test(outcome) ? null : hashKey(ctx.result),
    state: ctx.state === SMALL_STATE ? null : hashKey(ctx.state),
    log: hashKey(ctx.log),
  };
}

test("closures do what definitions say", () => {
  const juiceLimit = fc.oneof(fc.constant(20_000), fc.integer({ min: 0, max: 2_000 }));
  const depth = fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    fc.integer({ min: 248, max: 256 }),
  );
  fc.assert(
    fc.property(arbitraryOp, juiceLimit, depth, (op, limit, level) => {
      const plain = trace(op, limit, level, "plain");
      // The definition, then the closure with children that make theirs, then that of all.
      for (let run = 0; run < 3; run++) {
        expect(trace(op, limit, level, "closures")).toEqual(plain);
      }
      expect(trace(op, limit, level, "based")).toEqual(plain);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test("generated ops reach every kind of ending", () => {
  const endings = new Set<string>();
  for (const op of fc.sample(arbitraryOp, { seed: SEED, numRuns: 3000 })) {
    const shown = trace(op, 300, 0, "closures") as { outcome?: string } | string;
    const text = typeof shown === "string" ? shown : (shown.outcome ?? "");
    endings.add(/^(error :[A-Z]+|\w+Exit|out of juice|host error)/.exec(text)?.[0] ?? "value");
  }
  for (const ending of ["value", "host error", "out of juice", "RecurExit", "ReturnExit"]) {
    expect(endings).toContain(ending);
  }
  for (const code of ["CAST", "ARITY", "BOUNDS", "UNDECLARED", "COMPILE"]) {
    expect(endings).toContain(`error :${code}`);
  }
});

/** Programs that use what generated ops seldom hit. */
const PROGRAMS = [
  "(loop [i 0 acc 0] (cond (< i 50) (recur (inc i) (+ acc i)) acc))",
  "(do (def fib (fn [n] (cond (< n 2) n (+ (fib (dec n)) (fib (- n 2)))))) (fib 10))",
  "(loop [[a & r] [1 2 3] n 0] (cond (= 0 (count r)) [a n] (recur r (inc n))))",
  "(let [a 1] (loop [b 2] (set! a (inc a)) (cond (< b 9) (recur (inc b)) [a b])))",
  "(let [f (fn ([x] [x]) ([x y & z] [z y x]))] [(f 1) (f 1 2) (f 1 2 3 4)])",
  "(let [a 1 f (fn [] (set! a 5) a)] [(f) a (f)])",
  "(map (fn [p] (let [[a & r] p b 2 [_ c] r] (set! a 9) [a b c r])) [[1 2 3] [4 5 6] [7 8 9]])",
  "(let [a 1 b (set! a 7) c (+ a b)] [a b c])",
  "(let [a 1] (try (do (set! a 2) (fail :X a)) [a *result*]))",
  "(reduce (fn [a x] (cond (> x 3) (reduced a) (+ a x))) 0 [1 2 3 4 5])",
  "((fn [x & _ y] (tailcall* vector y x)) 1 2 3 4)",
  "(do (def ev (fn [n] (cond (= n 0) true (tailcall* od (dec n))))) (def od (fn [n] (cond (= n 0) false (tailcall* ev (dec n))))) (ev 101))",
  "(do (def deep (fn [n] (+ 1 (deep (inc n))))) (try (deep 0) :caught))",
  "[(+ 9007199254740991 1) (- -9007199254740991 1) (* 3 -0) (inc 9007199254740991) (+ 1 1.5)]",
  "(map (fn [x] (map (fn [y] (* x y)) [1 2 3])) [4 5 6])",
  // Small integers, then those at their limit, when there are closures.
  "(map (fn [x y] [(+ x y) (- x y) (* x y) (= x y) (< x y) (inc x) (dec x)]) [1 2 3 9007199254740991 -9007199254740991] [4 3 3 2 2])",
  "(map (fn [x] [(+ x 1) (- x 1) (- 0 x) (* 3 x) (== x 4) (<= x 4) (>= 4 x) (!= x 4) (> x 4)]) [4 5 6 9007199254740991 -9007199254740991])",
  "(map (fn [x] [(+ x 1.5) (* x x) (- (+ x 1) (* x 2)) (inc (dec x))]) [4 5 6 -9007199254740991 9007199254740991])",
  "(do (def a (deploy '(def ^:callable f (fn [x] (def n x) *caller*)))) [(call* a 10 'f 7) a/n])",
];

for (const source of PROGRAMS) {
  test(source, () => {
    const both = [false, true].map((runsDefinitions) => {
      const ctx = context({ runsDefinitions });
      const outcome = ctx.run(readForm(source));
      return { text: outcomeText(ctx, outcome), juice: ctx.juice, state: hashKey(ctx.state) };
    });
    expect(both[0]).toEqual(both[1]);
    expect(both[0]?.text).not.toStartWith("error");
  });
}
