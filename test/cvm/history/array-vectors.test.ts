// T34 (cvm/history/array-vectors.ts): what cuts a tree along leaves that are arrays throws, and the
// Block is void. Which calls do was seen on the reference.

import { describe, expect, test } from "bun:test";
import { canonicaliseAll, markAsArray, refValue } from "../../../src/cvm/history/array-vectors.ts";
import { BlockMemory, withinBlock } from "../../../src/data/run-memory.ts";
import { Vector } from "../../../src/data/vector.ts";
import { print } from "../../../src/lang/printer.ts";
import { HostError } from "../../../src/state/host-error.ts";
import type { Result } from "../../../src/state/result.ts";
import { applyBlock } from "../../../src/transition/apply-block.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { block, invoke, smallState } from "../../transition/small-network.ts";

const STEP = "(#%recur (#%inc i) (#%conj v i)) v)";
/** A Vector, List, Set, map or array (a Vector made of arguments) of n elements. */
const MAKERS: Record<string, (n: string) => string> = {
  V: (n) => `(loop [i 0 v []] (cond (#%< i ${n}) ${STEP})`,
  L: (n) => `(loop [i 0 v (#%list)] (cond (#%< i ${n}) ${STEP})`,
  S: (n) => `(loop [i 0 v (#%hash-set)] (cond (#%< i ${n}) ${STEP})`,
  M: (n) => `(loop [i 0 v (#%hash-map)] (cond (#%< i ${n}) (#%recur (#%inc i) (#%assoc v i i)) v))`,
  A: (n) => `(#%apply #%vector ${MAKERS.L?.(n)})`,
};

function sourceOf(program: string): string {
  return program.replace(
    /\b([VLSMA])(\d+)\b/g,
    (_, kind: string, n: string) => MAKERS[kind]?.(n) ?? "",
  );
}

function run(program: string): string | null {
  const { error } = applyTransaction(smallState(), invoke(sourceOf(program)));
  return error === null ? null : print(error.code);
}

