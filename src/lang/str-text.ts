// The text that `str` makes of one value (sheet 01 §17).

import { Blob } from "../data/blob.ts";
import type { Value } from "../data/cell.ts";
import { CVMChar } from "../data/char.ts";
import { CVMString } from "../data/string.ts";
import { PRINT_LIMIT, PrintBuffer } from "./print-buffer.ts";
import { type PrintOptions, printSafely } from "./printer.ts";
import { codePointBytes, repairUtf8, utf8Text } from "./utf8.ts";

/** Follows a text that was cut off, or stands for one that is too long to print. */
export const PRINT_EXCEEDED_MESSAGE = "<<Print limit exceeded>>";

const EXCEEDED = new TextEncoder().encode(PRINT_EXCEEDED_MESSAGE);
const QUESTION_MARK = 0x3f;

/**
 * The bytes of `str`: a string as it is, a character raw, a blob in hex without `0x`, and of
 * anything else the printed form, cut off at the print limit.
 * @param hexMax most hex digits of a blob; `str` itself has no such limit (T33)
 */
export function strBytes(value: Value, hexMax = PRINT_LIMIT, options?: PrintOptions): Uint8Array {
  if (value instanceof CVMString) return value.toBytes();
  if (value instanceof CVMChar) {
    const { codePoint } = value;
    const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    return codePointBytes(surrogate ? QUESTION_MARK : codePoint);
  }
  if (value instanceof Blob) {
    const digits = 2 * value.count;
    const buffer = new PrintBuffer(Math.min(hexMax, digits));
    if (!buffer.hex(value) && digits > hexMax) buffer.bytes(EXCEEDED);
    const text = buffer.take();
    // A damaged blob can have more bytes than it counts (T46).
    return digits <= hexMax && text.length > digits ? text.slice(0, digits) : text;
  }
  return repairUtf8(cutBytes(value, options));
}

/** The printed form, cut off at the print limit. */
export function cutText(value: Value): string {
  return utf8Text(cutBytes(value, { beyondMax: PRINT_LIMIT }));
}

function cutBytes(value: Value, options?: PrintOptions): Uint8Array {
  const { bytes, complete } = printSafely(value, PRINT_LIMIT, options);
  return complete ? bytes : Buffer.concat([bytes, EXCEEDED]);
}
