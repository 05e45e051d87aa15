// How records of this layer and the next are decoded (sheet 01 §10): one whose fields do not fit
// stays a generic DenseRecord, with the same bytes and hash. A field that is checked and is a
// branch has to be loaded for that; if it is absent, that is MissingDataError and no misfit.

import type { CellReader } from "../data/byte-reader.ts";
import type { Cell, Integer } from "../data/cell.ts";
import { isLong } from "../data/integer.ts";
import { DenseRecord } from "../data/record.ts";
import type { Vector } from "../data/vector.ts";
import { readVector } from "../data/vector-reader.ts";

/** Reader of a record of any number of fields; `build` returns null when they do not fit. */
export function recordReader(build: (fields: Vector) => Cell | null): CellReader {
  return (r) => {
    const { tag } = r;
    const fields = readVector(r);
    return build(fields) ?? new DenseRecord(tag, fields);
  };
}

/**
 * As recordReader, for a record of exactly `count` fields. They are 16 at most, so that
 * `fields.slots` are the fields.
 */
export function fixedRecordReader(
  count: number,
  build: (fields: Vector) => Cell | null,
): CellReader {
  return recordReader((fields) => (fields.count === count ? build(fields) : null));
}

/**
 * Loads a field that the reference reads without checking it. It takes the fields one after the
 * other, up to the first that does not fit, so calls have to be in that order.
 * @throws MissingDataError
 */
export function touchField(fields: Vector, i: number): void {
  fields.get(i);
}

/** Field i if it is a Long, else null. @throws MissingDataError */
export function longField(fields: Vector, i: number): Integer | null {
  const value = fields.get(i);
  return isLong(value) ? value : null;
}