describe("T34: leaves that are arrays", () => {
  test.each([
    "(#%slice (#%concat V40 L40) 0 80)",
    "(#%slice (#%concat V40 L40) 64 80)",
    "(#%slice (#%concat V40 L40) 48 64)",
    "(#%concat [] (#%concat V40 L40))",
    "(#%concat V16 (#%concat V40 L40))",
    "(#%concat V32 (#%concat V40 L40))",
    "(#%next (#%reverse (#%concat V40 L40)))",
    "(#%into L16 (#%concat V40 L40))",
    "(#%concat (#%reverse (#%concat V40 L40)) L16)",
    "(#%slice (#%concat V40 A40) 0 80)",
    "(#%slice (#%concat V40 S40) 0 80)",
    "(#%slice (#%concat V40 (#%keys M40)) 0 80)",
    "(#%slice (#%concat V40 (#%values M40)) 0 80)",
    "(#%slice (#%concat V40 (#%slice A40 3 40)) 0 76)",
    "(#%slice (#%concat V40 (#%vec S40)) 0 80)",
    "(#%slice (#%into V40 L40) 0 80)",
    "(#%slice (#%into V40 S40) 0 80)",
    "(#%slice (#%into V40 A40) 0 80)",
    "(#%slice (#%concat [] L64) 0 40)",
    "(#%slice (#%concat V5 L64) 0 48)",
    "(#%slice (#%concat [] A64) 0 64)",
    "(#%slice (#%concat [] (#%concat [] A64)) 0 48)",
    "(#%slice (#%concat V32 A16) 0 48)",
    "(#%slice (#%assoc (#%concat V40 L40) 50 1) 0 80)",
    "(let [[& r] (#%concat V40 L40)] r)",
    "((fn [& r] (#%slice (#%concat V40 r) 0 60)) 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26)",
    "(#%slice (#%concat V256 L48) 0 304)",
    "(do (def k (#%concat V40 L40)) (#%slice k 0 80))",
    // A name that was given before it was canonicalised still stands for the array.
    "(let [x A40 y x] (#%encoding x) (#%slice (#%concat V40 y) 0 80))",
    "(let [x A40 m (#%assoc nil 1 x)] (#%encoding m) (#%slice (#%concat V40 (#%get m 1)) 0 80))",
    "(let [x A40] (#%get (#%hash-map x 1) x) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%str x) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%map #%inc x) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%encoding x) (#%slice (#%concat V40 (#%first (#%vector x))) 0 80))",
    "(let [x A40] (#%set-holding #12 x) (#%slice (#%concat V40 (#%get-holding #12)) 0 80))",
    "(let [x A16] (#%slice (#%concat V32 x x) 0 64))",
    "(#%slice (#%concat S16 S16 S16) 0 48)",
    // A member of a small Set or a key of a small map is sought without its hash.
    ...[
      "(#%get (#%hash-set 1) x)",
      "(#%contains-key? #{} x)",
      "(#%disj (#%hash-set 1 2) x)",
      "(#%get (#%hash-map [1] 2) x)",
      "(#%assoc (#%hash-map 1 x) 1 2)",
      "(#%hash-map x 1)",
      "(#%assoc nil x 1)",
      "(#%= x [1])",
      "(do (def q x) (def q [1]))",
    ].map((look) => `(let [x A16] ${look} (#%slice (#%concat V32 x) 0 48))`),
  ])("%s is a host exception", (program) => {
    expect(() => run(program)).toThrow(HostError);
  });

  test.each([
    "(#%slice (#%concat V40 L40) 0 40)",
    "(#%slice (#%concat V40 L40) 0 32)",
    "(#%slice (#%concat V40 L40) 1 80)",
    "(#%next (#%concat V40 L40))",
    "(#%concat V17 (#%concat V40 L40))",
    "(#%concat (#%concat V40 L40) V40)",
    "(#%slice (#%reverse (#%concat V40 L40)) 0 79)",
    "(#%slice (#%reverse (#%concat V40 L40)) 0 80)",
    "(#%reverse (#%concat V40 L40))",
    "(#%into L17 (#%concat V40 L40))",
    "(#%concat (#%reverse (#%concat V40 L40)) L17)",
    "(#%slice (#%concat V40 V40) 0 80)",
    "(#%slice (#%concat V40 M40) 0 80)",
    "(#%slice (#%concat V40 (#%next S40)) 0 79)",
    "(#%slice (#%concat V40 (#%vec A40)) 0 80)",
    "(#%slice (#%concat V40 (#%reverse (#%reverse A40))) 0 80)",
    "(#%slice (#%concat V40 (#%map #%inc A40)) 0 80)",
    "(#%slice (#%into V40 M40) 0 80)",
    "(#%slice (#%concat [] L40) 0 40)",
    "(#%slice (#%concat V5 L40) 0 45)",
    "(#%slice (#%concat V16 A16) 0 32)",
    "(#%slice (#%conj (#%concat V40 L40) 1) 0 81)",
    "(#%slice (#%assoc (#%concat V40 L40) 50 1) 0 64)",
    "(#%slice (#%assoc (#%assoc (#%concat V40 L40) 50 1) 70 2) 0 80)",
    "(let [[a & r] (#%concat V40 L40)] r)",
    "(#%slice (#%concat V256 L17) 0 272)",
    "(#%slice (#%concat V256 L33) 0 288)",
    "(#%slice (#%concat L40 V40) 0 70)",
    "(let [x A40] (#%slice (#%concat V40 (#%assoc x 0 (#%first x))) 0 80))",
    "(let [x (#%concat V40 L40)] (#%slice (#%assoc (#%assoc x 50 (#%nth x 50)) 70 (#%nth x 70)) 0 80))",
    // What takes it in after it was canonicalised takes the canonical Vector.
    "(let [x A40] (#%encoding x) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%encoding (#%vector x)) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%= x V40) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%conj x 1) (let [y x] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%encoding x) ((fn [y] (#%slice (#%concat V40 y) 0 80)) x))",
    "(let [x A40] (#%encoding x) (let [[y] (#%vector x)] (#%slice (#%concat V40 y) 0 80)))",
    "(let [x A40] (#%encoding x) (loop [y 0 n 0] (cond (#%= n 0) (#%recur x 1) (#%slice (#%concat V40 y) 0 80))))",
    "(let [x A40] (#%encoding x) (def y x) (#%slice (#%concat V40 y) 0 80))",
    "(let [x A40 y 0] (#%encoding x) (set! y x) (#%slice (#%concat V40 y) 0 80))",
    "(let [x A40] (#%encoding x) (#%slice (#%concat V40 (#%first (#%list x))) 0 80))",
    "(let [x A40] (#%encoding x) (#%slice (#%concat V40 (#%get (#%hash-map 1 x) 1)) 0 80))",
    "(let [x A40] (#%encoding x) (#%slice (#%concat V40 (#%first (#%hash-set x))) 0 80))",
    "(let [x A40] (#%encoding x) (#%slice (#%concat V40 (#%first (#%conj [] x))) 0 80))",
    "(let [x A16] (#%slice (#%concat V16 x x) 0 48))",
    ...[
      "(#%hash-set x)",
      "(#%conj #{} x)",
      "(#%set (#%vector x))",
      "(#%union #{} (#%hash-set x))",
      "(#%assoc (#%hash-map 1 2) x 1)",
      "(#%assoc (#%hash-map 1 x) 1 V16)",
      "(#%assoc (#%hash-map 1 V16) 1 x)",
      "(#%merge (#%hash-map 1 x) (#%hash-map 1 2))",
      "(#%conj (#%hash-map 1 x) [1 2])",
      "(#%into (#%hash-map 1 x) (#%vector (#%vector 1 2)))",
      "(#%= (#%hash-map 1 x) (#%hash-map 1 2))",
      "(#%= (#%assoc (#%assoc M20 0 9) 10 x) M20)",
      "(#%get (#%hash-map V16 1) x)",
      "(#%assoc x 0 7)",
      "(#%disj (#%set V40) x)",
      "(do (def q x) (def q V16))",
    ].map((look) => `(let [x A16] ${look} (#%slice (#%concat V32 x) 0 48))`),
  ])("%s is none", (program) => {
    expect(run(program)).toBe(null);
  });
});

