// Cells made by hand that hold far more than was paid for: trees that name one child many times,
// under a count that is not true, or one with which the price wraps around. A walk of them counts
// as work without juice, and ends where that ends.

import { expect, test } from "bun:test";
import { initialExpand } from "../../../src/cvm/compile/expander.ts";
import { requireAllParts } from "../../../src/cvm/compile/form-metadata.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { heldIn } from "../../../src/cvm/core/structures.ts";
import { FREE_WORK_MAX, withinWorkLimit } from "../../../src/cvm/work-limit.ts";
import type { Integer, Slot, Value } from "../../../src/data/cell.ts";
import { CVMChar } from "../../../src/data/char.ts";
import { recordCount } from "../../../src/data/exact-count.ts";
import { WorkLimitError, withWorkLimit, workLeft } from "../../../src/data/free-work.ts";
import type { HashTrie } from "../../../src/data/hash-trie.ts";
import { integer } from "../../../src/data/integer.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { newVector } from "../../../src/data/vector-huge.ts";
import { outcomeText, testContext } from "./core-call.ts";

function invoke(name: string, ...args: Value[]): string {
  const ctx = testContext();
  const fn = CORE_BY_NAME.get(name) as Value;
  return outcomeText(
    ctx,
    withinWorkLimit(ctx, () => ctx.invoke(fn, args), null, null),
  );
}

/** A tree of the leaf's kind whose slots are these; `count` when it is not theirs. */
function tree<T extends HashTrie>(slots: T[], shift: number, count?: Integer): T {
  const [like] = slots as [T];
  const held = slots.reduce((sum, { countInteger }) => sum + BigInt(countInteger), 0n);
  const counted = count ?? integer(held);
  const made = like.make(Number(counted), slots, shift, (1 << slots.length) - 1, null);
  recordCount(made, counted);
  return made;
}

/** 16^levels times the same leaf. */
function repeated<T extends HashTrie>(leaf: T, levels: number, shift = 0): T {
  if (levels === 0) return leaf;
  return tree(new Array<T>(16).fill(repeated(leaf, levels - 1, shift + 1)), shift);
}

/** The same under the count 16. */
function underCounted<T extends HashTrie>(leaf: T, levels: number): T {
  return tree(new Array<T>(16).fill(repeated(leaf, levels - 1, 1)), 0, 16);
}

/** An even number of elements or bytes for which 50 juice each come to next to nothing. */
const WRAPPED = (2n ** 64n / 50n / 16n + 1n) * 16n;

/** A sound Vector of so many elements. */
function filled(count: bigint, element: Value): Vector {
  if (count === 16n) return Vector.from(new Array<Value>(16).fill(element));
  let size = 16n;
  while (size * 16n < count) size *= 16n;
  const children = new Array<Slot>(Number(count / size)).fill(filled(size, element));
  const rest = count % size;
  if (rest > 0n) children.push(filled(rest, element));
  return newVector(integer(count), children, null, true);
}

const ONE = CVMSet.of(1);
const TWO = CVMSet.of(1, 2);

test.each(["intersection", "difference", "union"])("%s of a Set under a count", (name) => {
  expect(invoke(name, repeated(TWO, 5), underCounted(ONE, 5))).toBe(":JUICE");
});

test("subset? of a Set under a count", () => {
  expect(invoke("subset?", underCounted(ONE, 6), repeated(TWO, 6))).toBe(":JUICE");
  expect(invoke("subset?", underCounted(ONE, 2), repeated(TWO, 2))).toBe("true");
});

test("into of a Vector that holds more than it counts", () => {
  const pair = Vector.of(1, 2);
  const vector = (levels: number) =>
    newVector(32, [filled(16n ** BigInt(levels), pair), filled(16n, pair)], null, true);
  expect(invoke("into", CVMMap.EMPTY, vector(2))).toBe("{1 2}");
  expect(invoke("into", CVMMap.EMPTY, vector(5))).toBe(":JUICE");
});

test("into of as many elements as cost next to nothing", () => {
  expect(invoke("into", CVMSet.EMPTY, filled(WRAPPED, 1))).toBe(":JUICE");
  expect(invoke("into", CVMMap.EMPTY, filled(WRAPPED, Vector.of(1, 2)))).toBe(":JUICE");
  expect(invoke("into", CVMMap.EMPTY, filled(WRAPPED, 1))).toBe(":ARGUMENT");
});

