// hot: see test/bench. Keys of an Index (sheet 01 §8): values that stand for bytes, of which the
// first 32 count and the type does not.

import { keyAt, keyOf } from "../crypto/sha3.ts";
import { Address } from "./address.ts";
import { Blob, FlatBlob } from "./blob.ts";
import { Cell, type Integer, type Value } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { ExtensionValue } from "./generic-cells.ts";
import { Keyword } from "./keyword.ts";
import { CVMString } from "./string.ts";
import { CVMSymbol } from "./symbol.ts";

/** Bytes of a key that tell it from others. */
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

/** Bytes of the longest Blob or String that the reference holds in one piece. */
const PIECE_BYTES = 4096;

/**
 * T35, numbered on from sheet 02: the reference takes the bytes of a Blob or String of more than
 * 4,096 for equal to any others as long. So such a key finds, replaces and removes whatever key its
 * digits lead to, and can be put where it does not belong.
 */
export function isMatchingAll(key: Value): boolean {
  if (key instanceof CVMString) return key.blob.count > PIECE_BYTES;
  return key instanceof Blob && key.count > PIECE_BYTES;
}

/** The bytes that count of a key, as characters 0–255; null when the value cannot be a key. */
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

/** Stands in a key for a byte that its Blob does not hold (T46). */
const NO_BYTE = "\uffff";

/** A key of what a hand made: a byte that is not there is missed where it is looked at. */
function damagedKey(blob: Blob, length: number): string {
  let key = "";
  try {
    while (key.length < length) key += String.fromCharCode(blob.byteIn(key.length));
  } catch (error) {
    if (!(error instanceof BadStructureError)) throw error;
  }
  return key.padEnd(length, NO_BYTE);
}

/** @throws BadStructureError for a byte of a key that is not there */
export function checkKeyByte(key: string, i: number): void {
  if (key[i] === NO_BYTE) throw new BadStructureError(`no byte ${i} in a key of an Index`);
}

/**
 * The bytes of a key as they are read on behind its end: those of a number begin again (T42). What
 * is behind the bytes of others is not known.
 */
export function readOn(key: Value, bytes: string): string {
  const isNumber = key instanceof Address || key instanceof ExtensionValue;
  return isNumber ? bytes.repeat(KEY_BYTES / bytes.length) : bytes;
}

/** Eight bytes, big-endian; the values of addresses and extension values are not negative. */
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
