// Tagged forms of CVX text, `#Tag form` (sheet 01 §18). An unknown tag is ignored.

import { PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "../crypto/ed25519.ts";
import { fromHex } from "../crypto/hex.ts";
import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { SignedData } from "../data/signed.ts";
import { CVMString } from "../data/string.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { utf8Text } from "./utf8.ts";

const PUBLIC_KEY = Keyword.of("public-key");
const SIGNATURE = Keyword.of("signature");
const VALUE = Keyword.of("value");
// biome-ignore lint/suspicious/noControlCharactersInRegex: what Java's trim takes off
const BLANKS_BEFORE = /^[\u0000-\u0020]+/;

/** A form does not fit its tag; the reader adds the place. */
export class TagError extends Error {
  readonly code = "PARSE";
}

/** Makes the value of a tag and its form. @throws TagError when the form does not fit */
export type TagReader = (form: Value) => Value;

/** The tags of this layer; those of layers above are given to the reader. */
export const DATA_TAGS: ReadonlyMap<string, TagReader> = new Map<string, TagReader>([
  ["Index", readIndex],
  ["Signed", readSigned],
]);

function readIndex(form: Value): Index {
  if (!(form instanceof CVMMap)) throw new TagError("Index tag must be on a map");
  let index = Index.EMPTY;
  for (const [key, value] of form.entries()) {
    const grown = index.assoc(key, value);
    if (grown === null) throw new TagError("Invalid #Index keys");
    index = grown;
  }
  return index;
}

function readSigned(form: Value): SignedData {
  if (!(form instanceof CVMMap)) throw new TagError("Signed tag must be on a map");
  const publicKey = publicKeyOf(form.get(PUBLIC_KEY) ?? null);
  if (publicKey === null) throw new TagError("#Signed needs a :public-key of 32 bytes");
  const signature = form.get(SIGNATURE);
  if (!(signature instanceof Blob && signature.count === SIGNATURE_LENGTH)) {
    throw new TagError("#Signed needs a :signature, a blob of 64 bytes");
  }
  return SignedData.of(publicKey, signature.toBytes(), form.get(VALUE) ?? null);
}

/**
 * The 32 bytes of a Blob, or of a text that begins with their hex digits (T40); null for anything
 * else.
 */
function publicKeyOf(value: Value): Uint8Array | null {
  if (value instanceof Blob) return value.count === PUBLIC_KEY_LENGTH ? value.toBytes() : null;
  const digits = textOf(value)?.replace(BLANKS_BEFORE, "").replace(/^0x/, "");
  const bytes = digits === undefined ? null : fromHex(digits.slice(0, 2 * PUBLIC_KEY_LENGTH));
  return bytes?.length === PUBLIC_KEY_LENGTH ? bytes : null;
}

function textOf(value: Value): string | null {
  if (value instanceof CVMString) return utf8Text(value.toBytes());
  return value instanceof Keyword || value instanceof CVMSymbol ? value.name : null;
}
