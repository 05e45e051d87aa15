import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Value } from "../../src/data/cell.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { Vector, viewsMade } from "../../src/data/vector.ts";
import { newVector } from "../../src/data/vector-huge.ts";
import { workMs } from "../work-time.ts";

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function hashOf(v: Vector): string {
  // A copy whose cells nobody has seen.
  return hashKey(Vector.from(v.toArray()));
}

/** 16^levels times the same element. */
function power(levels: number, element: Value): Vector {
  let v = Vector.from(new Array(16).fill(element));
  for (let i = 1; i < levels; i++) v = newVector(v.count * 16, new Array(16).fill(v), null, true);
  return v;
}

describe("a range", () => {
  const counts = fc.oneof(fc.nat(700), fc.constantFrom(256, 512, 4096, 4097, 4352, 5000));
  const steps = fc.array(
    fc.record({
      op: fc.constantFrom("slice", "back", "append", "assoc", "hash", "walk", "concat", "next"),
      a: fc.nat(),
      b: fc.nat(),
    }),
    { maxLength: 20 },
  );

  test("is the vector that has been built anew, whatever is done to it", () => {
    fc.assert(
      fc.property(counts, steps, (n, all) => {
        let model: Value[] = range(n);
        let v = Vector.from(model);
        for (const { op, a, b } of all) {
          const start = a % (model.length + 1);
          const end = start + (b % (model.length + 1 - start));
          if (op === "slice") [v, model] = [v.slice(start, end), model.slice(start, end)];
          if (op === "next") [v, model] = [v.slice(v.count && 1, v.count), model.slice(1)];
          if (op === "back") [v, model] = [v.backwards(), model.toReversed()];
          if (op === "append") [v, model] = [v.append(a), [...model, a]];
          if (op === "assoc" && start < model.length) {
            [v, model] = [v.assoc(start, b), model.with(start, b)];
          }
          if (op === "concat" && model.length < 4000) {
            [v, model] = [v.concat(v.slice(start, end)), model.concat(model.slice(start, end))];
          }
          if (op === "hash") expect(hashKey(v)).toBe(hashKey(Vector.from(model)));
          if (op === "walk") {
            expect([...v]).toEqual(model);
            expect([...v.reversed()]).toEqual(model.toReversed());
          }
          expect(v.count).toBe(model.length);
          if (start < model.length) expect(v.get(start)).toBe(model[start] as Value);
        }
        expect(v.toArray()).toEqual(model);
        expect(encoding(v)).toEqual(encoding(Vector.from(model)));
        expect(memorySize(v)).toBe(memorySize(Vector.from(model)));
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  test("of a range is not built for being walked", () => {
    let v = Vector.from(range(50_000));
    const start = workMs();
    for (let i = 0; i < 40_000; i++) v = v.slice(1, v.count);
    expect(v.get(0)).toBe(40_000);
    expect(workMs() - start).toBeLessThan(1_000);
  });

  test("shares its cells with those of its neighbours", () => {
    const v = Vector.from(range(20_000));
    const start = workMs();
    // Each of these alone has 1,300 cells of its own: some 13 million, at a microsecond or two.
    for (let i = 1; i < 5000; i++) hashKey(v.slice(i, v.count));
    for (let i = 1; i < 5000; i++) hashKey(v.slice(i, v.count).backwards());
    expect(workMs() - start).toBeLessThan(5_000);
    for (const i of [1, 777, 4999]) {
      expect(hashKey(v.slice(i, v.count))).toBe(hashOf(v.slice(i, v.count)));
    }
  });

  test("of vectors that differ in an element shares the rest", () => {
    let v = Vector.from(range(100_000));
    const start = workMs();
    for (let i = 0; i < 1000; i++) {
      v = v.assoc((i * 7919) % 100_000, -i);
      hashKey(v.slice(1, v.count));
    }
    expect(workMs() - start).toBeLessThan(5_000);
    expect(hashKey(v.slice(1, v.count))).toBe(hashOf(v.slice(1, v.count)));
  });

  test("of a vector that names one child many times is as small", () => {
    const v = power(7, 7);
    const rest = v.slice(1, v.count);
    expect(rest.count).toBe(16 ** 7 - 1);
    expect(hashKey(rest.append(7))).toBe(hashKey(v));
    expect(hashKey(v.backwards())).toBe(hashKey(v));
    expect(memorySize(rest.append(7))).toBe(memorySize(v));
  });

  test("is counted when it is made", () => {
    const before = viewsMade();
    Vector.from(range(10)).slice(1, 9);
    expect(viewsMade()).toBe(before);
    Vector.from(range(100)).slice(1, 90);
    expect(viewsMade()).toBe(before + 1);
  });
});
