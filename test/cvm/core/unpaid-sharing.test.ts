// A few cells that hold one another many times, or deeper than anything sound, are gone through
// once, or what is gone through counts as work: else a transaction of 200 bytes would hold up all
// peers.

import { describe, expect, test } from "bun:test";
import { bind } from "../../../src/cvm/call/binding.ts";
import type { CoreFn } from "../../../src/cvm/call/core-fn.ts";
import { Fn } from "../../../src/cvm/call/fn.ts";
import { MultiFn } from "../../../src/cvm/call/multi-fn.ts";
import { compileBinding } from "../../../src/cvm/compile/compile-function.ts";
import { compile } from "../../../src/cvm/compile/compiler.ts";
import { requireAllParts } from "../../../src/cvm/compile/form-metadata.ts";
import { Context } from "../../../src/cvm/context.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import { rangeOf } from "../../../src/cvm/core/structures.ts";
import { canonicaliseWithin, markAsArray } from "../../../src/cvm/history/array-vectors.ts";
import { withEntry, withValue } from "../../../src/cvm/history/maps.ts";
import { Constant } from "../../../src/cvm/ops/constant.ts";
import { Address } from "../../../src/data/address.ts";
import { Blob } from "../../../src/data/blob.ts";
import type { Slot, Value } from "../../../src/data/cell.ts";
import { hashKey } from "../../../src/data/encode.ts";
import { withWorkLimit, workLeft } from "../../../src/data/free-work.ts";
import { digitAt } from "../../../src/data/hash-digits.ts";
import { INDEX_DIGITS, Index } from "../../../src/data/index-map.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { NESTING_MAX, NestingError } from "../../../src/data/nesting.ts";
import { expectUnhashed } from "../../../src/data/noted-hash.ts";
import { BlockMemory, withinBlock } from "../../../src/data/run-memory.ts";
import { CVMSymbol } from "../../../src/data/symbol.ts";
import { Syntax } from "../../../src/data/syntax.ts";
import { Vector } from "../../../src/data/vector.ts";
import { printBytes } from "../../../src/lang/printer.ts";
import { testGenesis } from "../../genesis/test-genesis.ts";

const LIMIT = 2 ** 40;
const X = CVMSymbol.of("x");

function workOf(run: () => unknown): number {
  return withWorkLimit(LIMIT, () => {
    run();
    return LIMIT - workLeft();
  });
}

function times<T>(n: number, first: T, step: (value: T) => T): T {
  let value = first;
  for (let i = 0; i < n; i++) value = step(value);
  return value;
}

const sixteen = <T>(value: T): T[] => new Array<T>(16).fill(value);
const context = () =>
  new Context({ state: testGenesis(), origin: Address.of(12), juiceLimit: 10_000_000 });

/** Tells how often its slots are looked at. */
class Watched extends Vector {
  static looks = 0;
  override slotAt(index: number): Slot {
    Watched.looks++;
    return super.slotAt(index);
  }
}

test("arrays are sought once in each cell", () => {
  const LEVELS = 4;
  withinBlock(new BlockMemory(), () => {
    const array = markAsArray(Vector.from(sixteen(1)));
    const all = times(
      LEVELS,
      array as Vector,
      (v) => new Watched(16, sixteen<Slot>(v), null, false),
    );
    canonicaliseWithin(all);
    expect(Watched.looks).toBe(LEVELS * 16);
    canonicaliseWithin(all);
    expect(Watched.looks).toBe(LEVELS * 16);
  });
});

const leafOf = (count: number, from = 0) =>
  CVMMap.from(Array.from({ length: count }, (_, i) => [from + i, i] as const));
const treeOf = (...parts: CVMMap[]): CVMMap => {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return leafOf(1).make(count, parts, 0, (1 << parts.length) - 1, null);
};

test("what is in a map whose counts are not all true", () => {
  const whole = times(3, leafOf(15), (child) => treeOf(...sixteen(child)));
  const lying = treeOf(leafOf(10), leafOf(10, 50));
  const map = treeOf(whole, lying.make(21, lying.slots, 0, 0b11, null));
  expect(map.heldEntries()).toHaveLength(whole.count + 20);
  expect(workOf(() => map.heldEntries())).toBeGreaterThanOrEqual(whole.count * 1000);
});

