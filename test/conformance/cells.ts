// What several runners ask of cells.

import { toHex } from "../../src/crypto/hex.ts";
import { Blob } from "../../src/data/blob.ts";
import { Cell, Ref, type Value } from "../../src/data/cell.ts";
import { CVMChar } from "../../src/data/char.ts";
import { hashBytes } from "../../src/data/encode.ts";
import { print } from "../../src/lang/printer.ts";
import { strBytes } from "../../src/lang/str-text.ts";
import { utf8Text } from "../../src/lang/utf8.ts";

/** Print limit, in bytes, under which the vectors were made. */
export const VECTOR_PRINT_LIMIT = 4000;

export function hashHex(value: Value): string {
  return toHex(hashBytes(value));
}

/**
 * An error code as the vectors have it: as `str`, but blobs with `0x` and surrogates as they are.
 */
export function errorText(code: Value): string | null {
  if (code instanceof Blob) return print(code);
  const isSurrogate = code instanceof CVMChar && code.codePoint >> 11 === 0x1b;
  return isSurrogate ? String.fromCharCode(code.codePoint) : utf8Text(strBytes(code));
}

/** Forgets what decoding kept, so that encodings, hashes and sizes are made anew. */
export function forgetCaches(value: Value): void {
  const open: Value[] = [value];
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    if (!(cell instanceof Cell)) continue;
    cell.encodingCache = null;
    cell.hashCache = null;
    cell.lengthCache = 0;
    cell.memoryCache = -1;
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = cell.slotAt(i);
      if (!(slot instanceof Ref)) open.push(slot);
    }
  }
}
