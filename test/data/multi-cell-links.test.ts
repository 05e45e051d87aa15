import { expect, test } from "bun:test";
import { NO_CELLS, Ref, type Value } from "../../src/data/cell.ts";
import { CAD3_TABLE } from "../../src/data/decode.ts";
import { encoding, hashKey } from "../../src/data/encode.ts";
import { PartialMessageError } from "../../src/data/errors.ts";
import { CVMMap } from "../../src/data/map.ts";
import { decodeMultiCell, joinCells } from "../../src/data/multi-cell.ts";
import { CVMString } from "../../src/data/string.ts";
import { Vector } from "../../src/data/vector.ts";

const text = (letter: string) => CVMString.of(letter.repeat(200));
const [a, b, c] = [text("a"), text("b"), text("c")];

function message(top: Value, ...cells: Value[]): Uint8Array {
  return joinCells(encoding(top), cells.map(encoding));
}

test("branches are found in cells embedded in one another, and shared", () => {
  const top = Vector.of(Vector.of(CVMMap.from([[1, Vector.of(a, b)]]), a), b);
  const read = decodeMultiCell(message(top, b, a), CAD3_TABLE) as Vector;
  const inner = read.get(0) as Vector;
  expect(inner.get(1)).toBe(((inner.get(0) as CVMMap).get(1) as Vector).get(0));
  expect(hashKey(read)).toBe(hashKey(top));
});

test("a cell that nothing names need not be complete", () => {
  const unused = Vector.of(c, CVMString.of("y".repeat(130)));
  const read = decodeMultiCell(message(Vector.of(a), a, unused), CAD3_TABLE) as Vector;
  expect(hashKey(read)).toBe(hashKey(Vector.of(a)));
});

test("the first branch in ref order that is not there is named", () => {
  const long = Vector.of(b, c, text("d"), text("e"), text("f"));
  const bytes = message(Vector.of(a, long, 1), a, long, text("d"));
  const failing = () => decodeMultiCell(bytes, CAD3_TABLE);
  expect(failing).toThrow(PartialMessageError);
  expect(failing).toThrow(Buffer.from(hashKey(b), "latin1").toString("hex"));
  const read = decodeMultiCell(bytes, CAD3_TABLE, NO_CELLS) as Vector;
  expect((read.get(1) as Vector).slotAt(0)).toBeInstanceOf(Ref);
  expect((read.get(1) as Vector).slotAt(2)).not.toBeInstanceOf(Ref);
});
