// Signatures are real in a simulation, and checked by the real check, but each only once for all
// peers, which run in one process: what one has checked is taken as checked by all that decode it.
// What a key of the simulation has signed itself is taken as signed, since the check could say
// nothing else.

import { type KeyPair, PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "../../src/crypto/ed25519.ts";
import { keyAt, keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import type { ByteReader, CellReader, DecodeTable } from "../../src/data/byte-reader.ts";
import { extendTable } from "../../src/data/decode.ts";
import { SignedData } from "../../src/data/signed.ts";
import { TAG } from "../../src/data/tag.ts";

/** Signatures that are remembered. */
const REMEMBERED_MAX = 10_000;

/** What keys of simulations have signed lately, by signature as 64 characters. */
const signedHere = new Map<
  string,
  { readonly publicKey: Uint8Array; readonly message: Uint8Array }
>();

/** A key pair whose signatures are known to be right. */
export function knownSigner(keyPair: KeyPair): KeyPair {
  const sign = keyPair.sign.bind(keyPair);
  keyPair.sign = (message) => {
    const signature = sign(message);
    if (signedHere.size >= REMEMBERED_MAX) signedHere.clear();
    signedHere.set(keyOf(signature), { publicKey: keyPair.publicKey, message });
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
    const here = signedHere.get(signed.name);
    // The value is read as it stands in the message that is signed.
    const valueAt = pos + PUBLIC_KEY_LENGTH + SIGNATURE_LENGTH;
    if (
      here !== undefined &&
      isSame(here.publicKey, bytes, pos, pos + PUBLIC_KEY_LENGTH) &&
      isSame(here.message, bytes, valueAt, r.pos)
    ) {
      signed.setVerified(true);
      return signed;
    }
    const name = keyAt(bytes, pos, r.pos);
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

function isSame(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (expected.length !== end - start) return false;
  for (let i = start; i < end; i++) if (bytes[i] !== expected[i - start]) return false;
  return true;
}
