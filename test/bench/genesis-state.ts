// The State that benchmarks begin with: a genesis of our own, or one out of a file.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { KeyPair } from "../../src/crypto/ed25519.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";
import { createGenesis } from "../../src/genesis/genesis.ts";
import { State } from "../../src/state/state.ts";

export function keyPair(seedByte: number): KeyPair {
  return KeyPair.fromSeed(new Uint8Array(32).fill(seedByte));
}

/** @param path a complete multi-cell State, gzipped or not */
export function genesisState(path: string | undefined): State {
  if (path === undefined) {
    const peerKeys = [1, 2, 3, 4].map((byte) => keyPair(byte).publicKey);
    const key = peerKeys[0] as Uint8Array;
    return createGenesis({ governanceKey: key, genesisKey: key, peerKeys });
  }
  const bytes = readFileSync(path);
  const state = decodeMultiCell(path.endsWith(".gz") ? gunzipSync(bytes) : bytes, CVM_TABLE);
  if (state instanceof State) return state;
  throw new Error(`${path} does not hold a State`);
}
