// Core functions `blob` and `encoding` (sheet 02 §19).

import { Address } from "../../data/address.ts";
import { Blob } from "../../data/blob.ts";
import { Cell, type Integer, type Value } from "../../data/cell.ts";
import { CVMChar } from "../../data/char.ts";
import { encodedLength, encoding } from "../../data/encode.ts";
import { ExtensionValue } from "../../data/generic-cells.ts";
import { integerBytes, isInteger } from "../../data/integer.ts";
import { CVMString } from "../../data/string.ts";
import { codePointBytes } from "../../lang/utf8.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { EXIT, type Outcome } from "../exits.ts";
import { canonicaliseWithin } from "../history/array-vectors.ts";
import { markAsLongBlob } from "../history/long-blobs.ts";
import { JUICE } from "../juice.ts";
import { bytesOf, isByteSequence } from "./countables.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";

const LONG_BYTES = 8;

/** What `blob` makes of a value; null when it can't be converted. */
function blobOf(value: Value): Blob | null {
  if (value instanceof Blob) return value;
  // A String is hex digits, not its bytes.
  if (value instanceof CVMString) return Blob.fromHex(value.toString());
  if (value instanceof Address || value instanceof ExtensionValue) {
    return markAsLongBlob(Blob.of(bytesOf(value)));
  }
  if (isByteSequence(value)) return Blob.of(bytesOf(value));
  if (isInteger(value)) return integerBlob(value);
  if (value instanceof CVMChar) return Blob.of(codePointBytes(value.codePoint));
  return typeof value === "boolean" ? Blob.of(Uint8Array.of(value ? 1 : 0)) : null;
}

function integerBlob(value: Integer): Blob {
  const blob = Blob.of(integerBytes(value));
  return blob.count === LONG_BYTES ? markAsLongBlob(blob) : blob;
}

function blob(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  const result = blobOf(value);
  if (result === null) {
    const digits = value instanceof CVMString ? value.count : 0;
    return failAfter(ctx.castError(0, value, "Blob"), digits, UNPAID.DIGIT);
  }
  return ctx.withResult(JUICE.BLOB + result.count, result);
}

/** The encoding of the value's own cell, branches as hashes. */
function encodingOf(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  canonicaliseWithin(value);
  const juice = JUICE.BLOB + encodedLength(value);
  if (!ctx.checkJuice(juice)) return EXIT;
  const bytes = encoding(value);
  // A cell keeps its encoding, so the blob gets a copy.
  return ctx.withResult(juice, Blob.of(value instanceof Cell ? bytes.slice() : bytes));
}

export const BLOB_FNS: readonly CoreFn[] = [
  coreFn(35, "blob", { min: 1, max: 1 }, blob),
  coreFn(136, "encoding", { min: 1, max: 1 }, encodingOf),
];
