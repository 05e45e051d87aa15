// T34 (cvm/core/array-vectors.ts): what cuts a tree along leaves that are arrays throws, and the Block
// is void. Which calls do was seen on the reference.

import { describe, expect, test } from "bun:test";
import { print } from "../../../src/lang/printer.ts";
import { HostError } from "../../../src/state/host-error.ts";
import { applyTransaction } from "../../../src/transition/apply-transaction.ts";
import { invoke, smallState } from "../../transition/small-network.ts";

const STEP = "(#%recur (#%inc i) (#%conj v i)) v)";
/** A Vector, List, Set, map or array (a Vector made of arguments) of n elements. */
const MAKERS: Record<string, (n: string) => string> = {
  V: (n) => `(loop [i 0 v []] (cond (#%< i ${n}) ${STEP})`,
  L: (n) => `(loop [i 0 v (#%list)] (cond (#%< i ${n}) ${STEP})`,
  S: (n) => `(loop [i 0 v (#%hash-set)] (cond (#%< i ${n}) ${STEP})`,
  M: (n) => `(loop [i 0 v (#%hash-map)] (cond (#%< i ${n}) (#%recur (#%inc i) (#%assoc v i i)) v))`,
  A: (n) => `(#%apply #%vector ${MAKERS.L?.(n)})`,
};

function run(program: string): string | null {
  const source = program.replace(
    /\b([VLSMA])(\d+)\b/g,
    (_, kind: string, n: string) => MAKERS[kind]?.(n) ?? "",
  );
  const { error } = applyTransaction(smallState(), invoke(source));
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
  ])("%s is none", (program) => {
    expect(run(program)).toBe(null);
  });
});
