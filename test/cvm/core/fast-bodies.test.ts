// Every core function that has bodies without an argument array: they give what the general body
// gives, in value, juice, exit and result register, wherever the juice ends.

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Context } from "../../../src/cvm/context.ts";
import { CORE_BY_NAME } from "../../../src/cvm/core/index.ts";
import type { Outcome } from "../../../src/cvm/exits.ts";
import type { Integer, Value } from "../../../src/data/cell.ts";
import { CVMDouble } from "../../../src/data/double.ts";
import { integer } from "../../../src/data/integer.ts";
import { Keyword } from "../../../src/data/keyword.ts";
import { List } from "../../../src/data/list.ts";
import { CVMMap } from "../../../src/data/map.ts";
import { CVMSet } from "../../../src/data/set.ts";
import { CVMString } from "../../../src/data/string.ts";
import { Vector } from "../../../src/data/vector.ts";
import { outcomeText, testContext } from "./core-call.ts";

const number: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -3, max: 20 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((b): Integer => integer(b)),
  fc.double().map((x) => CVMDouble.of(x)),
);

const items = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 });

const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: number },
  fc.constantFrom<Value>(null, true, false, Keyword.of("a")),
  fc.string({ maxLength: 5 }).map((s) => CVMString.of(s)),
  items.map((a) => Vector.from(a)),
  items.map((a) => List.from(a)),
  items.map((a) => CVMSet.from(a)),
  items.map((a) => CVMMap.from(a.map((x) => [x, x]))),
);

/** What can be told apart afterwards. */
function after(juiceLimit: number, run: (ctx: Context) => Outcome): unknown {
  const ctx = testContext(undefined, juiceLimit);
  const outcome = outcomeText(ctx, run(ctx));
  return [outcome, ctx.juice, ctx.result];
}

const withFastBodies = [...CORE_BY_NAME.values()].filter((f) => f.fn1 !== null || f.fn2 !== null);

test.each(withFastBodies.map((f) => [f.name, f] as const))("%s", (_name, fn) => {
  const { fn1, fn2 } = fn;
  fc.assert(
    fc.property(value, value, fc.integer({ min: 0, max: 1200 }), (a, b, limit) => {
      if (fn1 !== null) {
        expect(after(limit, (c) => fn1(c, a))).toEqual(after(limit, (c) => fn.body(c, [a])));
      }
      if (fn2 !== null) {
        expect(after(limit, (c) => fn2(c, a, b))).toEqual(after(limit, (c) => fn.body(c, [a, b])));
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
