// How records of this layer and the next are recognised (sheet 01 §10): a dense record whose
// fields do not fit stays generic, with the same bytes and hash. A checked field that is a branch
// is loaded while reading, and its absence is missing data, not a misfit.

import type { CellReader } from "../data/byte-reader.ts";
import type { Cell, Integer } from "../data/cell.ts";
import { isLong } from "../data/integer.ts";
import { DenseRecord } from "../data/record.ts";
import type { Vector } from "../data/vector.ts";
import { readVector } from "../data/vector-reader.ts";

/** Reader of a record of any number of fields; `build` answers null when they do not fit. */
export function recordReader(build: (fields: Vector) => Cell | null): CellReader {
  return (r) => {
    const { tag } = r;
    const fields = readVector(r);
    return build(fields) ?? new DenseRecord(tag, fields);
  };
}

/**
 * As recordReader, for a record of exactly `count` fields. Up to 16 stand in one leaf, so that
 * `fields.slots` are the fields.
 */
export function fixedRecordReader(
  count: number,
  build: (fields: Vector) => Cell | null,
): CellReader {
  return recordReader((fields) => (fields.count === count ? build(fields) : null));
}

/**
 * Loads a field that the reference reads without checking it, as it takes the fields in turn up to
 * the first that does not fit. @throws MissingDataError
 */
export function touchField(fields: Vector, i: number): void {
  fields.get(i);
}

/** Field i when it is an integer of 64 bits, else null. */
export function longField(fields: Vector, i: number): Integer | null {
  const value = fields.get(i);
  return isLong(value) ? value : null;
}
