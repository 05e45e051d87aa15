// Binding forms (sheet 02 §5).

import { describe, expect, test } from "bun:test";
import { juiceOf, messageOf, run } from "../small-state.ts";

const CASES: readonly (readonly [source: string, result: string])[] = [
  ["(let [[a b & more] [1 2 3 4]] [a b more])", "[1 2 [3 4]]"],
  ["(let [[a & more z] [1 2 3 4]] [a more z])", "[1 [2 3] 4]"],
  ["(let [[& more] nil] more)", "[]"],
  ["(let [[] nil] 1)", "1"],
  ["(let [[_ a _] [1 2 3]] a)", "2"],
  ["(let [_ 1 a 2] a)", "2"],
  ["(let [[[a] [b]] [[1] [2]]] [a b])", "[1 2]"],
  ["(let [[a b] '(1 2)] [a b])", "[1 2]"],
  ["(let [[a] #{7}] a)", "7"],
  ["(let [[[k v]] {1 2}] [k v])", "[1 2]"],
  ["(let [[a & r] '(1 2 3)] r)", "[2 3]"],
  ['(let [[a] "x"] a)', "error :CAST"],
  ["(let [[a] 0x01] a)", "error :CAST"],
  ["(let [[a] 1] a)", "error :CAST"],
  ["(let [[a b] [1]] a)", "error :ARITY"],
  ["(let [[a] [1 2]] a)", "error :ARITY"],
  ["(let [[a & b c] [1]] a)", "error :ARITY"],
  ["(let [[& a & b] [1 2]] a)", "error :COMPILE"],
  ["(let [[a &] [1]] a)", "error :COMPILE"],
  ["(let [[a & b] []] a)", "error :ARITY"],
  ["((fn [x] x))", "error :ARITY"],
  ["((fn [x] x) 1 2)", "error :ARITY"],
  ["((fn [& r] r))", "[]"],
  ["((fn [a & r z] [a r z]) 1 2 3 4)", "[1 [2 3] 4]"],
  ["((fn [& r y z] [r y z]) 1 2)", "[[] 1 2]"],
  ["((fn [a & r] r) 1 2 3)", "[2 3]"],
  ["((fn [[a b] c] [a b c]) [1 2] 3)", "[1 2 3]"],
  ["((fn ([] 0) ([x] 1) ([x & y] 2)))", "0"],
  ["((fn ([] 0) ([x] 1) ([x & y] 2)) 1)", "1"],
  ["((fn ([] 0) ([x] 1) ([x & y] 2)) 1 2 3)", "2"],
  ["((fn ([x] 1) ([x y] 2)))", "error :ARITY"],
  ["(loop [i 5] (cond (> i 0) (recur (dec i) 2) i))", "error :ARITY"],
  ["(loop [[a] [5]] (cond (> a 0) (recur)))", "error :ARITY"],
  ["(loop [[a] [5]] (cond (> a 0) (recur [4] 1)))", "error :ARITY"],
  ["(loop [[a & r] [1 2 3]] (cond (= 0 (count r)) a (recur r)))", "3"],
  // Recur binds the forms of a loop together: `&` then takes the rest, and binds no local itself.
  ["(loop [& 3 c 0] (cond (= c 0) (recur 5 6) c))", "error :BOUNDS"],
  ["(loop [& 3 c 0] (cond (= & 3) (recur 5 6) &))", "[5 6]"],
  ["(loop [a 1 & 3] (cond (= a 1) (recur 5 6) a))", "error :COMPILE"],
  ["(loop [& 3] &)", "3"],
];

describe("bindings", () => {
  for (const [source, result] of CASES) test(source, () => expect(run(source)).toBe(result));
});

test("every binding clears the result register", () => {
  expect(run("(let [a 1] *result*)")).toBe("nil");
  expect(run("((fn [] *result*))")).toBe("nil");
  expect(run("(let [a 1 b *result*] b)")).toBe("nil");
  expect(run("(let [] 1 *result*)")).toBe("1");
  expect(run("(loop [a 1] *result*)")).toBe("nil");
  expect(run("[1 *result* 2 *result*]")).toBe("[1 1 2 2]");
  expect(run("[*result*]")).toBe("[vector]");
});

test("messages say what did not fit", () => {
  expect(messageOf("((fn [x y] x) 1)")).toBe(
    '"Insufficient arguments (1) for binding form: [x y]"',
  );
  expect(messageOf("((fn [x] x) 1 2)")).toBe(
    '"Expected 1 arguments but got 2 for binding form: [x]"',
  );
  expect(messageOf("((fn ([x] 1)))")).toBe('"No matching function arity found for arity 0"');
});

describe("locals", () => {
  test("set! lasts for the rest of the frame", () => {
    expect(run("(let [x 1] (do (set! x 5)) x)")).toBe("5");
    expect(run("(let [x 1] (let [y 2] (set! x 5)) x)")).toBe("1");
    expect(run("(let [x 1 f (fn [] (set! x 5) x)] [(f) x (f)])")).toBe("[5 1 5]");
    expect(run("(let [x 1] [(set! x 2) x (set! x 3)])")).toBe("[2 2 3]");
  });
  test("a recur sets the locals around the loop back", () => {
    expect(run("(let [x 1] (loop [i 0] (cond (< i 3) (do (set! x 7) (recur (inc i))) x)))")).toBe(
      "1",
    );
  });
  test("set! costs 20 beside its value", () => {
    const juice = (body: string) => juiceOf(`(let [x 1] ${body})`).execute;
    expect(juice("(set! x 5)") - juice("5")).toBe(20);
  });
  test("a pattern may bind more locals than are kept in one array", () => {
    const names = Array.from({ length: 1100 }, (_, i) => `a${i}`).join(" ");
    const values = Array.from({ length: 1100 }, (_, i) => i).join(" ");
    const body = "(set! a0 9) (set! x 99) [x a0 a1099 y (eval '(let [q 5] q))]";
    const inner = `(let [[${names}] [${values}] y 8] ${body})`;
    const f = `(fn [x] [${inner} x (let [[p] [55]] [x p])])`;
    const of = (x: number) => `[[99 9 1099 8 5] ${x} [${x} 55]]`;
    expect(run(`(map ${f} [1 2 3])`)).toBe(`[${[1, 2, 3].map(of).join(" ")}]`);
  });
  test("a closure keeps the locals it was made with", () => {
    expect(run("(let [f (loop [i 0 f nil] (cond (< i 3) (recur (inc i) (fn [] i)) f))] (f))")).toBe(
      "2",
    );
    expect(run("(let [a 1 f (fn [] a) a 2] [(f) a])")).toBe("[1 2]");
  });
});
