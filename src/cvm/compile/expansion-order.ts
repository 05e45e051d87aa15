// The order in which the entries of a map are expanded (T29). The reference goes through a hash set
// of them, and the order of that depends on a random number that each process draws. So two of its
// peers can disagree, and nobody can agree with both. But all maps of one process go by the same
// number, so not every order of one map goes with every order of another. Here the number is 0,
// which makes the order one that some process of the reference would have; except where it is
// random again (nine entries or more in one place of its table), and above ORDERED_MAX entries.

import type { Value } from "../../data/cell.ts";
import { encoding, hashKey } from "../../data/encode.ts";
import { doWork } from "../../data/free-work.ts";
import type { CVMMap } from "../../data/map.ts";
import { Vector } from "../../data/vector.ts";
import { canonicaliseWithin, hasArrays } from "../history/array-vectors.ts";

/** Units of work (data/free-work.ts) of an entry: no juice pays for its encoding. */
const ENTRY_WORK = 1500;
/** How many of the last bytes of an encoding Java's hash code is made of. */
const HASHED_BYTES = 8;
/** Share of its places that are filled when a Java HashMap doubles. */
const LOAD_FACTOR = 0.75;

/** Most places of a Java HashMap. */
const PLACES_MAX = 2 ** 30;

/** Most entries that are put in this order; a larger map stays in the order of its keys' hashes. */
const ORDERED_MAX = 2 ** 16;

/** The entries of a map in the order of such a hash set. */
export function expansionOrder(map: CVMMap): Iterable<[Value, Value]> {
  if (hasArrays()) for (const entry of map) for (const part of entry) canonicaliseWithin(part);
  if (map.isSound && (map.count < 2 || map.count > ORDERED_MAX)) return map;
  // Before they are copied: a hand-made map of 3,000 bytes can have 2^24 of them.
  if (map.isFull) doWork(map.count * ENTRY_WORK);
  const entries = heldOnce(map);
  if (!map.isFull) doWork(entries.length * ENTRY_WORK);
  const places = tableSize(map.count, entries.length);
  const placed = entries.map((entry) => ({ entry, place: hashOf(entry) & (places - 1) }));
  return placed.sort((a, b) => a.place - b.place).map(({ entry }) => entry);
}

/** The entries that are there, each once: a hand-made map may hold one several times. */
function heldOnce(map: CVMMap): [Value, Value][] {
  const entries = map.heldEntries();
  if (map.isSound) return entries;
  const hashes = new Set<string>();
  return entries.filter((entry) => {
    const { size } = hashes;
    return hashes.add(hashKey(Vector.of(...entry))).size > size;
  });
}

/** Places of a table made for `counted` elements, after `held` were put in. */
function tableSize(counted: number, held: number): number {
  let places = Math.min(2 ** Math.ceil(Math.log2(counted)), PLACES_MAX);
  while (held > places * LOAD_FACTOR && places < PLACES_MAX) places *= 2;
  return places;
}

/** Hash code of an entry as Java's HashMap uses it, with 0 for the random number. */
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