test("elements that a hand-made Vector has beyond its count", () => {
  const leaf = Vector.from(Array.from({ length: 16 }, (_, i) => Vector.of(i, i)));
  const long = times(30, leaf, (child) => new Vector(48, [child, leaf, leaf], null, true));
  const into = CORE_BY_NAME.get("into") as CoreFn;
  const work = workOf(() => into.invoke(context(), [CVMMap.EMPTY, long]));
  expect(work).toBeGreaterThanOrEqual((16 + 30 * 32 - 48) * 1500);
});

test("entries of an Index that are bound by their positions", () => {
  const entry = new Index(1, true, [Blob.of(new Uint8Array(1)), 1], INDEX_DIGITS, 0);
  const index = times(2, entry, (child) => {
    return new Index(
      child.count * 16,
      false,
      sixteen<Slot>(child),
      child === entry ? 2 : 0,
      0xffff,
    );
  });
  expect(workOf(() => rangeOf(index, 1, 0))).toBeGreaterThanOrEqual(256 * 1000);
});

test("binding forms that are compiled", () => {
  const forms = times(3, X as Value, (form) => Vector.from(sixteen(form)));
  expect(workOf(() => compileBinding(context(), forms))).toBeGreaterThanOrEqual(16 ** 3 * 1000);
});

test("metadata that is taken off without having been expanded", () => {
  const layers = times(5000, 1 as Value, (datum) => Syntax.of(datum, CVMMap.EMPTY));
  expect(workOf(() => compile(context(), layers))).toBeGreaterThanOrEqual(5000 * 100);
});

test("a value that stays in a deep map, whichever way is taken to it", () => {
  const map = leafOf(40);
  const deep = times(300, map, (below) => below.make(below.count, [below], 0, 1, null));
  const key = map.keys().find((k) => digitAt(hashKey(k), 0) === 0) as Value;
  const held = deep.assoc(key, Vector.of(1));
  expectUnhashed();
  const plain = workOf(() => held.assoc(key, Vector.of(1)));
  expect(plain).toBeGreaterThan(0);
  expect(workOf(() => withValue(held, key, Vector.of(1)))).toBe(plain);
  expect(workOf(() => withEntry(held, key, Vector.of(1)))).toBe(plain);
  // What is compared before it is replaced is gone to twice, and counted once.
  expect(workOf(() => held.assoc(key, Vector.of(2)))).toBe(plain);
  expect(workOf(() => withValue(held, key, Vector.of(2)))).toBe(plain);
  expect(workOf(() => withEntry(held, key, Vector.of(2)))).toBe(plain);
});

/** Functions of several arities in one another, the innermost of none. */
const functions = (n: number, body: Value = 1): MultiFn => {
  const fn: Value = new Fn(Vector.EMPTY, null, new Constant(body));
  return times(n, new MultiFn(Vector.of(fn)), (member) => new MultiFn(Vector.of(member)));
};
const vectors = (n: number, inner: Value): Value => times(n, inner, (v) => Vector.of(v));

type Walk = readonly [name: string, walk: (depth: number) => unknown];

describe("ends at one depth", () => {
  const WALKS: readonly Walk[] = [
    ["a binding form", (n) => bind(context(), vectors(n, X), vectors(n, 1), [])],
    ["a binding form that is compiled", (n) => compileBinding(context(), vectors(n, X))],
    ["all parts of a form", (n) => requireAllParts(vectors(n, 1))],
    ["a function of several arities", (n) => functions(n).invoke(context(), [])],
    ["a closure of it", (n) => functions(n).withEnvironment(Vector.of(1))],
  ];
  test.each(WALKS)("%s", (_, walk) => {
    expect(() => withWorkLimit(LIMIT, () => walk(NESTING_MAX - 3))).not.toThrow();
    expect(() => withWorkLimit(LIMIT, () => walk(NESTING_MAX + 3))).toThrow(NestingError);
  });
});

test("functions in functions are printed as deep as all that prints itself", () => {
  const text = (fn: MultiFn) => printBytes(fn, Number.POSITIVE_INFINITY);
  expect(text(functions(NESTING_MAX - 10)).complete).toBe(true);
  expect(text(functions(NESTING_MAX + 10)).complete).toBe(false);
  const nested = times(40, 1 as Value, (body) => functions(100, body));
  expect(text(nested as MultiFn).complete).toBe(false);
  expect(text(times(10, 1 as Value, (body) => functions(100, body)) as MultiFn).complete).toBe(
    true,
  );
});
