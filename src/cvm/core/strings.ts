// Core functions of text (sheet 02 §16). Strings are UTF-8 bytes; here all lengths and positions
// are those of bytes.

import { Blob } from "../../data/blob.ts";
import { cutOf, JoinedBytes } from "../../data/blob-damaged.ts";
import type { Value } from "../../data/cell.ts";
import { UnprintableError } from "../../data/errors.ts";
import { doWork } from "../../data/free-work.ts";
import { List } from "../../data/list.ts";
import { CVMString } from "../../data/string.ts";
import { MAX_COPY_COUNT, Vector } from "../../data/vector.ts";
import { isSound } from "../../data/vector-sound.ts";
import { type PrintOptions, printBytes } from "../../lang/printer.ts";
import { strBytes } from "../../lang/str-text.ts";
import { codePointBytes, laxCodePointAt, utf8Length } from "../../lang/utf8.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, HostError, type Outcome } from "../exits.ts";
import { isLongBlob } from "../history/long-blobs.ts";
import { addJuice, buildDataJuice, JUICE } from "../juice.ts";
import { faultText } from "../text/unprintable.ts";
import { castCodePoint, castString } from "./arguments.ts";
import { sequenceOf } from "./structures.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";

/** A piece of the result: a String, which is not copied before it is paid for, or bytes. */
type Piece = CVMString | Uint8Array;

/**
 * Bytes that a piece adds; 0 for a damaged String, whose bytes are known only when it is joined
 * (T46). It is not looked at beyond the bytes that can be paid for.
 */
function lengthOf(piece: Piece, affordable: number): number {
  if (!(piece instanceof CVMString)) return piece.length;
  return isSoundUpTo(piece.blob, affordable) ? piece.count : 0;
}

function isSoundUpTo(blob: Blob, length: number): boolean {
  return blob.isSoundIn(0, Math.min(blob.count, length));
}

function isDamaged(piece: Piece): boolean {
  return piece instanceof CVMString && !piece.blob.isSound;
}

/** Most hex digits that the reference can count. */
const HEX_DIGITS_MAX = 2 ** 31 - 1;

function isBeyondHex(value: Value): boolean {
  return value instanceof Blob && 2 * value.count > HEX_DIGITS_MAX;
}

/** The pieces as one String, at 20 juice and one for each byte. */
function withText(ctx: Context, pieces: readonly Piece[]): Outcome {
  if (pieces.some(isDamaged)) return withText(ctx, [joinDamaged(pieces)]);
  let length = 0;
  for (const piece of pieces) length += piece instanceof CVMString ? piece.count : piece.length;
  const juice = addJuice(JUICE.STR, length);
  // Nothing can fail from here on, so that being unable to pay may as well be seen now.
  if (!ctx.checkJuice(juice)) return EXIT;
  const [only] = pieces;
  if (pieces.length === 1 && only instanceof CVMString) return ctx.withResult(juice, only);
  return ctx.withResult(juice, CVMString.fromBytes(joinBytes(pieces, length)));
}

/** Pieces shorter than this are copied faster byte by byte. */
const COPY_MIN = 32;

function joinBytes(pieces: readonly Piece[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    const part = piece instanceof CVMString ? piece.toBytes() : piece;
    if (part.length >= COPY_MIN) bytes.set(part, at);
    else for (let i = 0; i < part.length; i++) bytes[at + i] = part[i] as number;
    at += part.length;
  }
  return bytes;
}

function joinDamaged(pieces: readonly Piece[]): Uint8Array {
  const joined = new JoinedBytes();
  for (const piece of pieces) {
    if (piece instanceof CVMString) joined.add(piece.blob);
    else joined.addBytes(piece);
  }
  return joined.take();
}

function printOptions(ctx: Context): PrintOptions {
  const onBigInteger = (value: bigint) => ctx.integers.compute(value);
  return { onBigInteger, hasHalves: isLongBlob, textOf: faultText };
}

/**
 * The texts of all arguments, one after the other.
 * @throws HostError for a Blob whose digits the reference can't count
 */
function str(ctx: Context, args: Value[]): Outcome {
  if (args.some(isBeyondHex)) throw new HostError("Blob of 2^30 bytes or more in hex");
  const pieces: Piece[] = [];
  const options = printOptions(ctx);
  let left = ctx.juiceLimit - ctx.juice;
  for (const arg of args) {
    const isBlob = arg instanceof Blob;
    if (isBlob && 2 * arg.count > left && isSoundUpTo(arg, left)) return ctx.outOfJuice();
    // Two digits more than can be paid for: a damaged Blob may have fewer than it counts (T46).
    const piece = arg instanceof CVMString ? arg : strBytes(arg, left + 2, options);
    // Nothing can fail from here on, so that being unable to pay may as well be seen now.
    left -= lengthOf(piece, left);
    if (left < 0) return ctx.outOfJuice();
    pieces.push(piece);
  }
  return withText(ctx, pieces);
}

