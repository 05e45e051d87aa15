import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hashKey } from "../../src/data/encode.ts";
import { CVMSet } from "../../src/data/set.ts";
import { canonicalShape, hexOf, integersWithHash, type Shape, shapeOf } from "./trie-shape.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

type Tree = Exclude<Shape, readonly string[]>;

function isLeaf(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function hashesIn(shape: Shape): string[] {
  if (isLeaf(shape)) return [...shape];
  return digitsOf(shape).flatMap((digit) => hashesIn(shape.children[digit] as Shape));
}

function digitsOf(tree: Tree): string[] {
  return Object.keys(tree.children).sort();
}

/** Sheet 01 §21.2 literally, on plain data. */
function sliceModel(set: Shape, start: number, end: number): Shape {
  const all = hashesIn(set);
  if (end - start <= 15) return all.slice(start, end);
  if (start === 0 && end === all.length) return set;
  let r = set as Tree;
  let k = digitsOf(r).length;
  let position = 0;
  let i = 0;
  while (i < k) {
    const digit = digitsOf(r)[i] as string;
    const c = r.children[digit] as Shape;
    const size = hashesIn(c).length;
    if (position + size <= start || position >= end) {
      const rest = Object.entries(r.children).filter(([other]) => other !== digit);
      if (rest.length === 1) r = rest[0]?.[1] as Tree;
      else r = { shift: r.shift, children: Object.fromEntries(rest) };
      k--;
    } else {
      const part = sliceModel(c, Math.max(start - position, 0), Math.min(end - position, size));
      r = { shift: r.shift, children: { ...r.children, [digit]: part } };
      i++;
    }
    position += size;
  }
  return r;
}

describe("sheet 01 §21.2", () => {
  test("1000 longs, slice 948 … 976 gives 52 elements", () => {
    const set = CVMSet.from(range(1000));
    const part = set.slice(948, 976);
    expect(part.count).toBe(52);
    expect(part.toArray().length).toBe(52);
    expect(part.toArray()).not.toEqual(set.toArray().slice(948, 976));
  });

  test("up to 15 elements are right", () => {
    const set = CVMSet.from(range(1000));
    for (let start = 0; start <= 985; start += 5) {
      for (const n of [1, 14, 15]) {
        const elements = set.toArray().slice(start, start + n);
        const part = set.slice(start, start + n);
        expect(part.toArray()).toEqual(elements);
        expect(shapeOf(part)).toEqual(elements.map((v) => hexOf(hashKey(v))));
      }
    }
  });

  test("any range is that of the rule; right unless inside the last child", () => {
    const close = integersWithHash("3", 60);
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 17, max: 900 }),
        fc.nat(),
        fc.nat(),
        (c, n, a, b) => {
          const set = CVMSet.from(c ? [...close, ...range(n)] : range(n));
          const start = a % set.count;
          const end = start + 1 + (b % (set.count - start));
          const part = set.slice(start, end);
          expect(shapeOf(part)).toEqual(sliceModel(shapeOf(set), start, end));
          const last = (set.slots[set.slots.length - 1] as CVMSet).count;
          if (start >= set.count - last) return;
          const elements = set.toArray().slice(start, end);
          expect(part.toArray()).toEqual(elements);
          expect(shapeOf(part)).toEqual(canonicalShape(elements.map((v) => hexOf(hashKey(v)))));
        },
      ),
      { seed: 1, numRuns: 250 },
    );
  });
});
