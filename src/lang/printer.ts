// Values as CVX text (sheet 01 §17). Open collections are kept on a list, so that nesting of data
// costs no stack. Cells of the layers above print themselves through a PrintSink, which is one call
// deeper for each inside another.

import { toHex } from "../crypto/hex.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Cell, Value } from "../data/cell.ts";
import { CVMChar } from "../data/char.ts";
import { CVMDouble } from "../data/double.ts";
import { encoding } from "../data/encode.ts";
import { BadStructureError, UnprintableError } from "../data/errors.ts";
import { doWork } from "../data/free-work.ts";
import { Index } from "../data/index-map.ts";
import { integerLength, isLong } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { CVMMap } from "../data/map.ts";
import { isPrintable, type PrintSink } from "../data/printable.ts";
import { DataRecord } from "../data/record.ts";
import { CVMSet } from "../data/set.ts";
import { SignedData } from "../data/signed.ts";
import { CVMString } from "../data/string.ts";
import { CVMSymbol } from "../data/symbol.ts";
import { Syntax } from "../data/syntax.ts";
import { Vector } from "../data/vector.ts";
import { doubleText } from "./double-text.ts";
import { elementsOf, entriesOf, fieldsOf } from "./members.ts";
import { PRINT_LIMIT, PrintBuffer } from "./print-buffer.ts";
import { codePointBytes, utf8Bytes, utf8Text } from "./utf8.ts";

export { PRINT_LIMIT } from "./print-buffer.ts";

/**
 * How deep cells that print themselves may nest; deeper ones end the text as the limit does. (The
 * reference's stack overflows somewhere in the thousands.)
 */
export const MAX_PRINTABLE_DEPTH = 2000;

/**
 * How deep collections may nest; deeper ones end the text as the limit does. A Vector that holds
 * itself (T37) has no end, and the limit is not tested on the way down. (The reference's stack
 * overflows long before.)
 */
const MAX_OPEN_COLLECTIONS = 2 ** 18;

/**
 * Bytes beyond the limit after which nothing more is written. The text of a Def goes on after a key
 * that was cut off, and a hand-made one that has itself as key and value, many times over, would
 * never end. A transaction has not the juice for so much text.
 */
const BEYOND_LIMIT_MAX = 2 ** 24;
/** Work (data/free-work.ts) to begin a value beyond the limit. */
const BEYOND_LIMIT_WORK = 300;

const encoder = new TextEncoder();
const NAMED_CHARACTERS = new Map([
  [0x0a, "\\newline"],
  [0x0d, "\\return"],
  [0x20, "\\space"],
  [0x09, "\\tab"],
]);

export interface PrintOptions {
  /** Called for each big Integer that is printed (T9). */
  readonly onBigInteger?: (value: bigint) => void;
  /** Whether the limit may cut a Blob between the two digits of a byte (T39). */
  readonly hasHalves?: (blob: Blob) => boolean;
  /** Text of the reference's exception for an error that is no UnprintableError; null if none. */
  readonly textOf?: (error: unknown) => string | null;
  /** Bytes beyond the limit after which nothing more is written; default BEYOND_LIMIT_MAX. */
  readonly beyondMax?: number;
}

/** Printed text, and whether it is complete. */
export interface Printed {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/**
 * The printed form of a value; null when it has more bytes than the limit. For a hand-made value
 * that can't be printed, the text of the reference's exception, or what is wrong with it.
 */
export function print(value: Value, limitBytes = PRINT_LIMIT): string | null {
  const { bytes, complete } = printSafely(value, limitBytes, { beyondMax: 0, textOf: faultOf });
  return complete ? utf8Text(bytes) : null;
}

/**
 * What is wrong with a hand-made collection. Not the text of the reference, which has no rule here.
 */
function faultOf(error: unknown): string | null {
  return error instanceof BadStructureError ? error.message : null;
}

/** As printBytes, with the text of the exception for a value that can't be printed. */
export function printSafely(
  value: Value,
  limitBytes = PRINT_LIMIT,
  options: PrintOptions = {},
): Printed {
  try {
    return printBytes(value, limitBytes, options);
  } catch (error) {
    const text = error instanceof UnprintableError ? error.text : options.textOf?.(error);
    if (typeof text !== "string") throw error;
    return { bytes: utf8Bytes(text), complete: true };
  }
}

/**
 * The printed form as bytes; beyond the limit the part that the reference would show.
 * @throws UnprintableError for a hand-made op that lacks a part
 * @throws BadStructureError for a hand-made collection
 */
export function printBytes(
  value: Value,
  limitBytes = PRINT_LIMIT,
  options: PrintOptions = {},
): Printed {
  const printer = new Printer(limitBytes, options);
  const complete = printer.value(value);
  return { bytes: printer.buffer.take(), complete };
}

/** A collection that is being printed. */
class Members {
  readonly open: string;
  readonly values: Iterator<Value>;
  readonly close: string;
  /** Text before the second member, the fourth and so on … */
  readonly odd: string;
  /** … and before the third, the fifth and so on. */
  readonly even: string;
  /** How many members have begun. */
  count = 0;

  constructor(open: string, values: Iterator<Value>, close: string, odd: string, even = odd) {
    this.open = open;
    this.values = values;
    this.close = close;
    this.odd = odd;
    this.even = even;
  }
}

class Printer implements PrintSink {
  readonly buffer: PrintBuffer;
  readonly #onBigInteger: PrintOptions["onBigInteger"];
  readonly #hasHalves: PrintOptions["hasHalves"];
  readonly #beyondMax: number;
  #depth = 0;
  /** Whether printing has ended: nothing more is printed, and all that is open is cut off. */
  #isOver = false;

