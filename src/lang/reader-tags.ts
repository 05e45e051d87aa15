// Tagged forms of CVX text, `#Tag form` (sheet 01 §18). A tag nobody knows is dropped.

import { PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "../crypto/ed25519.ts";
import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { Index } from "../data/index-map.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { SignedData } from "../data/signed.ts";

/** A form that its tag does not fit; the reader adds the place. */
export class TagError extends Error {
  readonly code = "PARSE";
}

/** Turns the form behind a tag into the value. Throws TagError when it cannot. */
export type TagReader = (form: Value) => Value;

/** The tags of this layer; those of records above are given to the reader. */
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
  const publicKey = bytesField(form, "public-key", PUBLIC_KEY_LENGTH);
  const signature = bytesField(form, "signature", SIGNATURE_LENGTH);
  return SignedData.of(publicKey, signature, form.get(Keyword.of("value")) ?? null);
}

function bytesField(form: CVMMap, name: string, length: number): Uint8Array {
  const blob = form.get(Keyword.of(name));
  if (blob instanceof Blob && blob.count === length) return blob.toBytes();
  throw new TagError(`#Signed needs :${name}, a blob of ${length} bytes`);
}
