// The same work is counted whether cells are one object or are read twice, and whatever was found
// out about them before.

import { expect, test } from "bun:test";
import { isMiscounted, plainMap } from "../../../src/cvm/core/structures.ts";
import { CVM_TABLE } from "../../../src/cvm/cvm-table.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { InvokeOp } from "../../../src/cvm/ops/invoke-op.ts";
import { mayLackText } from "../../../src/cvm/text/text-check.ts";
import { Blob } from "../../../src/data/blob.ts";
import { NO_CELLS, type Value } from "../../../src/data/cell.ts";
import { decode } from "../../../src/data/decode.ts";
import { encoding, hashKey } from "../../../src/data/encode.ts";
import { withWorkLimit, workLeft } from "../../../src/data/free-work.ts";
import { digitAt } from "../../../src/data/hash-digits.ts";
import { isFullTree, LEAF } from "../../../src/data/hash-trie.ts";
import { INDEX_DIGITS, Index } from "../../../src/data/index-map.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { decodeMultiCell, encodeMultiCell } from "../../../src/data/multi-cell.ts";
import { NESTING_MAX } from "../../../src/data/nesting.ts";
import { DenseRecord } from "../../../src/data/record.ts";
import { Vector } from "../../../src/data/vector.ts";

const LIMIT = 2 ** 40;

function copyOf<T extends Value>(value: T): T {
  return decodeMultiCell(encodeMultiCell(value), CVM_TABLE) as T;
}

function workOf(run: () => unknown): number {
  return withWorkLimit(LIMIT, () => {
    run();
    return LIMIT - workLeft();
  });
}

function times<T extends Value>(n: number, first: T, step: (value: T) => T): T {
  let value = first;
  for (let i = 0; i < n; i++) value = step(value);
  return value;
}

const entry = new Index(1, true, [Blob.of(new Uint8Array(1)), 1], INDEX_DIGITS, 0);
/** Each cell branches at the digit at which the one above does. */
const index = times(100, entry, (below) => new Index(1 + 1, false, [below, entry], 0, 0b11));
const counted = times(
  100,
  entry,
  (below) => new Index(below.count + 1, false, [below, entry], 0, 0b11),
);
const numbers = Array.from({ length: 40 }, (_, i) => i);
const map = CVMMap.from(numbers.map((i) => [i, i]));
const deep = (trees: number) =>
  times(trees, map, (below) => below.make(below.count, [below], 0, 1, null) as CVMMap);
/** Its hash leads down all of them. */
const ZERO =
  Array.from({ length: 100 }, (_, i) => 1000 + i).find((i) => digitAt(hashKey(i), 0) === 0) ?? 0;
const leaf = Vector.from(numbers.slice(0, 16));
/** Counts 48, of which the last part has no more than 16. */
const fields = new Vector(48, [leaf, leaf, new Vector(32, [leaf, leaf], null, true)], null, true);
const long = (i: number) => Vector.from(new Array(40_000).fill(Vector.of(i)));
const op = (...parts: Value[]) =>
  new InvokeOp(Vector.from(parts.map((part) => new Constant(part))));

const CASES: readonly (readonly [name: string, value: Value, run: (value: never) => unknown])[] = [
  ["whether an Index counts what it has", index, (v: Index) => isMiscounted(v)],
  ["the map of a hand-made record", new DenseRecord(0xdd, fields), (v: DenseRecord) => plainMap(v)],
  ["an entry of a map of many trees", deep(300), (v: CVMMap) => v.assoc(ZERO, 1)],
  ["whether a call can be printed", op(1, counted), (v: InvokeOp) => mayLackText(v)],
];

test.each(CASES)("%s", (_, value, run) => {
  const once = workOf(() => run(copyOf(value) as never));
  const [one, other] = [copyOf(value), copyOf(value)] as [never, never];
  const apart = workOf(() => [run(one), run(other)]);
  expect(once).toBeGreaterThan(0);
  expect(apart).toBe(2 * once);
  expect(workOf(() => [run(one), run(one)])).toBe(apart);
});

test.each([0, 1, 2, 3])(
  "how far a call with %p long parts is looked through does not depend on those before it",
  (count) => {
    const whole = op(1, ...Array.from({ length: count }, (_, i) => long(i)), counted, fields);
    const look = (call: InvokeOp) => {
      const before = workLeft();
      return { isLacking: mayLackText(call), work: before - workLeft() };
    };
    const alone = withWorkLimit(LIMIT, () => look(copyOf(whole)));
    // Its parts first, each in a call of its own.
    const known = copyOf(whole);
    const parts = [...known.ops].map((part) => (part as Constant).value);
    const after = withWorkLimit(LIMIT, () => {
      for (const part of parts) look(op(1, part));
      return look(known);
    });
    expect(after).toEqual(alone);
    expect(alone.work).toBeGreaterThan(0);
  },
);

test("a part that many calls have is gone through once", () => {
  const part = Vector.from(numbers);
  const { slotAt } = Vector.prototype;
  let looks = 0;
  part.slotAt = (i) => {
    looks++;
    return slotAt.call(part, i);
  };
  withWorkLimit(LIMIT, () => {
    mayLackText(op(1, part));
    const once = looks;
    expect(once).toBeGreaterThan(0);
    mayLackText(op(2, part));
    expect(looks).toBe(once);
  });
});

test("a walk outside of all runs counts nothing", () => {
  const part = long(1);
  for (const call of [op(1, part), op(2, part)]) mayLackText(call);
  expect(workLeft()).toBe(Number.POSITIVE_INFINITY);
});

test("a tree is full or not, whichever is looked at first", () => {
  const all = deep(NESTING_MAX + 10);
  const part = (from: CVMMap) => times(NESTING_MAX - 20, from, (tree) => tree.slots[0] as CVMMap);
  const [first, second] = [copyOf(all), copyOf(all)];
  withWorkLimit(LIMIT, () => {
    const alone = isFullTree(part(first), true);
    expect(isFullTree(second, true)).toBe(false);
    expect(isFullTree(part(second), true)).toBe(alone);
    expect(alone).toBe(true);
  });
});

test("what is left of a leaf that was in no order is what is read again", () => {
  const [first, second] = CVMMap.from([
    [1, 1],
    [2, 2],
  ]).keys() as [Value, Value];
  const hashes = [second, first, first].map((key) => hashKey(key));
  const leaf = CVMMap.EMPTY.make(3, [second, 2, first, 1, first, 1], LEAF, 0, hashes);
  leaf.isRegular = false;
  for (const rest of [leaf.dissoc(second), leaf.dissoc(first), leaf.dissoc(second).dissoc(first)]) {
    const again = decode(encoding(rest), CVM_TABLE, NO_CELLS, true) as CVMMap;
    expect([rest.count, rest.isSound]).toEqual([again.count, again.isSound]);
  }
});
