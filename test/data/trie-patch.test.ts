import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Value } from "../../src/data/cell.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { CVMMap } from "../../src/data/map.ts";
import { CVMSet } from "../../src/data/set.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";

/** Embedded values and branches, so that children have lengths on both sides of 140 bytes. */
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.nat(3000),
  fc.nat(300).map((n) => CVMString.of(`${n}${"x".repeat(n)}`)),
  fc.nat(99).map((n) => Vector.of(n, CVMString.of(`${"y".repeat(200)}${n}`))),
);
const step = fc.record({
  key: value,
  value,
  isAdded: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
  isEncoded: fc.boolean(),
});
const steps = fc.array(step, { minLength: 1, maxLength: 60 });
/**
 * Long enough for leaves to be branches: what changes inside an embedded child changes its length.
 */
const start = fc
  .uniqueArray(fc.nat(3000), { minLength: 100, maxLength: 300, size: "max" })
  .map((all) => all.map((n) => CVMString.of(`${n}${"z".repeat(60)}`)));

test("a set encoded out of the one it was changed from has the encoding it has afresh", () => {
  fc.assert(
    fc.property(start, steps, (elements, changes) => {
      let set = CVMSet.from(elements);
      encoding(set);
      for (const { key, isAdded, isEncoded } of changes) {
        set = isAdded ? set.include(key) : set.exclude(key);
        if (isEncoded) expect(encoding(set)).toEqual(encoding(CVMSet.from(set.toArray())));
      }
      expect(hashKey(set)).toBe(hashKey(CVMSet.from(set.toArray())));
    }),
    { seed: 17, numRuns: 150 },
  );
});

test("a map encoded out of the one it was changed from has the encoding it has afresh", () => {
  fc.assert(
    fc.property(start, steps, (keys, changes) => {
      let map = CVMMap.from(keys.map((key) => [key, key] as const));
      encoding(map);
      for (const { key, value, isAdded, isEncoded } of changes) {
        map = isAdded ? map.assoc(key, value) : map.dissoc(key);
        if (isEncoded) expect(encoding(map)).toEqual(encoding(CVMMap.from([...map.entries()])));
      }
      expect(hashKey(map)).toBe(hashKey(CVMMap.from([...map.entries()])));
    }),
    { seed: 18, numRuns: 150 },
  );
});

test("a tree lends its encoding to what it was changed into, and keeps none that is done with", () => {
  const first = CVMSet.from(Array.from({ length: 5000 }, (_, n) => n));
  hashKey(first);
  const second = first.include(7000);
  const third = second.include(7001);
  expect(third.encodedBase).toBe(first);
  hashKey(third);
  expect(third.encodedBase).toBeNull();
});
