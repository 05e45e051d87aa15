// Hashes of big Integers that are cells of their own. A bigint has no place to keep its hash, so a
// tree that holds one would hash its 4,096 bytes again whenever a node above it is made: 12 µs
// instead of 0.3, for as little juice as a `conj` costs.

/** From here on an Integer takes 138 bytes, and its encoding 141: it is not embedded. */
const MAGNITUDE = 1n << 1095n;
/**
 * Bytes of Integers in each of two generations; the older is forgotten when the younger is full.
 */
const GENERATION_BYTES = 16 << 20;

let young = new Map<bigint, string>();
let old = new Map<bigint, string>();
let youngBytes = 0;

/** Whether an Integer is a cell of its own. */
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
