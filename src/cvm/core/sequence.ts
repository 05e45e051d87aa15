// Core functions of sequences (sheet 02 §19): concat, reverse, cons, next, slice.

import { keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import { cutOf } from "../../data/blob-damaged.ts";
import type { Integer, Value } from "../../data/cell.ts";
import { BadStructureError } from "../../data/errors.ts";
import { minus } from "../../data/integer.ts";
import { Keyword } from "../../data/keyword.ts";
import { List } from "../../data/list.ts";
import { CVMSet } from "../../data/set.ts";
import { CVMString } from "../../data/string.ts";
import { CVMSymbol } from "../../data/symbol.ts";
import { MAX_COPY_COUNT, Vector } from "../../data/vector.ts";
import { arrayOfParts, restOf } from "../../data/vector-damaged.ts";
import { isSound } from "../../data/vector-sound.ts";
import { type CoreFn, coreFn } from "../call/core-fn.ts";
import type { Context } from "../context.ts";
import { CODE } from "../error-code.ts";
import { EXIT, type Outcome } from "../exits.ts";
import {
  joinedVectors,
  nextOfList,
  refValues,
  sliceOfVector,
  toCanonical,
} from "../history/array-vectors.ts";
import { ordinaryBlob } from "../history/long-blobs.ts";
import { buildBytesJuice, buildDataJuice, JUICE, wrappedJuice } from "../juice.ts";
import { castLong, castSequential } from "./arguments.ts";
import {
  type ByteSequence,
  bytesOf,
  type Countable,
  countOf,
  isByteSequence,
  isCountable,
} from "./countables.ts";
import {
  checkCopy,
  checkPlaces,
  checkRangeCount,
  doRangeWork,
  isMiscounted,
  isOddRecord,
  isRecordLike,
  isStructure,
  MAX_RANGE_COUNT,
  type Sequential,
  sequentialOf,
  sliceOf,
  structureCount,
} from "./structures.ts";
import { failAfter, UNPAID } from "./unpaid-work.ts";

/** The result has the type of the first argument that is not nil; nil when there is none. */
function concat(ctx: Context, args: Value[]): Outcome {
  let juice: number = JUICE.CONSTANT;
  let result: Sequential | null = null;
  for (let i = 0; i < args.length; i++) {
    const part = args[i] as Value;
    if (part === null) continue;
    if (!isStructure(part)) {
      return failAfter(ctx.castError(i, part, "Sequence"), result?.count ?? 0, UNPAID.COPY);
    }
    if (part instanceof CVMSet) checkPlaces(part);
    // Paid by the elements that are there, whatever the count says (T47).
    const held = isMiscounted(part) || isOddRecord(part) ? sequentialOf(part) : part;
    juice = wrappedJuice(
      ctx.juice,
      juice + JUICE.BUILD_DATA,
      JUICE.BUILD_PER_ELEMENT,
      countOf(held),
    );
    if (!ctx.checkJuice(juice)) return EXIT;
    result = result === null ? sequentialOf(part) : joined(result, sequentialOf(part));
  }
  return ctx.withResult(juice, result);
}

function joined(first: Sequential, second: Sequential): Sequential {
  if (first instanceof Vector) return joinedVectors(first, second);
  if (second.count === 0) return first;
  if (second instanceof Vector) checkCopy(second.countInteger);
  const behind = second instanceof List ? second : List.from(second.toArray());
  if (first.count === 0) return behind;
  return List.reverseOf(joinedVectors(behind.vector, first.vector));
}

/** Of a Vector the List of the same cells, and the other way round. */
function reverse(ctx: Context, args: Value[]): Outcome {
  const value = args[0] as Value;
  if (value === null) return ctx.withResult(JUICE.BUILD_DATA, List.EMPTY);
  if (value instanceof Vector)
    return ctx.withResult(JUICE.BUILD_DATA, List.reverseOf(toCanonical(value)));
  if (value instanceof List) return ctx.withResult(JUICE.BUILD_DATA, value.vector);
  return ctx.castError(0, value, "Sequence");
}

function cons(ctx: Context, args: Value[]): Outcome {
  const last = args.length - 1;
  const juice = buildDataJuice(last);
  if (!ctx.checkJuice(juice)) return EXIT;
  const rest = castSequential(ctx, args[last] as Value, last);
  if (rest === EXIT) return EXIT;
  let result = List.EMPTY;
  if (rest instanceof List) {
    result = rest;
  } else if (rest !== null) {
    // The reference copies it, and has no memory for that.
    if (rest.count > MAX_RANGE_COUNT) return ctx.outOfJuice();
    doRangeWork(rest.count);
    const isWhole = isSound(rest);
    result = isWhole ? List.reverseOf(rest.backwards()) : List.from(arrayOfParts(rest));
  }
  return ctx.withResult(juice, result.withFirst(refValues(args), last));
}

function next1(ctx: Context, a: Value): Outcome {
  const isCounted = isStructure(a) && !isRecordLike(a) && !isMiscounted(a);
  if (isCounted) checkRangeCount(structureCount(a) - 1);
  const sequence = castSequential(ctx, a, 0);
  if (sequence === EXIT) return EXIT;
  if (sequence === null || sequence.count <= 1) return ctx.withResult(JUICE.SIMPLE_FN, null);
  if (sequence instanceof List) return ctx.withResult(JUICE.SIMPLE_FN, nextOfList(sequence));
  const isWhole = isSound(sequence);
  doRangeWork(isWhole ? sequence.count : Math.min(sequence.count, MAX_COPY_COUNT));
  const rest = isWhole ? sliceOfVector(sequence, 1, sequence.countInteger) : restOf(sequence);
  return ctx.withResult(JUICE.SIMPLE_FN, rest);
}

function slice(ctx: Context, args: Value[]): Outcome {
  const source = args[0] as Value;
  if (!isCountable(source)) return ctx.castError(0, source, "Countable");
  const start = castLong(ctx, args[1] as Value, 1);
  if (start === EXIT) return EXIT;
  if (start < 0) return ctx.fail(CODE.BOUNDS, `Index: ${start}`);
  const count = countOf(source);
  const end = args.length > 2 ? castLong(ctx, args[2] as Value, 2) : count;
  if (end === EXIT) return EXIT;
  if (end > count) return ctx.fail(CODE.BOUNDS, `Index: ${end}`);
  if (end < start) return ctx.fail(CODE.BOUNDS, "End before start");
  const length = Number(minus(end, start));
  const juice = isByteSequence(source) ? buildBytesJuice(length) : buildDataJuice(length);
  if (!ctx.checkJuice(juice)) return EXIT;
  return ctx.withResult(juice, part(source, start, end));
}

function part(source: Countable, start: Integer, end: Integer): Value {
  const isOrdered = source instanceof Vector || source instanceof List || isByteSequence(source);
  // Beyond 2^53 two positions can be the same number; only sequences can have so many elements.
  if (!isOrdered && start < end && Number(start) === Number(end)) {
    throw new BadStructureError(`no entries ${start} … ${end}`);
  }
  return isByteSequence(source) ? partOfBytes(source, start, end) : sliceOf(source, start, end);
}

/**
 * A name gives a name, or nil for no bytes; an Address or extension value gives a Blob. Nil for
 * bytes that a damaged Blob or String does not have (T46).
 */
function partOfBytes(source: ByteSequence, start: Integer, end: Integer): Value {
  if (source instanceof Blob) {
    const cut = cutOf(source, start, end);
    return cut === null ? null : ordinaryBlob(cut);
  }
  if (source instanceof CVMString) {
    if (start === 0 && end === source.blob.countInteger) return source;
    const cut = cutOf(source.blob, start, end);
    return cut === null ? null : new CVMString(cut);
  }
  const bytes = bytesOf(source).slice(start as number, end as number);
  if (source instanceof Keyword) return Keyword.fromName(keyOf(bytes));
  if (source instanceof CVMSymbol) return CVMSymbol.fromName(keyOf(bytes));
  return Blob.of(bytes);
}

export const SEQUENCE_FNS: readonly CoreFn[] = [
  coreFn(2, "concat", { min: 0 }, concat),
  coreFn(4, "reverse", { min: 1, max: 1 }, reverse),
  coreFn(119, "cons", { min: 2 }, cons),
  coreFn(194, "next", { min: 1, max: 1 }, (ctx, args) => next1(ctx, args[0] as Value), {
    fn1: next1,
  }),
  coreFn(195, "slice", { min: 2, max: 3 }, slice),
];
