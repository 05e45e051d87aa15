// Calls in one another as deep as they may be, and then a walk of cells that nest as deep as those
// may: both are on the engine's stack together. And forms deeper than that, from text to text. Each
// gives the same when it is the first thing that is done, and when the engine has compiled it.

import { describe, expect, test } from "bun:test";
import { Fn } from "../../src/cvm/call/fn.ts";
import { MultiFn } from "../../src/cvm/call/multi-fn.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Constant } from "../../src/cvm/ops/constant.ts";
import { Address } from "../../src/data/address.ts";
import { Blob, BlobTree, FlatBlob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { INDEX_DIGITS, Index } from "../../src/data/index-map.ts";
import { List } from "../../src/data/list.ts";
import { CVMMap } from "../../src/data/map.ts";
import { NESTING_MAX } from "../../src/data/nesting.ts";
import { CVMSymbol } from "../../src/data/symbol.ts";
import { Vector } from "../../src/data/vector.ts";
import { print } from "../../src/lang/printer.ts";
import { PROFILE_0_8_5 } from "../../src/state/rules.ts";
import { Invoke } from "../../src/state/transaction.ts";
import { applyDetached } from "../../src/transition/apply-transaction.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, quoted } from "../interop/programs/damaged-calls.ts";

const genesis = testGenesis();
const DEPTH = NESTING_MAX - 10;
/** Calls of `f` in one another, of which each takes three levels of the 256. */
const CALLS = 80;
/** Often enough for the engine to compile. */
const ROUNDS = 12;

function times<T>(n: number, first: T, step: (value: T) => T): T {
  let value = first;
  for (let i = 0; i < n; i++) value = step(value);
  return value;
}

/** What a query gives: printed, with the juice. */
function outcome(form: Value): string {
  const tx = Invoke.of(Address.of(12), 1, form);
  const { error, value, juice } = applyDetached(genesis, tx, PROFILE_0_8_5, "decoded", 1e7, null);
  const what = error === null ? hashKey(value) : print(Vector.of(error.code, error.message));
  return `${what} ${juice}`;
}

function expectSteady(form: Value): string {
  const first = outcome(form);
  expect(first).not.toContain("call stack");
  for (let i = 0; i < ROUNDS; i++) expect(outcome(form)).toBe(first);
  return first;
}

const entry = new Index(1, true, [Blob.of(new Uint8Array(1)), 1], INDEX_DIGITS, 0);
const leaf = Vector.from(Array.from({ length: 16 }, (_, i) => i));
const short = new FlatBlob(new Uint8Array(9));
const small = CVMMap.from(Array.from({ length: 40 }, (_, i) => [i, i] as const));
const names = times(DEPTH, CVMSymbol.of("x") as Value, (name) => Vector.of(name));
const fn = (params: Value, body: Value = 1) => new Fn(Vector.of(params), null, new Constant(body));

const CELLS: Readonly<Record<string, Value>> = {
  index: times(DEPTH, entry, (child) => new Index(2, false, [child], 0, 1)),
  vector: times(DEPTH, leaf, (child) => new Vector(48, [child, leaf, leaf], null, true)),
  map: times(DEPTH, small, (child) => child.make(40, [child], 0, 1, null)),
  blob: times(DEPTH, Blob.of(new Uint8Array(4096)), (child) => new BlobTree(8192, [child, short])),
  fns: times(
    DEPTH,
    new MultiFn(Vector.of(fn(CVMSymbol.of("x")))),
    (f) => new MultiFn(Vector.of(f)),
  ),
  ops: times(DEPTH, 1 as Value, (value) => new Constant(value)),
  binder: fn(names),
  value: times(DEPTH, 1 as Value, (value) => Vector.of(value)),
  unexpanded: List.of(CVMSymbol.of("fn"), Vector.of(names), 1),
};

describe("calls in one another, and then", () => {
  test.each([
    "(count (values index))",
    "(count (assoc index 0x01 1))",
    "(count (dissoc index 0x00))",
    "(count (into #{} vector))",
    "(count (assoc vector 0 1))",
    "(count (concat vector [1]))",
    "(count (assoc map 1000 1))",
    "(count (values map))",
    "(count (slice blob 4090 4100))",
    "(count (hash blob))",
    "(count (str blob))",
    "(fns 1)",
    "(count (str fns))",
    "(count (str ops))",
    "(binder value)",
    "(do (eval (list '*unexpanded*)) 1)",
  ])("%s", (walk) => {
    const quotedCells = Object.fromEntries(
      Object.entries(CELLS).map(([name, cell]) => [name, () => quoted(cell)]),
    );
    const calls = `(let [f (fn [self n] (if (> n 0) (+ 0 (self self (dec n))) ${walk}))] (f f ${CALLS}))`;
    const macro = "(def ^{:expander true} *unexpanded* (fn [x e] unexpanded))";
    const form = filled(readForm(`(do ${walk.includes("*") ? macro : 1} ${calls})`), quotedCells);
    expect(expectSteady(form)).not.toContain(":DEPTH");
  });
});

const nested = (open: string, inner: string, close: string) => (n: number) =>
  open.repeat(n) + inner + close.repeat(n);

const FORMS: readonly (readonly [name: string, of: (n: number) => string])[] = [
  ["vectors", nested("[", "1", "]")],
  ["lists", nested("(", "", ")")],
  ["calls", nested("(do ", "1", ")")],
  ["sets", nested("#{", "1", "}")],
  ["maps", nested("{1 ", "1", "}")],
  ["metadata", nested("^{:a ", "1", "} x")],
  ["annotated forms", nested("^:a ", "x", "")],
  ["quotes", nested("'", "x", "")],
  ["paths", (n) => `a${"/b".repeat(n)}`],
  ["unknown tags", nested("#Tag ", "x", "")],
];

describe("forms in one another, from text to text", () => {
  test.each(FORMS)("%s", (_, of) => {
    for (const n of [1000, 2000, 3000]) {
      const form = readForm(of(n));
      expect(hashKey(readForm(of(n)))).toBe(hashKey(form));
      const text = print(form, Number.POSITIVE_INFINITY) as string;
      expect(hashKey(readForm(text))).toBe(hashKey(form));
      expectSteady(form);
      expectSteady(quoted(form));
      expectSteady(filled(readForm("(str form)"), { form: () => quoted(form) }));
    }
  });
});
