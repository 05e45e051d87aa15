// hot: see test/bench. Hashes of what is read into leaves of maps and Sets, by which their entries
// are in order (sheet 01 §7). An entry alone is in order, and so needs none: of Sets in Sets, each
// two bytes, the hashes were what took most of the time. Others are of the bytes that were read:
// what is embedded has no others, and to write them once more took as long as to hash them.

import { sha3Key } from "../crypto/sha3.ts";
import type { ByteReader } from "./byte-reader.ts";
import { Cell, MAX_EMBEDDED_LENGTH, type Slot } from "./cell.ts";
import { slotHashKey } from "./encode.ts";

const scratch = new Uint8Array(MAX_EMBEDDED_LENGTH);
/** Views of each length are made once, so that hashing allocates none. */
const views = Array.from({ length: MAX_EMBEDDED_LENGTH + 1 }, (_, n) => scratch.subarray(0, n));

/** Hash key of a slot that was read from `start` up to where the reader is. */
export function hashRead(r: ByteReader, start: number, slot: Slot): string {
  if (!(slot instanceof Cell) || slot.hashCache !== null) return slotHashKey(slot);
  const { bytes, pos } = r;
  for (let i = start; i < pos; i++) scratch[i - start] = bytes[i] as number;
  const hash = sha3Key(views[pos - start] as Uint8Array);
  slot.hashCache = hash;
  return hash;
}
