// Decoding of Vectors (sheet 01 §6).

import type { ByteReader } from "./byte-reader.ts";
import type { Slot } from "./cell.ts";
import { BadFormatError } from "./errors.ts";
import { Vector } from "./vector.ts";
import { newVector } from "./vector-huge.ts";
import { CHUNK_SIZE, shapeOf } from "./vector-shape.ts";

/**
 * Reads what follows a tag whose cells have the body of a vector: Vector, List, records. Accepts
 * what sheet 01 §14 lists: a prefix or children of the wrong type or length.
 * @throws BadFormatError
 */
export function readVector(r: ByteReader): Vector {
  const count = r.vlq();
  if (count === 0) return Vector.EMPTY;
  const { isTree, slotCount } = shapeOf(count);
  if (slotCount < 0) throw new BadFormatError(`a vector tree of ${count} elements`);
  const slots: Slot[] = [];
  for (let i = 0; i < slotCount; i++) slots.push(r.slot());
  const prefix = !isTree && count > CHUNK_SIZE ? r.slot() : null;
  return newVector(count, slots, prefix, isTree);
}
