// Fields of request bodies (sheet 05 §1.7): addresses, account keys, hex, integers and source code, in
// the spellings that clients of the reference use.

import { fromHex } from "../crypto/hex.ts";
import { Address } from "../data/address.ts";
import type { Integer, Value } from "../data/cell.ts";
import { CVMDouble } from "../data/double.ts";
import { integer, isInteger, LONG_MAX, LONG_MIN } from "../data/integer.ts";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";

/** A request that can't be served as it stands; the message says what was expected. */
export class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The field of a request object, null when it is absent or null. */
export function field(body: CVMMap, name: string): Value {
  return body.get(CVMString.of(name)) ?? null;
}

/** Text of a string value, else null. */
export function text(value: Value): string | null {
  return value instanceof CVMString ? value.toString() : null;
}

function addressOf(n: bigint): Address | null {
  return n < 0n || n > LONG_MAX ? null : Address.of(integer(n));
}

/** `12`, `12.0`, `"12"`, `"#12"`, `"0x0c"`; null for anything else. */
export function parseAddress(value: Value): Address | null {
  if (value instanceof Address) return value;
  if (isInteger(value)) return addressOf(BigInt(value));
  if (value instanceof CVMDouble) {
    return Number.isInteger(value.value) ? addressOf(BigInt(value.value)) : null;
  }
  const source = text(value)?.trim();
  if (source === undefined) return null;
  if (/^#?\d{1,19}$/.test(source)) return addressOf(BigInt(source.replace("#", "")));
  if (/^0x[0-9a-fA-F]{1,16}$/.test(source)) return addressOf(BigInt(source));
  return null;
}

/**
 * 64 hex digits, spaces around and a lower-case `0x` allowed. Unlike the reference, what follows the
 * 64 digits is refused: a key with a slip of the pen must not create an account nobody can use.
 */
export function parseAccountKey(source: string): Uint8Array | null {
  const hex = source.trim().replace(/^0x/, "");
  return hex.length === 64 ? fromHex(hex) : null;
}

/** Hex with or without `0x`, null when malformed. */
export function parseHex(source: string): Uint8Array | null {
  return fromHex(source.trim().replace(/^0x/, ""));
}

/** A JSON integer or a decimal string within 64 bits, else null. */
export function parseLong(value: Value, acceptDouble: boolean): Integer | null {
  if (isInteger(value)) return inLongRange(BigInt(value));
  if (value instanceof CVMDouble && acceptDouble && Number.isInteger(value.value)) {
    return inLongRange(BigInt(value.value));
  }
  const source = text(value)?.trim();
  if (source === undefined || !/^[+-]?\d{1,19}$/.test(source)) return null;
  return inLongRange(BigInt(source.replace("+", "")));
}

function inLongRange(n: bigint): Integer | null {
  return n < LONG_MIN || n > LONG_MAX ? null : integer(n);
}

/** @throws RequestError 400 when the body is not a JSON object */
export function ensureObject(value: Value): CVMMap {
  if (value instanceof CVMMap) return value;
  throw new RequestError(400, 'Invalid JSON body: expected an object, e.g. {"address":12}');
}
