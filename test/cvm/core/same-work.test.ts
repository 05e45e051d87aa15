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
const long = Vector.from(new Array(40_000).fill(Vector.of(1)));
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

test("how far a call is looked through does not depend on those before it", () => {
  const whole = op(1, long, long, long, fields);
  const fresh = workOf(() => mayLackText(copyOf(whole)));
  const known = copyOf(whole);
  expect(workOf(() => [mayLackText(op(1, (known.ops.get(1) as Constant).value))])).toBeGreaterThan(
    0,
  );
  expect(workOf(() => mayLackText(known))).toBe(fresh);
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
