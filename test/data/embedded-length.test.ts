import { expect, test } from "bun:test";
import fc from "fast-check";
import { Address } from "../../src/data/address.ts";
import { Blob } from "../../src/data/blob.ts";
import { MAX_EMBEDDED_LENGTH, type Value } from "../../src/data/cell.ts";
import { embeddedLengthAt } from "../../src/data/embedded-length.ts";
import { BRANCH_LENGTH, encoding } from "../../src/data/encode.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { CVMMap } from "../../src/data/map.ts";
import { DenseRecord } from "../../src/data/record.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";

const RECORD_TAG = 0xd8;

const leaf: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(null, true, false, Keyword.of("balance"), CVMMap.EMPTY),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }),
  fc.nat(2_000_000_000).map((n) => Address.of(n)),
  fc.uint8Array({ maxLength: 135 }).map((bytes) => Blob.of(bytes)),
  fc.nat(300).map((n) => CVMString.of("x".repeat(n))),
);
const few = fc.array(leaf, { maxLength: 9 }).map((values) => Vector.from(values));
const cell: fc.Arbitrary<Value> = fc.oneof(
  leaf,
  few,
  few.map((fields) => new DenseRecord(RECORD_TAG, fields)),
  fc.array(few, { maxLength: 4 }).map((vectors) => Vector.from(vectors)),
);

/** The bytes of a value as a vector holds them, behind three others. */
function asChild(value: Value): Uint8Array {
  return Uint8Array.of(9, ...encoding(Vector.of(value)));
}

test("the length of an embedded cell by its bytes is that of its encoding, or unknown", () => {
  fc.assert(
    fc.property(cell, (value) => {
      const bytes = asChild(value);
      const found = embeddedLengthAt(bytes, 3);
      expect([0, bytes.length - 3]).toContain(found);
    }),
    { seed: 28, numRuns: 2_000 },
  );
});

test("what accounts are made of is known", () => {
  const key = Blob.of(new Uint8Array(32).fill(7));
  const account = [3, key, 1_000_000_000, 10_000, null, Address.of(300), null, null, Address.of(8)];
  const record = new DenseRecord(RECORD_TAG, Vector.from(account));
  expect(embeddedLengthAt(asChild(record), 3)).toBe(encoding(record).length);
  const long = CVMString.of("x".repeat(MAX_EMBEDDED_LENGTH));
  expect(embeddedLengthAt(asChild(long), 3)).toBe(BRANCH_LENGTH);
});