  constructor(limitBytes: number, options: PrintOptions) {
    this.buffer = new PrintBuffer(limitBytes);
    this.#onBigInteger = options.onBigInteger;
    this.#hasHalves = options.hasHalves;
    this.#beyondMax = options.beyondMax ?? BEYOND_LIMIT_MAX;
  }

  /** Always true: text is written whole, and the limit tested when the cell is done. */
  text(s: string): boolean {
    this.buffer.bytes(utf8Bytes(s));
    return true;
  }

  nested(printPart: () => boolean): boolean {
    this.#isOver ||= this.#depth >= MAX_PRINTABLE_DEPTH;
    if (this.#isOver) return false;
    this.#depth++;
    const complete = printPart();
    this.#depth--;
    return complete;
  }

  get withinLimit(): boolean {
    return this.buffer.withinLimit;
  }

  value(value: Value): boolean {
    const open: Members[] = [];
    let begun = this.#begin(value);
    for (;;) {
      if (typeof begun === "boolean") {
        if (!begun) return false;
      } else {
        this.#isOver ||= open.length >= MAX_OPEN_COLLECTIONS;
        if (this.#isOver) return false;
        this.buffer.ascii(begun.open);
        open.push(begun);
      }
      const top = open.at(-1);
      if (top === undefined) return true;
      const { value: member, done } = top.values.next();
      if (done) {
        this.buffer.ascii(top.close);
        open.pop();
        begun = this.buffer.withinLimit;
      } else {
        if (top.count > 0) this.buffer.ascii((top.count & 1) === 1 ? top.odd : top.even);
        top.count++;
        begun = this.#begin(member);
      }
    }
  }

  /**
   * Prints an atom, and returns whether the limit is kept; or returns the members of a collection.
   */
  #begin(value: Value): boolean | Members {
    if (!this.buffer.withinLimit) this.#goBeyond();
    if (this.#isOver) return false;
    if (value === null || typeof value !== "object") {
      if (typeof value === "bigint" && !isLong(value)) return this.#bigInteger(value);
      this.buffer.ascii(value === null ? "nil" : String(value));
      return this.buffer.withinLimit;
    }
    if (isPrintable(value)) {
      const complete = this.nested(() => value.printTo(this));
      return complete && this.buffer.withinLimit && !this.#isOver;
    }
    const members = membersOf(value);
    if (members !== null) return members;
    if (value instanceof CVMString) return this.buffer.string(value.blob);
    if (value instanceof Blob) return this.buffer.blob(value, this.#hasHalves?.(value));
    this.buffer.bytes(atomBytes(value));
    return this.buffer.withinLimit;
  }

  /**
   * Counts that a value is begun beyond the limit, and ends printing far beyond. @throws
   * WorkLimitError
   */
  #goBeyond(): void {
    doWork(BEYOND_LIMIT_WORK);
    if (this.buffer.room < -this.#beyondMax) this.#isOver = true;
  }

  /**
   * Prints an Integer beyond the Longs; nothing of it if it has twice as many bytes as there is
   * room.
   */
  #bigInteger(value: bigint): boolean {
    if (integerLength(value) > 2 * this.buffer.room) return false;
    this.#onBigInteger?.(value);
    return this.buffer.digits(String(value));
  }
}

/** How a collection is printed; null for an atom. */
function membersOf(cell: Cell): Members | null {
  if (cell instanceof Vector) return new Members("[", cell[Symbol.iterator](), "]", " ");
  if (cell instanceof List) return new Members("(", cell[Symbol.iterator](), ")", " ");
  if (cell instanceof CVMMap) return pairs("{", entriesOf(cell));
  if (cell instanceof CVMSet) return new Members("#{", elementsOf(cell), "}", ",");
  if (cell instanceof Syntax) return new Members("^", [cell.meta, cell.datum].values(), "", " ");
  if (cell instanceof Index) return pairs("#Index {", entriesOf(cell));
  if (cell instanceof SignedData) return pairs("#Signed {", fieldsOf(cell));
  if (cell instanceof DataRecord) return pairs("{", fieldsOf(cell));
  return null;
}

function pairs(open: string, entries: Iterable<readonly [Value, Value]>): Members {
  return new Members(open, flattened(entries), "}", " ", ",");
}

function* flattened(entries: Iterable<readonly [Value, Value]>): Generator<Value> {
  for (const [key, value] of entries) {
    yield key;
    yield value;
  }
}

/** The printed form of a cell that is no collection; its encoding in hex when it has none. */
function atomBytes(cell: Cell): Uint8Array {
  if (cell instanceof CVMSymbol) return Buffer.from(cell.name, "latin1");
  if (cell instanceof Keyword) return Buffer.from(`:${cell.name}`, "latin1");
  if (cell instanceof Address) return encoder.encode(`#${cell.value}`);
  if (cell instanceof CVMChar) return characterBytes(cell.codePoint);
  if (cell instanceof CVMDouble && !cell.isOddNaN) return encoder.encode(doubleText(cell.value));
  return encoder.encode(`#[${toHex(encoding(cell))}]`);
}

function characterBytes(codePoint: number): Uint8Array {
  const name = NAMED_CHARACTERS.get(codePoint);
  if (name !== undefined) return encoder.encode(name);
  return Buffer.concat([encoder.encode("\\"), codePointBytes(codePoint)]);
}
