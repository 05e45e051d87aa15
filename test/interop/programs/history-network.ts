// The keys of a history: those of the peers of the genesis and of two that may come later.

import { KeyPair } from "../../../src/crypto/ed25519.ts";
import { keyOf } from "../../../src/crypto/sha3.ts";
import { PEERS } from "./network.ts";

/** The first are the peers of the genesis. */
export const HISTORY_KEYS: readonly KeyPair[] = Array.from({ length: PEERS + 2 }, (_, i) => {
  return KeyPair.fromSeed(new Uint8Array(32).fill(i + 1));
});

const BY_KEY = new Map(HISTORY_KEYS.map((pair) => [keyOf(pair.publicKey), pair]));

/** The pair of a public key; undefined for one that nobody here has. */
export function pairOf(publicKey: Uint8Array): KeyPair | undefined {
  return BY_KEY.get(keyOf(publicKey));
}
