// What somebody would send to part peers that have started again from those that have not: cells
// made by hand that are one thing in memory, and another when they are read from a store.

import { expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashBytes, hashKey } from "../../src/data/encode.ts";
import { recordCount } from "../../src/data/exact-count.ts";
import { digitAt } from "../../src/data/hash-digits.ts";
import { INDEX_DIGITS, Index } from "../../src/data/index-map.ts";
import { List } from "../../src/data/list.ts";
import { NESTING_MAX } from "../../src/data/nesting.ts";
import { expectUnhashed } from "../../src/data/noted-hash.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { CVMSet } from "../../src/data/set.ts";
import { Vector } from "../../src/data/vector.ts";
import { newVector } from "../../src/data/vector-huge.ts";
import { BLOCK_RESULT_TAG } from "../../src/state/block-result.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, quoted } from "../interop/programs/damaged-calls.ts";
import { blockMessages } from "../interop/programs/network.ts";
import { outcomes, WAYS, type Way } from "./peer-memory.ts";
import { expectSame } from "./same-outcome.ts";

const genesis = testGenesis();
const NUMBERS = Array.from({ length: 16 }, (_, i) => i);

/** Sets whose common elements all have the same first digit: a tree of one child is left. */
const alike = Array.from({ length: 1000 }, (_, i) => i).filter((i) => digitAt(hashKey(i), 0) === 3);
const unlike = Array.from({ length: 60 }, (_, i) => -1 - i).filter(
  (i) => digitAt(hashKey(i), 0) !== 3,
);
const ONE = CVMSet.from([...alike.slice(0, 40), ...unlike.slice(0, 20)]);
const OTHER = CVMSet.from([...alike.slice(0, 40), ...unlike.slice(20)]);

test.each(["intersection", "difference"])("%s of which one digit is left", (name) => {
  const other = name === "difference" ? CVMSet.from(unlike) : OTHER;
  expectSame(
    [
      `(def a (${name} one other))`,
      "(def b (conj a 1))",
      "(count b)",
      "(def c (disj a 1))",
      "(str a)",
    ],
    { one: ONE, other },
  );
});

const leaf = Vector.from(NUMBERS);
/** Counts 48 in three children, one of which counts 32. */
const LONG_CHILD = new Vector(48, [leaf, leaf, Vector.from([...NUMBERS, ...NUMBERS])], null, true);

test.each(["(reverse %)", "[(reverse %)]", "(quote %)"])(
  "a List of a Vector that nobody reads: %s",
  (form) => {
    const made = `(concat damaged [${NUMBERS.join(" ")}])`;
    expectSame([`(def a ${form.replace("%", made)})`, "(count a)"], { damaged: LONG_CHILD });
  },
);

const single = (key: Value) => new Index(1, true, [key, 1], INDEX_DIGITS, 0);
const bytes = (hex: string) => Blob.fromHex(hex) as Blob;
/** Of it a slice of one entry has none, and is readable by nobody. */
const COUNTS_FEWER = new Index(
  2,
  false,
  [
    single(bytes("00")),
    new Index(2, false, [single(bytes("1234")), single(bytes("f0"))], 0, 0x8002),
    single(bytes("ab")),
  ],
  0,
  0x209,
);
/** Under what is no key, as shows when that is loaded. */
const NO_KEY = single(Vector.from(new Array(16).fill(Blob.of(new Uint8Array(30)))));

test("an Index under a branch that is no key, where all is looked through", () => {
  expectSame(
    ["(do (slice fewer 1 2) (def a keyed))", "(count a)", "(do (slice fewer 1 2) (def b [a a]))"],
    { fewer: COUNTS_FEWER, keyed: NO_KEY },
  );
});

/** An Index of one entry behind so many cells, each of which has the one behind it alone. */
function chain(cells: number): Index {
  let index = single(bytes("00"));
  for (let i = 0; i < cells; i++) index = new Index(1 + 1, false, [index], 0, 1);
  return index;
}

test("what nests deeper than any stack may have to hold is void everywhere", () => {
  const run = (form: string, value: Value) => {
    const parts = { "%": () => quoted(value) };
    const messages = blockMessages([[filled(readForm(form), parts)]], genesis);
    return outcomes(messages, genesis, WAYS["as it was made"] as Way)[0];
  };
  const isVoid = (form: string, value: Value) =>
    run(form, value)?.startsWith(toHex(hashBytes(genesis)));
  for (const form of ["(values %)", "(assoc % 0x01 1)", "(dissoc % 0x00)"]) {
    expect([form, isVoid(form, chain(NESTING_MAX - 1))]).toEqual([form, false]);
    expect([form, isVoid(form, chain(NESTING_MAX + 2))]).toEqual([form, true]);
  }
});

