// Bytes as lower-case hex digits, without prefix.

import { bytesOfKey } from "./sha3.ts";

/** Two lower-case digits a byte. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** The digits of bytes that are a key: a string of characters 0–255 (sha3.ts, `keyOf`). */
export function hexOfKey(key: string): string {
  return toHex(bytesOfKey(key));
}

// Outside of the function: a literal is a new object each time that it is come to.
const DIGITS = /^[0-9a-fA-F]*$/;

/** Bytes of an even number of hex digits of either case, null when the text is anything else. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !DIGITS.test(text)) return null;
  return Uint8Array.fromHex(text);
}
