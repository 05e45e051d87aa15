// Text and bytes as the reference converts them (sheet 01 §17, sheet 02 §16). It has two decoders,
// and both differ from TextDecoder: for Java's `ed` is an ordinary lead byte of three, so that an
// encoded surrogate is one malformed sequence; and that of the CVM is lax, and starts at any byte
// position. Both reach the State through `str`.

import { isUtf8 } from "node:buffer";

const REPLACEMENT = "\ufffd";
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** UTF-8 of a text; a lone surrogate becomes `?`. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, "?"));
}

/** The text of bytes as Java decodes them: U+FFFD for each malformed sequence. */
export function utf8Text(bytes: Uint8Array): string {
  return isUtf8(bytes) ? decoder.decode(bytes) : malformedText(bytes);
}

/** The bytes decoded and encoded again: malformed sequences become U+FFFD. */
export function repairUtf8(bytes: Uint8Array): Uint8Array {
  return isUtf8(bytes) ? bytes : encoder.encode(malformedText(bytes));
}

function malformedText(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const end = Math.max(asciiEnd(bytes, i), sequenceEnd(bytes, i));
    const piece = bytes.subarray(i, end);
    // What is cut short and an encoded surrogate both fail here.
    pieces.push(isUtf8(piece) ? decoder.decode(piece) : REPLACEMENT);
    i = end;
  }
  return pieces.join("");
}

/** The end of the ASCII characters from i on. */
function asciiEnd(bytes: Uint8Array, i: number): number {
  let end = i;
  while (end < bytes.length && (bytes[end] as number) < 0x80) end++;
  return end;
}

/**
 * The end of the character that begins at i, or of the part of it that is there; at least i + 1.
 */
function sequenceEnd(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] as number;
  if (lead < 0xc2 || lead > 0xf4) return i + 1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // Overlong forms and code points over 0x10FFFF break off after the lead.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xf4 ? 0x8f : 0xbf;
  let end = i + 1;
  if (end >= bytes.length || (bytes[end] as number) < least || (bytes[end] as number) > most) {
    return end;
  }
  end++;
  while (end < i + length && end < bytes.length && isContinuation(bytes[end] as number)) end++;
  return end;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/**
 * The code point of the character that begins at byte i, or -1 when none does. Overlong forms and
 * surrogates are accepted; only code points over 0x10FFFF are not.
 */
export function laxCodePointAt(bytes: Uint8Array, i: number): number {
  const lead = bytes[i];
  if (lead === undefined) return -1;
  if (lead < 0x80) return lead;
  if (lead < 0xc0 || lead >= 0xf8) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let codePoint = lead & (0x7f >> length);
  for (let k = 1; k < length; k++) {
    const next = bytes[i + k];
    if (next === undefined || !isContinuation(next)) return -1;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  return codePoint <= 0x10ffff ? codePoint : -1;
}

/** Bytes of the shortest UTF-8 form of a code point. */
export function utf8Length(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** The UTF-8 form of a code point, surrogates as three bytes like any other of their size. */
export function codePointBytes(codePoint: number): Uint8Array {
  const length = utf8Length(codePoint);
  const bytes = new Uint8Array(length);
  if (length === 1) {
    bytes[0] = codePoint;
    return bytes;
  }
  for (let k = length - 1; k > 0; k--) {
    bytes[k] = 0x80 | ((codePoint >> (6 * (length - 1 - k))) & 0x3f);
  }
  bytes[0] = ((0xf00 >> length) & 0xff) | (codePoint >> (6 * (length - 1)));
  return bytes;
}
