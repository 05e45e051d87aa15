import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { hashKey } from "../../src/data/encode.ts";
import { BadFormatError, PanicError } from "../../src/data/errors.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMSet } from "../../src/data/set.ts";
import {
  combineSets,
  INTERSECTION,
  LEFT_DIFFERENCE,
  RIGHT_DIFFERENCE,
  type SetOperation,
  UNION,
} from "../../src/data/set-algebra.ts";
import { canonicalShape, hexOf, integersWithHash, type Shape, shapeOf } from "./trie-shape.ts";

// The rules of sheet 01 §21.1 once more, literally, on plain data: what set-algebra.ts is checked
// against. A leaf is an array of hashes; the same object means the same set.

type Tree = Exclude<Shape, readonly string[]>;
const EMPTY: readonly string[] = [];

function isLeaf(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function countOf(shape: Shape): number {
  if (isLeaf(shape)) return shape.length;
  return Object.values(shape.children).reduce((sum, child) => sum + countOf(child), 0);
}

function hashesIn(shape: Shape): string[] {
  if (isLeaf(shape)) return [...shape];
  const digits = Object.keys(shape.children).sort();
  return digits.flatMap((digit) => hashesIn(shape.children[digit] as Shape));
}

function reverse(op: SetOperation): SetOperation {
  if (op === LEFT_DIFFERENCE) return RIGHT_DIFFERENCE;
  return op === RIGHT_DIFFERENCE ? LEFT_DIFFERENCE : op;
}

/** Rule 7. */
function insertModel(t: Shape, hash: string): Shape {
  if (isLeaf(t)) return t.includes(hash) ? t : canonicalShape([...t, hash]);
  const first = hashesIn(t)[0] as string;
  let common = 0;
  while (common < 64 && first[common] === hash[common]) common++;
  if (common < t.shift) {
    const [own, other] = [hash[common] as string, first[common] as string];
    return { shift: common, children: { [own]: [hash], [other]: t } };
  }
  const digit = hash[t.shift] as string;
  const child = insertModel(t.children[digit] ?? EMPTY, hash);
  return { shift: t.shift, children: { ...t.children, [digit]: child } };
}

/** Rule 6. */
function fullModel(children: Record<string, Shape>, s: number): Shape {
  const kept = Object.entries(children).filter(([, child]) => countOf(child) > 0);
  const all = kept.flatMap(([, child]) => hashesIn(child));
  if (all.length <= 15) return all.sort();
  return { shift: s, children: Object.fromEntries(kept) };
}

/** Rule 2. */
function leavesModel(a: readonly string[], b: readonly string[], op: SetOperation): Shape {
  const isEqual = a.join() === b.join();
  if (isEqual) return op === UNION || op === INTERSECTION ? a : EMPTY;
  const result = [...new Set([...a, ...b])].filter((hash) => {
    if (op === UNION) return true;
    if (op === INTERSECTION) return a.includes(hash) && b.includes(hash);
    return op === LEFT_DIFFERENCE ? !b.includes(hash) : !a.includes(hash);
  });
  if (result.sort().join() === a.join()) return a;
  return result.reduce<Shape>(insertModel, EMPTY);
}

/** Rule 5. */
function treeLeafModel(a: Tree, b: readonly string[], op: SetOperation, s: number): Shape {
  const children: Record<string, Shape> = {};
  let isChanged = false;
  for (const [digit, child] of Object.entries(a.children)) {
    const sub = b.filter((hash) => hash[s] === digit);
    const r = combineModel(child, sub.length === 0 ? EMPTY : sub, op, s + 1);
    if (r !== child) isChanged = true;
    children[digit] = r;
  }
  let result: Shape = isChanged ? fullModel(children, s) : a;
  for (const hash of b) {
    if (a.children[hash[s] as string] !== undefined) continue;
    if (op === UNION || op === RIGHT_DIFFERENCE) result = insertModel(result, hash);
  }
  return result;
}

/** Rules 2 to 4. */
function combineModel(a: Shape, b: Shape, op: SetOperation, s: number): Shape {
  if (isLeaf(a)) {
    return isLeaf(b) ? leavesModel(a, b, op) : treeLeafModel(b, a, reverse(op), s);
  }
  if (isLeaf(b)) return treeLeafModel(a, b, op, s);
  if (a.shift !== b.shift) throw new PanicError("Misaligned shifts!");
  const children: Record<string, Shape> = {};
  let isChanged = false;
  for (const digit of "0123456789abcdef") {
    const [left, right] = [a.children[digit], b.children[digit]];
    if (left === undefined && right === undefined) continue;
    const r = combineModel(left ?? EMPTY, right ?? EMPTY, op, s + 1);
    if (r !== (left ?? EMPTY)) isChanged = true;
    children[digit] = r;
  }
  return isChanged ? fullModel(children, s) : a;
}

/** Rule 1. */
function modelOf(a: Shape, b: Shape, op: SetOperation): Shape {
  return combineModel(a, b, op, isLeaf(a) ? 0 : a.shift);
}

const OPERATIONS: readonly SetOperation[] = [
  UNION,
  INTERSECTION,
  LEFT_DIFFERENCE,
  RIGHT_DIFFERENCE,
];

const ORDINARY = Array.from({ length: 300 }, (_, i) => i);
const FIRST_3 = integersWithHash("3", 120);
const FIRST_37 = integersWithHash("37", 60);
const DIGIT_3 = new Set(FIRST_3);
/** No hash begins with 3. */
const OTHERS = ORDINARY.filter((v) => !DIGIT_3.has(v));

const canonical = (values: readonly number[]): Shape =>
  canonicalShape(values.map((v) => hexOf(hashKey(v))));

describe("sheet 01 §21.1", () => {
  const pool = (values: readonly number[], maxLength: number) =>
    fc.array(fc.constantFrom(...values), { maxLength });
  const slice = (from: readonly number[]): fc.Arbitrary<readonly number[]> =>
    fc
      .tuple(fc.nat(from.length), fc.nat(from.length))
      .map(([a, b]) => from.slice(Math.min(a, b), Math.max(a, b)));
  const values = fc
    .tuple(slice(FIRST_37), slice(FIRST_3), slice(ORDINARY), fc.nat(7))
    .map(([a, b, c, mix]) => [
      ...(mix & 1 ? a : []),
      ...(mix & 2 ? b : []),
      ...(mix & 4 ? c : c.slice(0, mix)),
    ]);

  test("all operations, chained, are those of the rules", () => {
    const step = fc.record({
      op: fc.constantFrom(...OPERATIONS),
      other: values,
      swap: fc.boolean(),
    });
    let panics = 0;
    let misshapen = 0;
    fc.assert(
      fc.property(values, fc.array(step, { minLength: 1, maxLength: 4 }), (start, steps) => {
        let set = CVMSet.from(start);
        for (const { op, other, swap } of steps) {
          const [a, b] = swap ? [CVMSet.from(other), set] : [set, CVMSet.from(other)];
          const attempt = (): Shape => modelOf(shapeOf(a), shapeOf(b), op);
          let expected: Shape;
          try {
            expected = attempt();
          } catch (error) {
            expect(error).toBeInstanceOf(PanicError);
            expect(() => combineSets(a, b, op)).toThrow(PanicError);
            panics++;
            return;
          }
          set = combineSets(a, b, op);
          expect(shapeOf(set)).toEqual(expected);
          const hashes = hashesIn(expected);
          if (JSON.stringify(expected) !== JSON.stringify(canonicalShape(hashes))) misshapen++;
        }
      }),
      { seed: 1, numRuns: 600 },
    );
    // The generator reaches what the section is about.
    expect(panics).toBeGreaterThan(50);
    expect(misshapen).toBeGreaterThan(50);
  });

  test("sets without a common first digit give the canonical result", () => {
    fc.assert(
      fc.property(pool(ORDINARY, 150), pool(ORDINARY, 150), (x, y) => {
        const [left, right] = [new Set(x), new Set(y)];
        const [a, b] = [CVMSet.from(x), CVMSet.from(y)];
        fc.pre(a.isLeaf || a.shift === 0);
        fc.pre(b.isLeaf || b.shift === 0);
        expect(shapeOf(a.union(b))).toEqual(canonical([...left.union(right)]));
        expect(shapeOf(a.intersection(b))).toEqual(canonical([...left.intersection(right)]));
        expect(shapeOf(a.difference(b))).toEqual(canonical([...left.difference(right)]));
      }),
      { seed: 2, numRuns: 80 },
    );
  });

  test("rule 2: the result with all elements of a is the object a", () => {
    const a = CVMSet.of(1, 2, 3);
    expect(a.union(CVMSet.of(2))).toBe(a);
    expect(a.intersection(CVMSet.of(1, 2, 3, 4))).toBe(a);
    expect(a.difference(CVMSet.of(5))).toBe(a);
    expect(a.difference(CVMSet.of(1, 2, 3))).toBe(CVMSet.EMPTY);
    expect(a.union(CVMSet.EMPTY)).toBe(a);
  });

  test("rules 4 and 5: nor is a tree rebuilt that does not change", () => {
    const a = CVMSet.from(ORDINARY);
    expect(a.union(CVMSet.from(ORDINARY.slice(0, 100)))).toBe(a);
    expect(a.union(CVMSet.of(1, 2))).toBe(a);
    expect(CVMSet.of(1, 2).union(a)).toBe(a);
    expect(a.intersection(CVMSet.from([...ORDINARY, -1]))).toBe(a);
    expect(a.difference(CVMSet.of(-1))).toBe(a);
  });

  test("rule 4: trees that branch at different digits panic", () => {
    const close = CVMSet.from(FIRST_3.slice(0, 40));
    const ordinary = CVMSet.from(ORDINARY.slice(0, 40));
    expect([close.shift, ordinary.shift]).toEqual([1, 0]);
    for (const op of OPERATIONS) {
      expect(() => combineSets(close, ordinary, op)).toThrow(PanicError);
      expect(() => combineSets(ordinary, close, op)).toThrow(PanicError);
    }
  });

  test("rule 5: #{x} ∪ a set of shift 1, either way round, is a wrong tree", () => {
    const close = CVMSet.from(FIRST_3.slice(0, 60));
    for (const x of OTHERS.slice(0, 100)) {
      const right = hashKey(close.include(x));
      expect(hashKey(CVMSet.of(x).union(close))).not.toBe(right);
      expect(hashKey(close.union(CVMSet.of(x)))).not.toBe(right);
    }
  });

  test("rule 5: mostly so even when x is a member", () => {
    const members = FIRST_3.slice(0, 60);
    const close = CVMSet.from(members);
    const wrong = members.filter((x) => hashKey(CVMSet.of(x).union(close)) !== hashKey(close));
    const secondDigit3 = members.filter((x) => hexOf(hashKey(x))[1] === "3");
    expect(wrong.length).toBe(60 - secondDigit3.length);
    expect(wrong.length).toBeGreaterThan(50);
  });

  test("rule 6: a changed child of true shift 2 is written with shift 1", () => {
    const deep = FIRST_37.slice(0, 30);
    const a = CVMSet.from([...deep, ...OTHERS.slice(0, 40)]);
    const b = CVMSet.from([...FIRST_37.slice(20, 50), ...OTHERS.slice(0, 40)]);
    const child = (set: CVMSet): Shape => {
      const shape = shapeOf(set) as Tree;
      return shape.children["3"] as Shape;
    };
    expect((child(a) as Tree).shift).toBe(2);
    expect((child(a.union(b)) as Tree).shift).toBe(1);
  });

  test("rule 6: a difference can leave one child, which no decoder takes", () => {
    const rest = OTHERS.slice(0, 20);
    const set = CVMSet.from([...FIRST_3.slice(0, 60), ...rest]);
    const left = set.difference(CVMSet.from(rest));
    expect(left.count).toBe(60);
    expect(left.shift).toBe(0);
    expect(left.slots.length).toBe(1);
    expect(() => decodeMultiCell(encodeMultiCell(left), CAD3_TABLE)).toThrow(BadFormatError);
    for (const v of FIRST_3.slice(0, 60)) expect(left.has(v)).toBe(true);
  });

  test("rule 7: an insert goes by the first hash of the tree, on misshapen ones too", () => {
    const wrong = CVMSet.of(OTHERS[0] as number).union(CVMSet.from(FIRST_3.slice(0, 60)));
    let shape = shapeOf(wrong);
    let set = wrong;
    for (const x of [...OTHERS.slice(1, 60), ...FIRST_3.slice(60, 100), ...FIRST_37.slice(0, 30)]) {
      set = set.include(x);
      shape = insertModel(shape, hexOf(hashKey(x)));
      expect(shapeOf(set)).toEqual(shape);
    }
  });

  test("include, exclude and map-like growth are not affected", () => {
    let set = CVMSet.from(FIRST_3.slice(0, 60));
    for (const x of OTHERS.slice(0, 40)) set = set.include(x);
    expect(shapeOf(set)).toEqual(canonical([...FIRST_3.slice(0, 60), ...OTHERS.slice(0, 40)]));
    for (const x of OTHERS.slice(0, 40)) set = set.exclude(x);
    expect(shapeOf(set)).toEqual(canonical(FIRST_3.slice(0, 60)));
  });
});
