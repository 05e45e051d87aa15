// A genesis State of four peers whose keys have the seeds 01…, 02…, 03…, 04….

import { KeyPair } from "../../src/crypto/ed25519.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import type { State } from "../../src/state/state.ts";

/** Key pair whose seed is one byte, repeated. */
export function testKeyPair(seedByte: number): KeyPair {
  return KeyPair.fromSeed(new Uint8Array(32).fill(seedByte));
}

export function testKeys(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => testKeyPair(i + 1).publicKey);
}

let cached: State | null = null;

export function testGenesis(): State {
  if (cached === null) {
    const peerKeys = testKeys(4);
    const key = peerKeys[0] as Uint8Array;
    cached = createGenesis({ governanceKey: key, genesisKey: key, peerKeys });
  }
  return cached;
}
