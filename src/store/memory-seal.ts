// Memory sizes as a store keeps them: they reach the State, no hash covers them, and a wrong one
// would put this peer at odds with the network.

import { damagedCell } from "./store.ts";

/** Number of values of the check on a memory size, and the largest size that fits beside it. */
const SEAL_RANGE = 2 ** 16;
const SEALED_SIZE_MAX = 2 ** 37 - 1;

/** A memory size with 16 bits to check it by, -1 when it is unknown. */
export function sealedSize(hashKey: string, size: number): number {
  if (size < 0 || size > SEALED_SIZE_MAX) return -1;
  return size * SEAL_RANGE + sealOf(hashKey, size);
}

/** @throws StoreError when the bits don't fit the size */
export function openedSize(hashKey: string, sealed: number): number {
  if (sealed === -1) return -1;
  const size = Math.floor(sealed / SEAL_RANGE);
  if (sealed - size * SEAL_RANGE === sealOf(hashKey, size)) return size;
  throw damagedCell(hashKey, "has a damaged memory size");
}

function sealOf(hashKey: string, size: number): number {
  const high = Math.floor(size / SEAL_RANGE);
  const ofHash = (hashKey.charCodeAt(0) << 8) | hashKey.charCodeAt(1);
  return (size ^ high ^ Math.floor(high / SEAL_RANGE) ^ ofHash) & (SEAL_RANGE - 1);
}