/**
 * The readable form; its only limit is the juice that is left.
 * @throws HostError for a hand-made op without its parts (T6); `str` gives a text for it
 */
function print(ctx: Context, args: Value[]): Outcome {
  try {
    const left = ctx.juiceLimit - ctx.juice;
    const { bytes, complete } = printBytes(args[0] as Value, left, printOptions(ctx));
    return complete ? withText(ctx, [bytes]) : ctx.outOfJuice();
  } catch (error) {
    if (error instanceof UnprintableError) throw new HostError(error.message);
    throw error;
  }
}

function split(ctx: Context, args: Value[]): Outcome {
  const string = castString(ctx, args[0] as Value, 0);
  if (string === EXIT) return EXIT;
  const separator = castCodePoint(ctx, args[1] as Value, 1);
  if (separator === EXIT) return EXIT;
  const juice = JUICE.STR + string.count;
  if (!ctx.checkJuice(juice)) return EXIT;
  const piecesMax = (ctx.juiceLimit - ctx.juice - juice) / JUICE.BUILD_PER_ELEMENT;
  const pieces = piecesOf(string, separator, piecesMax);
  if (pieces === null) return ctx.outOfJuice();
  return ctx.withResult(addJuice(juice, buildDataJuice(pieces.length)), Vector.from(pieces));
}

/**
 * Compares the character at each place with the separator. A step is the length of the character
 * there, one byte where none starts. Null above `piecesMax` pieces.
 */
function piecesOf(string: CVMString, separator: number, piecesMax: number): Value[] | null {
  const bytes = string.blob.bytesByPosition();
  const cut = isDamaged(string) ? damagedCutter(string) : soundCutter(bytes);
  const pieces: Value[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; ) {
    const codePoint = laxCodePointAt(bytes, i);
    const next = i + (codePoint < 0 ? 1 : utf8Length(codePoint));
    if (codePoint === separator) {
      if (pieces.length >= piecesMax) return null;
      pieces.push(cut(start, i));
      start = next;
    }
    i = next;
  }
  pieces.push(cut(start, bytes.length));
  return pieces;
}

type Cutter = (start: number, end: number) => CVMString | null;

function soundCutter(bytes: Uint8Array): Cutter {
  return (start, end) => CVMString.fromBytes(bytes.slice(start, end));
}

/** A piece can be nil (T46, `cutOf`). */
function damagedCutter(string: CVMString): Cutter {
  return (start, end) => {
    if (start === 0 && end === string.count) return string;
    const blob = cutOf(string.blob, start, end);
    return blob === null ? null : new CVMString(blob);
  };
}

/** Units of work (data/free-work.ts) of an element of a hand-made sequence. */
const DAMAGED_ELEMENT_WORK = 300;

function join(ctx: Context, args: Value[]): Outcome {
  const strings = sequenceOf(args[0] as Value);
  if (strings === null) return ctx.castError(0, args[0] as Value, "Sequence");
  const separator = castCodePoint(ctx, args[1] as Value, 1);
  if (separator === EXIT) return EXIT;
  const vector = strings instanceof List ? strings.vector : strings;
  const isWhole = isSound(vector);
  // Too many to be held in memory, in the reference too.
  if (isWhole && vector.count > MAX_COPY_COUNT) return ctx.outOfJuice();
  const between = codePointBytes(separator);
  const affordable = ctx.juiceLimit - ctx.juice;
  const pieces: Piece[] = [];
  let length = 0;
  let seen = 0;
  for (const string of strings) {
    seen++;
    if (!isWhole) doWork(DAMAGED_ELEMENT_WORK);
    if (!(string instanceof CVMString)) {
      if (pieces.some(isDamaged)) joinDamaged(pieces);
      const message = "Element in join is not a String.";
      return failAfter(ctx.fail(CODE.CAST, message), seen, UNPAID.COPY);
    }
    // Certainly out of juice; but if a later element is no String, that is the error.
    if (length > affordable) continue;
    if (pieces.length > 0) pieces.push(between);
    pieces.push(string);
    length += between.length + lengthOf(string, affordable);
  }
  return withText(ctx, pieces);
}

export const STRING_FNS: readonly CoreFn[] = [
  coreFn(10, "str", { min: 0 }, str),
  coreFn(11, "print", { min: 1, max: 1 }, print),
  coreFn(12, "split", { min: 2, max: 2 }, split),
  coreFn(13, "join", { min: 2, max: 2 }, join),
];
