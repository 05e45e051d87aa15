// Signatures are real in a simulation, and each is checked by the real check; but its verdict goes for all
// peers, who run in one process: what a peer decodes that another has checked already it takes as checked.

import { keyOf } from "../../src/crypto/sha3.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import type { ByteReader, CellReader, DecodeTable } from "../../src/data/byte-reader.ts";
import { extendTable } from "../../src/data/decode.ts";
import { slotHashKey } from "../../src/data/encode.ts";
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
    const key = keyOf(signed.signature);
    const known = first.get(key);
    if (known === undefined) {
      if (first.size >= REMEMBERED_MAX) first.clear();
      first.set(key, signed);
    } else if (known.verified !== null && isSame(known, signed)) {
      signed.setVerified(known.verified);
    }
    return signed;
  };
  return extendTable(CVM_TABLE, [[TAG.SIGNED, readSigned]]);
}

function isSame(a: SignedData, b: SignedData): boolean {
  if (keyOf(a.publicKey as Uint8Array) !== keyOf(b.publicKey as Uint8Array)) return false;
  return slotHashKey(a.slotAt()) === slotHashKey(b.slotAt());
}