describe("T34: from one transaction to the next", () => {
  const K = "(def k (#%concat V40 L40))";
  /** Codes of the Results of blocks of programs, one after the other. */
  function codes(...blocks: readonly (readonly string[])[]): (string | null)[] {
    let state = smallState();
    let sequence = 0;
    return blocks.flatMap((programs, i) => {
      const txs = programs.map((program) => invoke(sourceOf(program), ++sequence));
      const done = applyBlock(state, block(1000 * (i + 1), ...txs));
      state = done.state;
      const results = (done.results?.toArray() ?? []) as Result[];
      return results.map(({ error }) => (error === null ? null : print(error)));
    });
  }

  test("arrays last for the block", () => {
    expect(codes([K, "(#%slice k 0 80)"])).toEqual([":PEER", ":PEER"]);
    expect(codes([K], ["(#%slice k 0 80)"])).toEqual([null, null]);
  });

  test("what a transaction leaves is measured, so that other names take it for a Vector", () => {
    const array = "(def k A40)";
    const cut = "(#%slice (#%concat V40 k) 0 80)";
    expect(codes([array, cut])).toEqual([":PEER", ":PEER"]);
    expect(codes([array, "(def l k)", cut.replace(" k)", " l)")])).toEqual([null, null, null]);
  });

  test("a query between two transactions of a block canonicalises nothing of theirs", () => {
    const block = new BlockMemory();
    const made = Vector.from(Array.from({ length: 40 }, (_, i) => i));
    const array = withinBlock(block, () => markAsArray(made));
    canonicaliseAll();
    withinBlock(new BlockMemory(), canonicaliseAll);
    expect(withinBlock(block, () => refValue(array))).toBe(array);
    withinBlock(block, canonicaliseAll);
    expect(withinBlock(block, () => refValue(array))).not.toBe(array);
  });
});