const ENTRIES = CVMMap.from(Array.from({ length: 15 }, (_, i) => [i, i] as const));

test.each(["cons", "concat", "values"])("%s of a map under a count", (name) => {
  const args: Value[] = name === "cons" ? [1] : [];
  expect(invoke(name, ...args, underCounted(ENTRIES, 5))).toBe(":JUICE");
});

test("expand of a map that holds the same entries many times", () => {
  const ctx = testContext();
  const expanded = withinWorkLimit(
    ctx,
    () => initialExpand(ctx, repeated(ENTRIES, 4), CORE_BY_NAME.get("*initial-expander*") ?? null),
    null,
    null,
  );
  expect(outcomeText(ctx, expanded)).toBe(":JUICE");
});

test("def of what is no symbol but a map that holds the same entries many times", () => {
  let copied = 0;
  const map = repeated(ENTRIES, 5);
  const entriesOf = map.heldEntries.bind(map);
  map.heldEntries = () => {
    copied++;
    return entriesOf();
  };
  expect(() => withWorkLimit(FREE_WORK_MAX, () => requireAllParts(map))).toThrow(WorkLimitError);
  expect(copied).toBe(0);
});

test("a Vector of 2^53 elements is gone through leaf by leaf, both ways", () => {
  const vector = filled(2n ** 53n, 7)
    .assoc(3, 5)
    .concat(Vector.of(0, 1, 2, 3, 4));
  const [there, back] = [vector[Symbol.iterator](), vector.reversed()];
  const taken = (from: Iterator<Value>) => Array.from({ length: 40 }, () => from.next().value);
  expect(taken(there)).toEqual(Array.from({ length: 40 }, (_, i) => (i === 3 ? 5 : 7)));
  expect(taken(back)).toEqual(Array.from({ length: 40 }, (_, i) => (i < 5 ? 4 - i : 7)));
});

/** Calls that fail at the last of so many elements, for which they have not paid. */
const FAILING: Readonly<Record<string, (n: number) => Value[]>> = {
  join: (n) => [Vector.from([...some(n).map(() => CVMString.of("a")), 1]), CVMChar.of(44)],
  merge: (n) => [CVMMap.EMPTY, CVMMap.from(some(n).map((i) => [i, i] as const)), 1],
  "get-in": (n) => [nestedIn(n), Vector.from(new Array<Value>(n + 1).fill(0))],
  "assoc-in": (n) => [nestedIn(n), Vector.from(new Array<Value>(n + 1).fill(0)), 1],
  map: (n) => [Vector.of(7), Vector.from([...new Array<Value>(n).fill(0), 9])],
  concat: (n) => [Vector.from(some(n)), 1],
  blob: (n) => [CVMString.of(`${"ab".repeat(n)}xy`)],
  union: (n) => [CVMSet.from(some(n)), 1],
};

function some(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** A Vector in a Vector and so on, and 5 in the innermost. */
function nestedIn(depth: number): Value {
  let value: Value = 5;
  for (let i = 0; i < depth; i++) value = Vector.of(value);
  return value;
}

test.each(Object.entries(FAILING))("%s that fails counts what it did", (name, argumentsOf) => {
  const failing = (n: number) => () => {
    const ctx = testContext();
    const fn = CORE_BY_NAME.get(name) as Value;
    return outcomeText(
      ctx,
      withWorkLimit(5_000, () => ctx.invoke(fn, argumentsOf(n))),
    );
  };
  expect(failing(0)()).toBeOneOf([":CAST", ":BOUNDS"]);
  expect(failing(1000)).toThrow(WorkLimitError);
});

test("a map is walked again, however often it is the same object", () => {
  const make = () => underCounted(CVMMap.from([[1, 2]]), 3);
  const map = make();
  const limit = 1_000_000_000;
  const workOf = (maps: readonly CVMMap[]) =>
    withWorkLimit(limit, () => {
      for (const each of maps) heldIn(each);
      return limit - workLeft();
    });
  const once = workOf([map]);
  expect(once).toBeGreaterThan(0);
  expect(workOf([map, map])).toBe(2 * once);
  expect(workOf([map, make()])).toBe(2 * once);
});
