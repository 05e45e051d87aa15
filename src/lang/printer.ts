// Values as CVX text (sheet 01 §17). Nesting in data costs no stack: a collection is a sequence of
// parts, and the parts of those that are open are kept on a list. Cells of the layers above print
// themselves through a PrintSink, one call deep for each of them inside another.

import { toHex } from "../crypto/hex.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import type { Cell, Value } from "../data/cell.ts";
import { CVMChar } from "../data/char.ts";
import { CVMDouble } from "../data/double.ts";
import { encoding } from "../data/encode.ts";
import { UnprintableError } from "../data/errors.ts";
import { Index } from "../data/index-map.ts";
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
 * Cells that print themselves inside one another, at most; deeper ones end the text like the limit
 * (the reference dies of a full stack somewhere in the thousands).
 */
export const MAX_PRINTABLE_DEPTH = 2000;

const encoder = new TextEncoder();
const NAMED_CHARACTERS = new Map([
  [0x0a, "\\newline"],
  [0x0d, "\\return"],
  [0x20, "\\space"],
  [0x09, "\\tab"],
]);

/** Printed text and whether it is all of it. */
export interface Printed {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/**
 * The printed form, null when it takes more than the limit, in bytes; for a value that has none,
 * the text of the reference's exception.
 */
export function print(value: Value, limitBytes = PRINT_LIMIT): string | null {
  const { bytes, complete } = printSafely(value, limitBytes);
  return complete ? utf8Text(bytes) : null;
}

/** As printBytes, with a text in the place of the error. */
export function printSafely(value: Value, limitBytes = PRINT_LIMIT): Printed {
  try {
    return printBytes(value, limitBytes);
  } catch (error) {
    if (!(error instanceof UnprintableError)) throw error;
    return { bytes: utf8Bytes(error.text), complete: true };
  }
}

/**
 * The printed form as bytes; when it passes the limit, the part that the reference would show.
 * @throws UnprintableError for a hand-made op without its parts
 */
export function printBytes(value: Value, limitBytes = PRINT_LIMIT): Printed {
  const printer = new Printer(limitBytes);
  const complete = printer.value(value);
  return { bytes: printer.buffer.take(), complete };
}

/** Literal text, or a value to be printed. */
type Part = string | Value;

class Printer implements PrintSink {
  readonly buffer: PrintBuffer;
  #depth = 0;

  constructor(limitBytes: number) {
    this.buffer = new PrintBuffer(limitBytes);
  }

  /** Always true: text is written whole, and the limit tested when the cell is done. */
  text(s: string): boolean {
    this.buffer.bytes(utf8Bytes(s));
    return true;
  }

  /** Always true, as `text`. */
  bytes(b: Uint8Array): boolean {
    this.buffer.bytes(b);
    return true;
  }

  value(value: Value): boolean {
    const open: Iterator<Part>[] = [];
    let parts = this.#begin(value);
    for (;;) {
      if (typeof parts === "boolean") {
        if (!parts) return false;
      } else open.push(parts);
      const top = open.at(-1);
      if (top === undefined) return true;
      const { value: part, done } = top.next();
      if (done) {
        open.pop();
        parts = this.buffer.withinLimit;
      } else if (typeof part === "string") {
        this.buffer.ascii(part);
        parts = true;
      } else parts = this.#begin(part);
    }
  }

  /** Prints an atom and tests the limit, or answers the parts of a collection. */
  #begin(value: Value): boolean | Iterator<Part> {
    if (value === null || typeof value !== "object") {
      this.buffer.ascii(value === null ? "nil" : String(value));
      return this.buffer.withinLimit;
    }
    if (isPrintable(value)) {
      if (this.#depth >= MAX_PRINTABLE_DEPTH) return false;
      this.#depth++;
      const complete = value.printTo(this);
      this.#depth--;
      return complete && this.buffer.withinLimit;
    }
    const parts = partsOf(value);
    if (parts !== null) return parts;
    if (value instanceof CVMString) return this.buffer.string(value.blob);
    if (value instanceof Blob) return this.buffer.blob(value);
    this.buffer.bytes(atomBytes(value));
    return this.buffer.withinLimit;
  }
}

/** What a collection prints; null when the cell is an atom. */
function partsOf(cell: Cell): Iterator<Part> | null {
  if (cell instanceof Vector) return sequence("[", cell, " ", "]");
  if (cell instanceof List) return sequence("(", cell, " ", ")");
  if (cell instanceof CVMMap) return pairs("{", entriesOf(cell));
  if (cell instanceof CVMSet) return sequence("#{", elementsOf(cell), ",", "}");
  if (cell instanceof Syntax) return syntaxParts(cell);
  if (cell instanceof Index) return pairs("#Index {", entriesOf(cell));
  if (cell instanceof SignedData) return pairs("#Signed {", fieldsOf(cell));
  if (cell instanceof DataRecord) return pairs("{", fieldsOf(cell));
  return null;
}

function* sequence(
  open: string,
  values: Iterable<Value>,
  separator: string,
  close: string,
): Generator<Part> {
  yield open;
  let first = true;
  for (const value of values) {
    if (!first) yield separator;
    first = false;
    yield value;
  }
  yield close;
}

function* pairs(open: string, entries: Iterable<readonly [Value, Value]>): Generator<Part> {
  yield open;
  let first = true;
  for (const [key, value] of entries) {
    if (!first) yield ",";
    first = false;
    yield key;
    yield " ";
    yield value;
  }
  yield "}";
}

function* syntaxParts(syntax: Syntax): Generator<Part> {
  yield "^";
  yield syntax.meta;
  yield " ";
  yield syntax.datum;
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
