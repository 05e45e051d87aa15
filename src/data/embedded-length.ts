// hot: see test/bench. The length of an embedded cell by its bytes alone, since the cell itself may
// be out of the processor's caches. Knows the types that accounts are made of; for others the
// caller has to ask the cell. The bytes are those of a cell that was encoded or decoded here, never
// unchecked.

import { BRANCH_LENGTH } from "./encode.ts";
import { TAG } from "./tag.ts";
import { CHUNK_SIZE } from "./vector-shape.ts";

/** Length of a cell or branch by its tag, where the tag is enough; else 0. */
const LENGTH_BY_TAG = new Uint8Array(256);
LENGTH_BY_TAG[TAG.NIL] = 1;
LENGTH_BY_TAG[TAG.REF] = BRANCH_LENGTH;
for (let n = 0; n <= 8; n++) LENGTH_BY_TAG[TAG.INTEGER_BASE + n] = 1 + n;

/** Length of the embedded cell or branch that begins at `at`; 0 when its bytes don't tell. */
export function embeddedLengthAt(bytes: Uint8Array, at: number): number {
  const tag = bytes[at] as number;
  const known = LENGTH_BY_TAG[tag] as number;
  if (known !== 0) return known;
  const count = bytes[at + 1] as number;
  if (tag === TAG.BLOB || tag === TAG.STRING) return count < 0x80 ? 2 + count : 0;
  if (tag === TAG.ADDRESS) return 1 + vlqLengthAt(bytes, at + 1);
  const isRecord = (tag & 0xf0) === TAG.DENSE_RECORD_BASE;
  if ((isRecord || tag === TAG.VECTOR) && count <= CHUNK_SIZE) {
    return lengthOfChildren(bytes, at + 2, count);
  }
  return 0;
}

/** Length of a cell of a tag, a count of one byte, and these children, which begin at `at`. */
function lengthOfChildren(bytes: Uint8Array, at: number, count: number): number {
  let end = at;
  for (let i = 0; i < count; i++) {
    const length = (LENGTH_BY_TAG[bytes[end] as number] as number) || embeddedLengthAt(bytes, end);
    if (length === 0) return 0;
    end += length;
  }
  return 2 + end - at;
}

function vlqLengthAt(bytes: Uint8Array, at: number): number {
  let end = at;
  while ((bytes[end] as number) >= 0x80) end++;
  return end + 1 - at;
}
