import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ceil, exp, floor, pow, sqrt } from "../../src/cvm/maths.ts";
import { fixtureRows } from "../data/fixture-rows.ts";

interface MathsRow {
  readonly src: string;
  readonly value: string;
}

const PROPERTY = { seed: 85, numRuns: 2000 };
const INF = Number.POSITIVE_INFINITY;
const NAN = Number.NaN;

/** A number as CVX text has it. */
function numberOf(text: string): number {
  if (text === "##NaN") return NAN;
  if (text === "##Inf") return INF;
  if (text === "##-Inf") return -INF;
  return /^-?\d+$/.test(text) ? Number(BigInt(text)) : Number(text);
}

/** Distance of two doubles in units of the last place. */
function distance(a: number, b: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  const [x, y] = [a, b].map((n) => {
    view.setFloat64(0, n);
    const bits = view.getBigInt64(0);
    return bits < 0n ? -(bits & (2n ** 63n - 1n)) : bits;
  }) as [bigint, bigint];
  return x > y ? x - y : y - x;
}

describe("the reference's results", () => {
  const rows = fixtureRows<MathsRow>("maths");
  test.each(rows.map(({ src, value }) => [src, value] as const))("%s = %s", (src, value) => {
    const [name, ...args] = src.slice(1, -1).split(" ");
    const [x, y] = args.map(numberOf) as [number, number];
    expect(name === "exp" ? exp(x) : pow(x, y)).toBe(numberOf(value));
  });

  test("exp(1) is not the nearest double", () => {
    expect(exp(1) - Math.E).toBe(2 ** -51);
  });
});

describe("exp", () => {
  test.each([
    [0, 1],
    [-0, 1],
    [NAN, NAN],
    [INF, INF],
    [-INF, 0],
    [709.7827128933841, INF],
    [709.782712893384, 1.7976931348622732e308],
    [-745.1332191019412, 0],
    [-745.133219101941, 5e-324],
    [2 ** -29, 1 + 2 ** -29],
  ])("exp(%d) = %d", (x, expected) => {
    expect(distance(exp(x), expected)).toBeLessThanOrEqual(
      Number.isFinite(expected) && expected !== 0 ? 1n : 0n,
    );
  });

  test("is within one unit of the engine's", () => {
    fc.assert(
      fc.property(fc.double({ min: -750, max: 715, noNaN: true }), (x) => {
        expect(distance(exp(x), Math.exp(x)) <= 1n).toBe(true);
      }),
      PROPERTY,
    );
  });
});

describe("pow", () => {
  test.each([
    [NAN, 0, 1],
    [NAN, -0, 1],
    [1, NAN, NAN],
    [1, INF, NAN],
    [-1, -INF, NAN],
    [0.5, INF, 0],
    [0.5, -INF, INF],
    [-2, INF, INF],
    [0, -1, INF],
    [-0, -1, -INF],
    [-0, -3, -INF],
    [-0, -2, INF],
    [-0, 3, -0],
    [-0, 0.5, 0],
    [-INF, 0.5, INF],
    [-INF, 3, -INF],
    [-INF, -3, -0],
    [-INF, 2.5, INF],
    [-8, 1 / 3, NAN],
    [-1, 0.5, NAN],
    [-1, 2 ** 53, 1],
    [-1, 2 ** 53 - 1, -1],
    [-1, 2 ** 52 + 0.5, 1],
    [-1.5, 2 ** 60, INF],
    [1 - 2 ** -53, 2 ** 70, 0],
    [1 + 2 ** -52, -(2 ** 64), 0],
    [2, 1024, INF],
    [-2, 1025, -INF],
    [2, -1074, 5e-324],
    [2, -1075, 0],
    [-2, -1077, -0],
    [3, 4, 81],
    [9, 0.5, 3],
    [7, -1, 1 / 7],
    [5e-324, 0.5, 2.2227587494850775e-162],
    // Bases near one under exponents beyond 2^31, and a result that is just too large.
    [0.9999997150208766, 2.5446714096952834e9, 1.145651257e-315],
    [0.9999999999176272, -7.230393221125677e11, 7.345796666404781e25],
    [1.0000001177289055, -4.493619620608647e9, 1.7606495486785986e-230],
    [1024, 102.4, INF],
    [2048, 93.0909090909091, INF],
  ])("pow(%d, %d) = %d", (x, y, expected) => {
    expect(pow(x, y)).toBe(expected);
  });

  const ranges = {
    "all doubles": fc.tuple(fc.double(), fc.double()),
    "results in range": fc.tuple(
      fc.double({ min: 0, max: 10, noNaN: true }),
      // for whole exponents the engine multiplies, and is the less exact of the two
      fc.double({ min: -400, max: 300, noNaN: true }).filter((y) => !Number.isInteger(y)),
    ),
    "bases near one and huge exponents": fc.tuple(
      fc.double({ min: -(2 ** -19), max: 2 ** -19, noNaN: true }).map((d) => 1 + d),
      fc.double({ min: -(2 ** 66), max: 2 ** 66, noNaN: true }),
    ),
  };
  test.each(Object.entries(ranges))("is within one unit of the engine's: %s", (_name, range) => {
    fc.assert(
      fc.property(range, ([x, y]) => {
        const [ours, theirs] = [pow(x, y), x ** y];
        expect(Object.is(ours, theirs) || distance(ours, theirs) <= 1n).toBe(true);
      }),
      PROPERTY,
    );
  });
});

test("sqrt, floor and ceil keep signs and specials", () => {
  expect([sqrt(-0), sqrt(2), sqrt(-1)]).toEqual([-0, Math.SQRT2, NAN]);
  expect([floor(-0.5), floor(-0), floor(INF)]).toEqual([-1, -0, INF]);
  expect([ceil(-0.5), ceil(0.5), ceil(-INF)]).toEqual([-0, 1, -INF]);
});
