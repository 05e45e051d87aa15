import { expect, test } from "bun:test";
import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import { MissingDataError, Ref } from "../../src/data/cell.ts";
import { CAD3_TABLE, decode } from "../../src/data/decode.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { equals } from "../../src/data/equals.ts";
import { Keyword } from "../../src/data/keyword.ts";
import { memorySize } from "../../src/data/memory-size.ts";
import { DenseRecord, isRecord, SlotRecord } from "../../src/data/record.ts";
import { Vector } from "../../src/data/vector.ts";

class Pair extends SlotRecord {
  static readonly NAMES = [Keyword.of("left"), Keyword.of("right")];
  override get fieldNames(): readonly Keyword[] {
    return Pair.NAMES;
  }
}

test("a record is written as its tag and the body of a vector", () => {
  const pair = new Pair(0xd1, [1, null]);
  expect(toHex(encoding(pair))).toBe("d102110100");
  expect(pair.measure()).toBe(5);
  expect(pair.fieldCount).toBe(2);
  expect(isRecord(pair)).toBe(true);
});

test("fields are found by position and by keyword, others are undefined", () => {
  const pair = new Pair(0xd1, [1, null]);
  expect(pair.field(0)).toBe(1);
  expect(pair.fieldByKey(Keyword.of("right"))).toBeNull();
  expect(pair.fieldByKey(Keyword.of("other"))).toBeUndefined();
  expect(pair.fieldByKey(0)).toBeUndefined();
});

test("a field that is a Ref is loaded, or its absence raised", () => {
  const blob = Blob.of(new Uint8Array(200));
  const source = {
    cell: (key: string) => (key === hashKey(blob) ? blob : null),
    memorySize: () => 0,
  };
  const pair = new Pair(0xd1, [new Ref(hashKey(blob), source), new Ref("?".repeat(32), source)]);
  expect(pair.field(0)).toBe(blob);
  expect(() => pair.field(1)).toThrow(MissingDataError);
});

test("what no layer knows has the same bytes, with more than 16 fields too", () => {
  const values = Array.from({ length: 17 }, (_, i) => i);
  const record = new DenseRecord(0xd1, Vector.from(values));
  const hex = toHex(encoding(record));
  expect(hex).toBe(`d1${toHex(encoding(Vector.from(values))).slice(2)}`);
  const again = decode(Uint8Array.fromHex(hex), CAD3_TABLE);
  expect(again).toBeInstanceOf(DenseRecord);
  expect(equals(again, record)).toBe(true);
  expect(memorySize(record)).toBe(0);
  expect(equals(new DenseRecord(0xd1, Vector.of(1, null)), new Pair(0xd1, [1, null]))).toBe(true);
  expect(() => new Pair(0xd1, values)).toThrow(RangeError);
});
