// Signatures are real in a simulation, and each is checked by the real check; but its verdict goes
// for all peers, who run in one process: what a peer decodes that another has checked already it
// takes as checked. What a key of the simulation has signed by itself is taken as signed: the check
// could say nothing else.

import type { KeyPair } from "../../src/crypto/ed25519.ts";
import { keyAt, keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import type { ByteReader, CellReader, DecodeTable } from "../../src/data/byte-reader.ts";
import { extendTable } from "../../src/data/decode.ts";
import { SignedData } from "../../src/data/signed.ts";
import { TAG } from "../../src/data/tag.ts";

/** Signatures that are remembered. */
const REMEMBERED_MAX = 10_000;

/** Key, message and signature of all that keys of simulations have signed lately. */
const signedHere = new Set<string>();

/** A key pair whose signatures are known to be right. */
export function knownSigner(keyPair: KeyPair): KeyPair {
  const sign = keyPair.sign.bind(keyPair);
  keyPair.sign = (message) => {
    const signature = sign(message);
    if (signedHere.size >= REMEMBERED_MAX) signedHere.clear();
    signedHere.add(nameOf(keyPair.publicKey, message, signature));
    return signature;
  };
  return keyPair;
}

/** The decode table of one run. */
export function sharedVerdicts(): DecodeTable {
  const read = CVM_TABLE[TAG.SIGNED] as CellReader;
  /** The first bearer of each signature that was made elsewhere. */
  const first = new Map<string, SignedData>();
  const readSigned = (r: ByteReader) => {
    const { bytes, pos } = r;
    const signed = read(r);
    if (!(signed instanceof SignedData) || signed.publicKey === null) return signed;
    // The value is read as it stands in the message that is signed.
    const name = keyAt(bytes, pos, r.pos);
    if (signedHere.has(name)) {
      signed.setVerified(true);
      return signed;
    }
    const known = first.get(name);
    if (known === undefined) {
      if (first.size >= REMEMBERED_MAX) first.clear();
      first.set(name, signed);
    } else if (known.verified !== null) {
      signed.setVerified(known.verified);
    }
    return signed;
  };
  return extendTable(CVM_TABLE, [[TAG.SIGNED, readSigned]]);
}

/** As they stand behind the tag of signed data. */
function nameOf(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): string {
  return keyOf(publicKey) + keyOf(signature) + keyOf(message);
}