/** Counts more than can be changed, and holds what is a branch. */
const branch = Vector.from(new Array(16).fill(bytes("00".repeat(30))));
const HUGE = new Index(2 ** 60, true, [bytes("00"), branch, single(bytes("01"))], 2, 1);
recordCount(HUGE, 2n ** 60n);

test("a value that an Index has already, by whatever object", () => {
  expectSame(
    ["(do (def x huge) (def v branch))", "(def y (count (assoc x 0x00 v)))", "(def z y)"],
    { huge: HUGE, branch },
  );
});

/** Numbers from i on. */
const few = (i: number, count = 7) => CVMSet.from(Array.from({ length: count }, (_, k) => i + k));
const treeAt = (shift: number, ...parts: CVMSet[]) => {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return few(0).make(count, parts, shift, (1 << parts.length) - 1, null);
};

test("the shift of a Set is that of its byte", () => {
  const set = (count: number) =>
    treeAt(127, treeAt(-128, few(0, count), few(100, count), few(200, count)), few(300));
  expectSame(["(def a (union left right))", "(def b (union a left))", "(def c (count b))"], {
    left: set(7),
    right: set(8),
  });
});

test("a form that is damaged, and whose elements expand to what equals them", () => {
  const element = branch;
  const part = Vector.from(new Array(16).fill(element));
  const damaged = new Vector(
    48,
    [part, part, new Vector(32, [part, part], null, true)],
    null,
    true,
  );
  const form = List.reverseOf(new Vector(33, [element], damaged, false));
  expectSame(
    [
      "(def v element)",
      "(def r (expand form *initial-expander* (fn [x e] v)))",
      "(def s (count r))",
    ],
    { element, form },
  );
});

test("such a form beside an array, whose elements are replaced one after the other", () => {
  const part = Vector.from(new Array(16).fill(branch));
  const whole = new Vector(256, new Array(16).fill(part), null, true);
  // Its last elements are there, and can't be replaced, since it counts 16 fewer.
  const fewer = new Vector(4080, new Array(16).fill(whole), null, true);
  const damaged = new Vector(4112, [fewer, part], null, true);
  const form = List.reverseOf(new Vector(4113, [branch], damaged, false));
  const beside = `(do (vector ${NUMBERS.join(" ")}) (expand form *initial-expander* (fn [x e] v)))`;
  expectSame(["(def v branch)", `(count ${beside})`], { branch, form });
});

test("comparing what has no encoding, whether BlockResults were decoded before or not", () => {
  const forms = [
    "(= [1 (slice % 1 2)] [2 (slice % 1 2)])",
    "(assoc {1 (index 0x00 1)} 1 (slice % 1 2))",
  ];
  const messages = forms.flatMap((form) =>
    blockMessages([[filled(readForm(form), { "%": () => quoted(COUNTS_FEWER) })]], genesis),
  );
  const run = () => messages.flatMap((m) => outcomes([m], genesis, WAYS["as it was made"] as Way));
  const before = run();
  expectUnhashed();
  expect(run()).toEqual(before);
});

/** 2^36 elements, in nine cells that name one another sixteen times. */
function manyTimes(leaf: Vector): Vector {
  let vector = leaf;
  for (let count = 2 ** 8; count <= 2 ** 36; count *= 16) {
    vector = newVector(count, new Array(16).fill(vector), null, true);
  }
  return vector;
}

test("cells that name others many times are gone through once, also in cells of their own", () => {
  const result = (n: number) => new DenseRecord(BLOCK_RESULT_TAG, Vector.of(1, n));
  expectSame(["(do (= a b) (count (slice many 0 20)))"], {
    a: result(1),
    b: result(2),
    many: manyTimes(branch),
  });
  const parts = { many: () => quoted(manyTimes(leaf)) };
  const noted = readForm("(do (def n (int 0x008000000000000000)) (> n 0))");
  const asked = filled(readForm("(do (count many) (def s (signum n)))"), parts);
  const messages = blockMessages([[noted, asked]], genesis);
  expect(outcomes(messages, genesis, WAYS["in one store"] as Way)).toHaveLength(1);
});
