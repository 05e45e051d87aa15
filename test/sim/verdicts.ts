// Signatures are real in a simulation, and each is checked by the real check; but its verdict goes for all
// peers, who run in one process: what a peer decodes that another has checked already it takes as checked.

import { keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import type { ByteReader, CellReader, DecodeTable } from "../../src/data/byte-reader.ts";
import { extendTable } from "../../src/data/decode.ts";
import { SignedData } from "../../src/data/signed.ts";
import { TAG } from "../../src/data/tag.ts";

/** Signatures whose first bearer is remembered. */
const REMEMBERED_MAX = 10_000;

/** The decode table of one run. */
export function sharedVerdicts(): DecodeTable {
  const read = CVM_TABLE[TAG.SIGNED] as CellReader;
  const first = new Map<string, SignedData>();
  const readSigned = (r: ByteReader) => {
    const signed = read(r);
    if (!(signed instanceof SignedData) || signed.publicKey === null) return signed;
    const key = keyOf(signed.publicKey) + keyOf(signed.signature) + keyOf(signed.signedBytes());
    const known = first.get(key);
    if (known === undefined) {
      if (first.size >= REMEMBERED_MAX) first.clear();
      first.set(key, signed);
    } else if (known.verified !== null) {
      signed.setVerified(known.verified);
    }
    return signed;
  };
  return extendTable(CVM_TABLE, [[TAG.SIGNED, readSigned]]);
}
