// Hashes of Integers that are too big to be embedded. A bigint has no place to keep its hash, so a
// tree that holds one would hash up to 4,096 bytes again whenever a cell above it is made: 12 µs
// instead of 0.3, for as little juice as a `conj` costs.

/** From here on an Integer has 138 bytes and an encoding of 141: a branch. */
const MAGNITUDE = 1n << 1095n;
/**
 * Encoded bytes of the Integers in one generation. There are two: when the young one is full it
 * becomes the old one, which is forgotten.
 */
const GENERATION_BYTES = 16 << 20;

let young = new Map<bigint, string>();
let old = new Map<bigint, string>();
let youngBytes = 0;

/** Whether an Integer is a branch. */
export function isLargeInteger(b: bigint): boolean {
  return b >= MAGNITUDE || b < -MAGNITUDE;
}

/** The hash key that was remembered for a bigint, undefined when it is to be hashed. */
export function knownHash(b: bigint): string | undefined {
  return young.get(b) ?? old.get(b);
}

/** Remembers the hash of an encoding of so many bytes. */
export function rememberHash(b: bigint, hash: string, bytes: number): void {
  if (youngBytes + bytes > GENERATION_BYTES) {
    old = young;
    young = new Map();
    youngBytes = 0;
  }
  young.set(b, hash);
  youngBytes += bytes;
}
