import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toHex } from "../../src/crypto/hex.ts";
import type { Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashBytes } from "../../src/data/encode.ts";
import { BadStructureError } from "../../src/data/errors.ts";
import { List } from "../../src/data/list.ts";
import { Vector } from "../../src/data/vector.ts";
import { bytesOf } from "./fixture-rows.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const hashOf = (v: Value): string => toHex(hashBytes(v));

describe("vectors of sheet 01 §22.1", () => {
  test("()", () => {
    expect(toHex(encoding(List.EMPTY))).toBe("8100");
    expect(hashOf(List.from([]))).toBe(
      "5470ba9cf809b578fba8878205f54cdfb0a77660fa45869dd5e98ad2c5e10201",
    );
  });

  test("(1 2 3)", () => {
    const hash = "a0beceebd64f938e3b4fbc249405102c6d85888f58f7a55b46b9e874a779168d";
    expect(toHex(encoding(List.of(1, 2, 3)))).toBe("8103110311021101");
    expect(hashOf(List.of(1, 2, 3))).toBe(hash);
    expect(hashOf(List.EMPTY.cons(3).cons(2).cons(1))).toBe(hash);
  });
});

describe("a list behaves as an array", () => {
  test("values put before it together are those put before it one by one", () => {
    for (let count = 0; count <= 40; count++) {
      const list = List.from(range(count));
      for (let n = 0; n <= 20; n++) {
        let expected = list;
        for (let i = n - 1; i >= 0; i--) expected = expected.cons(100 + i);
        const values = range(25).map((i) => 100 + i);
        const found = list.withFirst(values, n);
        expect(hashOf(found)).toBe(hashOf(expected));
        expect(found.count).toBe(count + n);
      }
    }
  });

  test("get, the iterator and next give the elements in order", () => {
    fc.assert(
      fc.property(fc.nat(600), (n) => {
        const list = List.from(range(n));
        expect(list.count).toBe(n);
        expect(list.toArray()).toEqual(range(n));
        expect([...list]).toEqual(range(n));
        for (let i = 0; i < n; i++) expect(list.get(i)).toBe(i);
        const seen: Value[] = [];
        for (let rest: List | null = n > 0 ? list : null; rest !== null; rest = rest.next()) {
          seen.push(rest.get(0));
        }
        expect(seen).toEqual(range(n));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test("after any sequence of changes", () => {
    const step = fc.record({
      op: fc.constantFrom("cons", "assoc", "slice", "next"),
      a: fc.nat(),
      b: fc.nat(),
    });
    fc.assert(
      fc.property(fc.nat(300), fc.array(step, { maxLength: 20 }), (n, steps) => {
        let list = List.from(range(n));
        let model: Value[] = range(n);
        for (const { op, a, b } of steps) {
          const size = model.length;
          if (op === "cons") {
            list = list.cons(a);
            model = [a, ...model];
          } else if (op === "assoc" && size > 0) {
            list = list.assoc(a % size, b);
            model = model.with(a % size, b);
          } else if (op === "slice") {
            const start = a % (size + 1);
            const end = start + (b % (size - start + 1));
            list = list.slice(start, end);
            model = model.slice(start, end);
          } else if (op === "next" && size > 1) {
            list = list.next() as List;
            model = model.slice(1);
          }
        }
        expect(list.toArray()).toEqual(model);
        expect(hashOf(list)).toBe(hashOf(List.from(model)));
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test("next ends with null, and positions beyond the end are refused", () => {
    expect(List.EMPTY.next()).toBe(null);
    expect(List.of(1).next()).toBe(null);
    expect(List.of(1).slice(1, 1)).toBe(List.EMPTY);
    expect(() => List.of(1).get(1)).toThrow(RangeError);
    expect(() => List.of(1).get(-1)).toThrow(RangeError);
    expect(() => List.of(1).slice(0, 2)).toThrow(RangeError);
  });

  test("reverse of a vector shares its elements", () => {
    const vector = Vector.from(range(40));
    const list = List.reverseOf(vector);
    expect(list.toArray()).toEqual(range(40).reverse());
    expect(list.vector).toBe(vector);
    expect(List.reverseOf(Vector.EMPTY)).toBe(List.EMPTY);
    expect(hashOf(list)).not.toBe(hashOf(vector));
  });

  test("a damaged one is accepted and fails on use (sheet 01 §14)", () => {
    const list = decode(bytesOf("8111110100"), CAD3_TABLE) as List;
    expect(list.get(0)).toBe(1);
    expect(() => list.get(1)).toThrow(BadStructureError);
    expect(() => list.toArray()).toThrow(BadStructureError);
  });
});
