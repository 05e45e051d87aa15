// Seeds of new keys, from the operating system's generator.

import { randomBytes } from "node:crypto";
import { SEED_LENGTH } from "../../crypto/ed25519.ts";

/** 32 bytes, which are the key: who has them signs. The caller zeroes them when done. */
export function newSeed(): Uint8Array {
  return randomBytes(SEED_LENGTH);
}
