// Seeds of new keys, from the operating system's generator.

import { randomBytes } from "node:crypto";

/** Bytes of an Ed25519 seed. */
export const SEED_LENGTH = 32;

export function newSeed(): Uint8Array {
  return randomBytes(SEED_LENGTH);
}
