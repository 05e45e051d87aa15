// Where the reference reads a value while it decodes (sheet 01 §13, 6): with a branch there no
// message can bring the cell, since its branches are not known yet. Each row was seen on it.

import { expect, test } from "bun:test";
import { fromHex, toHex } from "../../src/crypto/hex.ts";
import { CVM_TABLE } from "../../src/cvm/cvm-table.ts";
import { Blob } from "../../src/data/blob.ts";
import { MissingDataError } from "../../src/data/cell.ts";
import { encoding, hashBytes } from "../../src/data/encode.ts";
import { decodeMultiCell } from "../../src/data/multi-cell.ts";

const BRANCH = Blob.of(new Uint8Array(150));
const REF = `20${toHex(hashBytes(BRANCH))}`;
const BYTES = encoding(BRANCH);
const CHILD = `81${toHex(Uint8Array.of(BYTES.length & 127))}${toHex(BYTES)}`;

const decode = (hex: string) => {
  const message = fromHex(hex.replaceAll("REF", REF) + CHILD) as Uint8Array;
  return decodeMultiCell(message, CVM_TABLE, null);
};

/** Of coded values that are no ops. */
const CODED = ["c4", "c5", "c6", "c7", "c8", "c9", "ca", "cb", "cc", "ce", "cf"];

test.each([
  ...CODED.flatMap((tag) => [`${tag}REF1101`, `${tag}1101REF`]),
  "c0REF1101",
  "c0b2REF",
  "c0330161REF",
  "8001ce1101REF",
  "d104ea0c1101REF1105",
  "d104ea0c1101REF00",
  "d206ea0c1101REF103201618000",
  "d206ea0c1101ea0d10REF8000",
  "d80910REF10100000000000",
  "d80910REF330161100000000000",
  "d8091000101000000000REF",
  "d907REF108400100011ff10",
  "d907REF3301618400100011ff10",
])("%s is missing data", (hex) => {
  expect(() => decode(hex)).toThrow(MissingDataError);
});

test.each([
  "c01101REF",
  "c0b0REF",
  "c1REF320161",
  "cd320161REF",
  "d003ea0c1101REF",
  "d1043301611101REF1105",
  "d206ea0c1101ea0d00REF8000",
  "d80933016100REF100000000000",
  "d907ea0c10REF100011ff10",
])("%s is none", (hex) => {
  expect(() => decode(hex)).not.toThrow();
});
