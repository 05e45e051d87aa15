// In which order the entries of a map are expanded (T29). The reference goes through a hash set of
// them, whose order depends on a number drawn in each process: two of its peers can disagree, and
// nobody can agree with both. But all maps of one process go by the same number, so that not every
// order of one map goes with every order of another. Here the number is 0, so that the order is one
// that some process of the reference would have, except where chance decides again (nine entries or
// more in one place of its table) and above ORDERED_MAX entries.

import type { Value } from "../../data/cell.ts";
import { encoding, hashKey } from "../../data/encode.ts";
import { doWork } from "../../data/free-work.ts";
import type { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import { canonicaliseWithin, hasArrays } from "../history/array-vectors.ts";

/** Units of work (data/free-work.ts) of an entry, whose encoding no juice pays for. */
const ENTRY_WORK = 1500;
/** Bytes at the end of an encoding that a hash is made of. */
const HASHED_BYTES = 8;
/** Share of its places that a table fills before it doubles. */
const LOAD_FACTOR = 0.75;

/** Most places of a table. */
const PLACES_MAX = 2 ** 30;

/**
 * Most entries that are put in this order; those of larger maps stay in that of their keys' hashes.
 */
const ORDERED_MAX = 2 ** 16;

/** The entries of a map in the order of such a table. */
export function expansionOrder(map: CVMMap): Iterable<[Value, Value]> {
  if (hasArrays()) for (const entry of map) for (const part of entry) canonicaliseWithin(part);
  if (map.isSound && (map.count < 2 || map.count > ORDERED_MAX)) return map;
  // Of a map made by hand before they are looked at: 3,000 bytes can hold 2^24 of them.
  if (map.isFull) doWork(map.count * ENTRY_WORK);
  const entries = heldOnce(map);
  if (!map.isFull) doWork(entries.length * ENTRY_WORK);
  const places = tableSize(map.count, entries.length);
  const placed = entries.map((entry) => ({ entry, place: hashOf(entry) & (places - 1) }));
  return placed.sort((a, b) => a.place - b.place).map(({ entry }) => entry);
}

/** The entries that are there, each once: a map made by hand may hold one several times. */
function heldOnce(map: CVMMap): [Value, Value][] {
  const entries = map.heldEntries();
  if (map.isSound) return entries;
  const hashes = new Set<string>();
  return entries.filter((entry) => {
    const { size } = hashes;
    return hashes.add(hashKey(Vector.of(...entry))).size > size;
  });
}

/** Places of a table made for so many elements, after those that are there were put in. */
function tableSize(counted: number, held: number): number {
  let places = Math.min(2 ** Math.ceil(Math.log2(counted)), PLACES_MAX);
  while (held > places * LOAD_FACTOR && places < PLACES_MAX) places *= 2;
  return places;
}

function hashOf([key, value]: readonly [Value, Value]): number {
  const bytes = encoding(Vector.of(key, value));
  let x = 0n;
  for (const byte of bytes.subarray(-HASHED_BYTES)) x = (x << 8n) | BigInt(byte);
  x = BigInt.asIntN(8 * Math.min(bytes.length, HASHED_BYTES), x);
  x = BigInt.asIntN(64, x ^ (x << 13n));
  x ^= x >> 7n;
  x ^= x << 17n;
  const hash = Number(BigInt.asIntN(32, x));
  return hash ^ (hash >>> 16);
}
