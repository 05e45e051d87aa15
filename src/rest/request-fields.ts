// Fields of requests (sheet 05 §1.7): addresses, account keys, hex, integers, in the spellings that
// clients of the reference use. What JSON held arrives as a scalar: integers as bigint, numbers
// with a fraction or exponent as number, so that 1 and 1.0 stay apart and no digit is lost.

import { fromHex } from "../crypto/hex.ts";
import { HASH_LENGTH, keyOf } from "../crypto/sha3.ts";
import { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import { CVMDouble } from "../data/double.ts";
import { integer, isInteger, LONG_MAX, LONG_MIN } from "../data/integer.ts";
import type { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";

/** A request that can't be served as it stands; the message says what was expected. */
export class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Spellings of an address as text: hex in whole bytes; only ASCII spaces around it count. */
export const ADDRESS_TEXT = /^[\0-\x20]*#?(?:\+?\d{1,19}|0x(?:[0-9a-fA-F]{2}){1,8})[\0-\x20]*$/;

/** The field of a request's object, null when it is absent or null. */
export function field(body: CVMMap, name: string): Value {
  return body.get(CVMString.of(name)) ?? null;
}

/** A value of a request's body as a JavaScript scalar; what is none stays the cell it is. */
export function scalarOf(value: Value): unknown {
  if (value instanceof CVMString) return value.toString();
  if (value instanceof CVMDouble) return value.value;
  return isInteger(value) ? BigInt(value) : value;
}

function addressOf(n: bigint): Address | null {
  return n < 0n || n > LONG_MAX ? null : Address.of(integer(n));
}

/** `12`, `12.0`, `"12"`, `"+12"`, `"#12"`, `"0x0c"`, `"#0x0c"`; null for anything else. */
export function parseAddress(scalar: unknown): Address | null {
  if (scalar instanceof Address) return scalar;
  if (typeof scalar === "bigint") return addressOf(scalar);
  if (typeof scalar === "number") {
    return Number.isInteger(scalar) ? addressOf(BigInt(scalar)) : null;
  }
  if (typeof scalar !== "string" || !ADDRESS_TEXT.test(scalar)) return null;
  return addressOf(BigInt(scalar.replace(/[\0-\x20#+]/g, "")));
}

/**
 * 64 hex digits, spaces around and a lower-case `0x` allowed. Unlike the reference, what follows
 * the 64 digits is refused: a key with a slip of the pen must not create an account nobody can use.
 */
export function parseAccountKey(source: string): Uint8Array | null {
  const hex = hexDigits(source);
  return hex.length === 2 * HASH_LENGTH ? fromHex(hex) : null;
}

/** Hex with or without `0x`, null when malformed. */
export function parseHex(source: string): Uint8Array | null {
  return fromHex(hexDigits(source));
}

function hexDigits(source: string): string {
  const text = source.trim();
  return text.startsWith("0x") ? text.slice(2) : text;
}

/** A hash of 32 bytes in hex as the key of a cell, null when malformed. */
export function parseHashKey(source: string): string | null {
  const bytes = parseHex(source);
  return bytes?.length === HASH_LENGTH ? keyOf(bytes) : null;
}

/** A decimal string that may be a 64-bit integer; spaces around it are no part of one. */
export const LONG_TEXT = /^[+-]?\d{1,19}$/;

/** A JSON integer or a decimal string within 64 bits, else null. */
export function parseLong(scalar: unknown, acceptDouble: boolean): Integer | null {
  if (typeof scalar === "bigint") return inLongRange(scalar);
  if (typeof scalar === "number") {
    return acceptDouble && Number.isInteger(scalar) ? inLongRange(BigInt(scalar)) : null;
  }
  if (typeof scalar !== "string" || !LONG_TEXT.test(scalar)) return null;
  return inLongRange(BigInt(scalar.replace("+", "")));
}

function inLongRange(n: bigint): Integer | null {
  return n < LONG_MIN || n > LONG_MAX ? null : integer(n);
}
