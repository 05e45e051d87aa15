// hot: see test/bench. Keys of an Index (sheet 01 §8): values that stand for bytes. The first 32
// bytes make the key, whatever its type.

import { keyAt, keyOf } from "../crypto/sha3.ts";
import { Address } from "./address.ts";
import { Blob, FlatBlob } from "./blob.ts";
import { CHUNK_LENGTH } from "./blob-shape.ts";
import { Cell, type Integer, type Value } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { ExtensionValue } from "./generic-cells.ts";
import { Keyword } from "./keyword.ts";
import { NestingError } from "./nesting.ts";
import { CVMString } from "./string.ts";
import { CVMSymbol } from "./symbol.ts";

/** Most bytes of a key: those beyond are ignored. */
export const KEY_BYTES = 32;

/** Whether a value can be a key. */
export function isIndexKey(value: Value): boolean {
  if (!(value instanceof Cell)) return false;
  return (
    value instanceof Blob ||
    value instanceof Address ||
    value instanceof Keyword ||
    value instanceof CVMString ||
    value instanceof CVMSymbol ||
    value instanceof ExtensionValue
  );
}

/**
 * T35, numbered on from sheet 02: the reference takes the bytes of a Blob or String of more than
 * one chunk for equal to any others as long. So such a key matches whatever key of 32 bytes its
 * digits lead to: it finds, replaces and removes that, and can be put where it does not belong.
 */
export function isMatchingAll(key: Value): boolean {
  if (key instanceof CVMString) return key.blob.count > CHUNK_LENGTH;
  return key instanceof Blob && key.count > CHUNK_LENGTH;
}

/** The bytes of a key, at most 32, as characters 0–255; null when the value cannot be a key. */
export function indexKeyOf(value: Value): string | null {
  if (value instanceof Blob) return blobKey(value);
  if (value instanceof Address || value instanceof ExtensionValue) return longKey(value.value);
  if (value instanceof Keyword || value instanceof CVMSymbol) return value.name.slice(0, KEY_BYTES);
  if (value instanceof CVMString) return blobKey(value.blob);
  return null;
}

function blobKey(blob: Blob): string {
  const length = Math.min(blob.count, KEY_BYTES);
  if (blob instanceof FlatBlob) return keyAt(blob.bytes, 0, length);
  if (blob.isSoundIn(0, length)) return keyOf(blob.bytesOf(0, length));
  return damagedKey(blob, length);
}

/** Stands for a byte that a key should have but its damaged Blob does not hold (T46). */
const NO_BYTE = "\uffff";

/**
 * The key of a damaged Blob: a missing byte is an error only where it is looked at (checkKeyByte).
 */
function damagedKey(blob: Blob, length: number): string {
  let key = "";
  try {
    while (key.length < length) key += String.fromCharCode(blob.byteIn(key.length));
  } catch (error) {
    if (!(error instanceof BadStructureError) || error instanceof NestingError) throw error;
  }
  return key.padEnd(length, NO_BYTE);
}

/** @throws BadStructureError when byte i of the key is missing */
export function checkKeyByte(key: string, i: number): void {
  if (key[i] === NO_BYTE) throw new BadStructureError(`no byte ${i} in a key of an Index`);
}

/**
 * The bytes that the reference sees when it reads beyond the end of a key: those of a number begin
 * again (T42). What it finds behind other keys is not known, so those are returned as they are.
 */
export function readOn(key: Value, bytes: string): string {
  const isNumber = key instanceof Address || key instanceof ExtensionValue;
  return isNumber ? bytes.repeat(KEY_BYTES / bytes.length) : bytes;
}

/** Eight bytes, big-endian; n ≥ 0, as the values of addresses and extension values are. */
function longKey(n: Integer): string {
  const isNumber = typeof n === "number";
  const high = isNumber ? Math.floor(n / 0x1_0000_0000) : Number(n >> 32n);
  const low = isNumber ? n >>> 0 : Number(n & 0xffff_ffffn);
  return String.fromCharCode(
    high >>> 24,
    (high >>> 16) & 0xff,
    (high >>> 8) & 0xff,
    high & 0xff,
    low >>> 24,
    (low >>> 16) & 0xff,
    (low >>> 8) & 0xff,
    low & 0xff,
  );
}
