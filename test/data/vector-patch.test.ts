import { expect, test } from "bun:test";
import fc from "fast-check";
import { Address } from "../../src/data/address.ts";
import type { Value } from "../../src/data/cell.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { CVMMap } from "../../src/data/map.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { basedOn } from "../../src/data/vector-patch.ts";

/** Embedded values and branches, and embedded values that hold a branch. */
const element: fc.Arbitrary<Value> = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 40, 120, 200, 5000).map((n) => CVMString.of("x".repeat(n))),
  fc.nat(99).map((n) => Vector.of(n, CVMString.of(`${"y".repeat(200)}${n}`))),
  fc.nat(70_000).map((n) => Address.of(n)),
  fc.nat().map((n) => new DenseRecord(0xd8, Vector.of(n, null, Address.of(n), CVMMap.EMPTY))),
);

/** A copy of a vector with some of its own slots replaced, to be encoded out of the original. */
function patched(from: Vector, changes: readonly (readonly [number, Value])[]): Vector {
  const slots = from.slots.slice();
  for (const [at, value] of changes) slots[at % slots.length] = value;
  return basedOn(new Vector(from.count, slots, from.prefix, from.isTree), from);
}

test("a vector encoded out of another one has the encoding it has afresh", () => {
  const changes = fc.array(fc.tuple(fc.nat(), element), { maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(element, { minLength: 1, maxLength: 40 }).filter((all) => all.length % 16 !== 0),
      fc.array(changes, { maxLength: 4 }),
      fc.boolean(),
      (elements, rounds, isEncoded) => {
        let v = Vector.from(elements);
        encoding(v);
        for (const round of rounds) {
          v = patched(v, round);
          if (isEncoded) hashKey(v);
          const fresh = new Vector(v.count, v.slots.slice(), v.prefix, v.isTree);
          if (isEncoded) expect(encoding(v)).toEqual(encoding(fresh));
        }
        expect(hashKey(v)).toBe(hashKey(Vector.from(v.toArray())));
      },
    ),
    { seed: 16, numRuns: 300 },
  );
});

test("what is not encoded lends what it was made from", () => {
  const first = Vector.of(CVMString.of("a".repeat(139)), 1);
  encoding(first);
  const second = patched(first, [[1, 2]]);
  const third = patched(second, [[1, 3]]);
  expect(third.encodedBase).toBe(first);
  expect(hashKey(third)).toBe(hashKey(Vector.of(CVMString.of("a".repeat(139)), 3)));
  expect(third.encodedBase).toBeNull();
});
