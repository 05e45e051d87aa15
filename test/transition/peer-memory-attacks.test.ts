// What somebody would send to part peers that have started again from those that have not: cells
// made by hand that are one thing in memory, and another when they are read from a store.

import { expect, test } from "bun:test";
import { readForm } from "../../src/cvm/compile/read-form.ts";
import { Blob } from "../../src/data/blob.ts";
import type { Value } from "../../src/data/cell.ts";
import { hashKey } from "../../src/data/encode.ts";
import { digitAt } from "../../src/data/hash-digits.ts";
import { INDEX_DIGITS, Index } from "../../src/data/index-map.ts";
import { CVMSet } from "../../src/data/set.ts";
import { Vector } from "../../src/data/vector.ts";
import { testGenesis } from "../genesis/test-genesis.ts";
import { filled, type Parts, quoted } from "../interop/programs/damaged-calls.ts";
import { blockMessages } from "../interop/programs/network.ts";
import { outcomes, WAYS } from "./peer-memory.ts";

const genesis = testGenesis();
const NUMBERS = Array.from({ length: 16 }, (_, i) => i);

/** Expects one outcome of Blocks of one transaction each, whatever a peer has in memory. */
function expectSame(forms: readonly string[], values: Readonly<Record<string, Value>>): void {
  const parts: Parts = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, () => quoted(value)]),
  );
  const messages = blockMessages(
    forms.map((form) => [filled(readForm(form), parts)]),
    genesis,
  );
  const [first, ...others] = Object.entries(WAYS).map(([name, way]) => {
    return [name, outcomes(messages, genesis, way)] as const;
  });
  expect(first?.[1]).not.toContain(null);
  for (const [name, ends] of others) expect([name, ends]).toEqual([name, first?.[1] ?? []]);
}

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
