// What a sender may make of a message costs work in proportion to its bytes. Counted, so that no
// busy machine changes it, are the cells read, their children, and the looks at children of what
// was accepted while it is measured, hashed and compared.

import { expect, test } from "bun:test";
import { Cell, MissingDataError, NO_CELLS, type Slot, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE, type DecodeTable } from "../../src/data/decode.ts";
import { encodedLength, encoding, hashKey } from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { BadFormatError } from "../../src/data/errors.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { decodeMultiCell, encodeMultiCell } from "../../src/data/multi-cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";
import { bytesOf } from "./fixture-rows.ts";

/**
 * Units of work for each byte received: a cell of one byte is read once and seen once by its
 * parent.
 */
const DECODE_WORK_MAX = 2;
/** Looks at children for each byte, over length, size, hash, encoding and a comparison. */
const USE_WORK_MAX = 1;

let work = 0;
const COUNTING_TABLE: DecodeTable = CAD3_TABLE.map((reader) => {
  if (reader === null) return null;
  return (r) => {
    work++;
    const value = reader(r);
    if (value instanceof Cell) work += value.slotCount;
    return value;
  };
});

function decoded(bytes: Uint8Array): Value | undefined {
  try {
    return decodeMultiCell(bytes, COUNTING_TABLE, NO_CELLS);
  } catch (error) {
    if (error instanceof BadFormatError || error instanceof MissingDataError) return undefined;
    throw error;
  }
}

/** Calls `use`; answers how often it looked at a child of a vector. */
function looksDuring(use: () => void): number {
  let looks = 0;
  const slotAt = Vector.prototype.slotAt;
  Vector.prototype.slotAt = function counted(this: Vector, index: number): Slot {
    looks++;
    return slotAt.call(this, index);
  };
  try {
    use();
  } finally {
    Vector.prototype.slotAt = slotAt;
  }
  return looks;
}

const PADDING = CVMString.of("p".repeat(150));
/** A vector in a vector in a vector: each a branch. */
function chained(n: number): Uint8Array {
  let v: Value = PADDING;
  for (let i = 0; i < n; i++) v = Vector.of(v, i, PADDING);
  return encodeMultiCell(v);
}

/** Each vector names the one below sixteen times: 16^n elements. */
function shared(n: number): Uint8Array {
  let v: Value = Vector.of(PADDING);
  for (let i = 0; i < n; i++) v = Vector.from(new Array<Value>(16).fill(v));
  return encodeMultiCell(v);
}

const REF = `20${"ab".repeat(32)}`;
/** The greatest count that VLQ can state, 2^63-1. */
const HUGE = `${"ff".repeat(8)}7f`;

/** Messages of about n parts. */
const MESSAGES: readonly (readonly [
  what: string,
  message: (n: number) => Uint8Array,
  accepted: boolean,
])[] = [
  ["branches nested n deep", chained, true],
  ["branches that share all they name", shared, true],
  ["embedded cells nested n deep", (n) => bytesOf(`${"8001".repeat(n + 140)}00`), false],
  ["a vector of 2^63-1 elements", (n) => bytesOf(`80${HUGE}${REF.repeat(n)}`), false],
  ["a list of 2^63-1 elements", (n) => bytesOf(`81${HUGE}${REF.repeat(n)}`), false],
  ["a map of 2^63-1 entries", (n) => bytesOf(`82${HUGE}00ffff${REF.repeat(n)}`), false],
  ["a set of 2^63-1 elements", (n) => bytesOf(`83${HUGE}00ffff${REF.repeat(n)}`), false],
  ["an Index of 2^63-1 entries", (n) => bytesOf(`84${HUGE}${REF.repeat(n)}`), false],
  ["a blob of 2^63-1 bytes", (n) => bytesOf(`31${HUGE}${REF.repeat(n)}`), false],
  ["a record of 2^63-1 fields", (n) => bytesOf(`d3${HUGE}${"1101".repeat(n)}`), false],
  ["a chunk shorter than its blob", (n) => bytesOf(`31${"a000"}${"00".repeat(n)}`), false],
  ["a child longer than the message", (n) => bytesOf(`8001${REF}${HUGE}${"00".repeat(n)}`), false],
  ["a set in wrong order", (n) => bytesOf(`830f${"1101".repeat(n)}`), false],
  ["a map in wrong order", (n) => bytesOf(`820f${"11011101".repeat(n)}`), false],
  ["numbers longer than needed", (n) => bytesOf(`800f${"120001".repeat(n)}`), false],
];

for (const [what, message, isAccepted] of MESSAGES) {
  test(`${what}: work in proportion to the bytes`, () => {
    for (const n of [10, 100, 1000]) {
      const bytes = message(n);
      work = 0;
      const value = decoded(bytes);
      expect(value !== undefined).toBe(isAccepted);
      expect(work).toBeLessThanOrEqual(DECODE_WORK_MAX * bytes.length);
      if (value === undefined) continue;
      const other = decoded(bytes) as Value;
      const looks = looksDuring(() => {
        encodedLength(value);
        memorySize(value);
        hashKey(value);
        encoding(value);
        expect(equals(value, other)).toBe(true);
      });
      expect(looks).toBeLessThanOrEqual(USE_WORK_MAX * bytes.length);
    }
  });
}

test("the count is one that rises with the work", () => {
  const bytes = encodeMultiCell(Vector.of(1, 2, Vector.of(3)));
  work = 0;
  decoded(bytes);
  // The outer and inner vector and their four children; integers have readers, too.
  expect(work).toBe(2 + 3 + 4);
});
