// Values of the tokens that stand alone (sheet 01 §18).

import { fromHex } from "../crypto/hex.ts";
import { Address } from "../data/address.ts";
import { Blob } from "../data/blob.ts";
import { type Integer, MissingDataError, type Value } from "../data/cell.ts";
import { CVMChar } from "../data/char.ts";
import type { DecodeTable } from "../data/decode.ts";
import { CVMDouble } from "../data/double.ts";
import { BadFormatError } from "../data/errors.ts";
import { integer, integerLength, MAX_BIG_INTEGER_LENGTH, negate } from "../data/integer.ts";
import { Keyword } from "../data/keyword.ts";
import { List } from "../data/list.ts";
import { decodeMultiCell } from "../data/multi-cell.ts";
import { MAX_NAME_LENGTH } from "../data/name-table.ts";
import { CVMString } from "../data/string.ts";
import { CVMSymbol } from "../data/symbol.ts";
import type { Lexer } from "./lexer.ts";
import { shown } from "./parse-error.ts";
import { utf8Bytes } from "./utf8.ts";

/** No integer of 4096 bytes has more digits. */
const MAX_INTEGER_DIGITS = 9865;
const DECIMAL_DIGIT = /^\p{Nd}$/u;
const RESOLVE = CVMSymbol.of("resolve");

const SPECIALS = new Map([
  ["##NaN", CVMDouble.NAN],
  ["##Inf", CVMDouble.of(Number.POSITIVE_INFINITY)],
  ["##-Inf", CVMDouble.of(Number.NEGATIVE_INFINITY)],
]);

const NAMED_CHARACTERS = new Map([
  ["\\newline", 0x0a],
  ["\\return", 0x0d],
  ["\\space", 0x20],
  ["\\tab", 0x09],
  ["\\formfeed", 0x0c],
  ["\\backspace", 0x08],
]);

const ESCAPES = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
]);

/**
 * The value of the lexer's current token; undefined when it is only a part of a form.
 * @throws ParseError
 */
export function readAtom(lexer: Lexer, table: DecodeTable): Value | undefined {
  switch (lexer.kind) {
    case "nil":
      return null;
    case "boolean":
      return lexer.source === "true";
    case "long":
      return readLong(lexer);
    case "double":
      return readDouble(lexer);
    case "address":
      return readAddress(lexer);
    case "blob":
      return readBlob(lexer);
    case "string":
      return CVMString.fromBytes(utf8Bytes(unescaped(lexer.source.slice(1, -1))));
    case "character":
      return readCharacter(lexer);
    case "keyword":
      return readKeyword(lexer);
    case "symbol":
      return symbolOf(lexer, lexer.source);
    case "resolve":
      return List.from([RESOLVE, symbolOf(lexer, lexer.source.slice(1))]);
    case "special":
      return readSpecial(lexer);
    case "cad3":
      return readCad3(lexer, table);
    default:
      return undefined;
  }
}

/** The symbol of a name in the current token. @throws ParseError when it is too long */
export function symbolOf(lexer: Lexer, name: string): CVMSymbol {
  const symbol = CVMSymbol.fromName(name);
  if (symbol !== null) return symbol;
  throw lexer.error(`Symbol too long (max ${MAX_NAME_LENGTH}): ${shown(name)}`);
}

function readKeyword(lexer: Lexer): Keyword {
  const name = lexer.source.slice(1);
  const keyword = Keyword.fromName(name);
  if (keyword !== null) return keyword;
  throw lexer.error(`Keyword too long (max ${MAX_NAME_LENGTH}): ${shown(name)}`);
}

/** The Integer of decimal digits; null when there are more than an Integer can have. */
function decimal(digits: string): Integer | null {
  let first = 0;
  while (first < digits.length - 1 && digits[first] === "0") first++;
  if (digits.length - first > MAX_INTEGER_DIGITS) return null;
  return integer(BigInt(digits.slice(first)));
}

function readLong(lexer: Lexer): Integer {
  const { source } = lexer;
  const isNegative = source.startsWith("-");
  const digits = withPlainDigit(isNegative ? source.slice(1) : source);
  if (digits === null) throw lexer.error(`bad number format: ${shown(source)}`);
  const size = decimal(digits);
  if (size !== null) {
    const value = isNegative ? negate(size) : size;
    if (value !== null && integerLength(value) <= MAX_BIG_INTEGER_LENGTH) return value;
  }
  throw lexer.error(`integer too large: ${shown(source)}`);
}

/**
 * The digits with the last one as 0–9. It may be a digit of any script, as for Java's parseLong
 * (T40); null when it is none, or takes two `char`s in Java.
 */
function withPlainDigit(digits: string): string | null {
  const last = digits.at(-1) as string;
  if (isDigit(last)) return digits;
  if (!DECIMAL_DIGIT.test(last)) return null;
  // Each script's digits are ten characters in a row.
  let value = 0;
  while (DECIMAL_DIGIT.test(String.fromCharCode(last.charCodeAt(0) - value - 1))) value++;
  return `${digits.slice(0, -1)}${value % 10}`;
}

/**
 * As Java's parseDouble, which ignores a suffix `d` or `f`, and trailing characters up to a space.
 */
function readDouble(lexer: Lexer): CVMDouble {
  const { source } = lexer;
  const last = source.at(-1) as string;
  if (isDigit(last)) return CVMDouble.of(Number(source));
  if ("dDfF".includes(last) || last <= " ") return CVMDouble.of(Number(source.slice(0, -1)));
  throw lexer.error(`bad double format: ${shown(source)}`);
}

function readAddress(lexer: Lexer): Address {
  const number = decimal(lexer.source.slice(1));
  const address = number === null ? null : Address.fromInteger(number);
  if (address !== null) return address;
  throw lexer.error(`invalid address: ${shown(lexer.source)}`);
}

function readBlob(lexer: Lexer): Blob {
  const blob = Blob.fromHex(lexer.source.slice(2));
  if (blob !== null) return blob;
  throw lexer.error(`invalid blob syntax: ${shown(lexer.source)}`);
}

function readSpecial(lexer: Lexer): CVMDouble {
  const special = SPECIALS.get(lexer.source);
  if (special !== undefined) return special;
  throw lexer.error(`invalid '#' sequence: '${shown(lexer.source)}'`);
}

/** A CAD3 literal: a complete message in hex. */
function readCad3(lexer: Lexer, table: DecodeTable): Value {
  const bytes = fromHex(lexer.source.slice(2, -1));
  if (bytes === null) throw lexer.error("odd number of hex digits in CAD3 literal");
  try {
    return decodeMultiCell(bytes, table, null);
  } catch (e) {
    if (!(e instanceof BadFormatError || e instanceof MissingDataError)) throw e;
    throw lexer.error(`invalid CAD3 literal: ${e.message}`);
  }
}

function readCharacter(lexer: Lexer): CVMChar {
  const { source } = lexer;
  const codePoint = NAMED_CHARACTERS.get(source) ?? unnamedCodePoint(source);
  if (codePoint < 0xd800 || codePoint > 0xdfff) return CVMChar.of(codePoint);
  throw lexer.error(`a surrogate is no character: ${source}`);
}

function unnamedCodePoint(source: string): number {
  const unicode = source.startsWith("\\u") && source.length === 6;
  return unicode ? Number.parseInt(source.slice(2), 16) : (source.codePointAt(1) as number);
}

/** The text between the quotes; every escape in it is valid. */
function unescaped(body: string): string {
  let at = body.indexOf("\\");
  if (at < 0) return body;
  const pieces: string[] = [];
  let plain = 0;
  for (; at >= 0; at = body.indexOf("\\", plain)) {
    pieces.push(body.slice(plain, at));
    const c = body[at + 1] as string;
    if (c === "u") {
      plain = at + 6;
      pieces.push(String.fromCharCode(Number.parseInt(body.slice(at + 2, plain), 16)));
    } else if (isDigit(c)) {
      const { code, end } = octal(body, at + 1);
      pieces.push(String.fromCharCode(code));
      plain = end;
    } else {
      plain = at + 2;
      pieces.push(ESCAPES.get(c) ?? c);
    }
  }
  pieces.push(body.slice(plain));
  return pieces.join("");
}

/**
 * The octal escape whose digits begin at `start`, and its end. It takes digits as long as it stays
 * below 256, any number of leading zeros included (T40).
 */
function octal(body: string, start: number): { code: number; end: number } {
  let code = 0;
  let end = start;
  for (; code < 32 && isOctal(body[end]); end++) code = 8 * code + Number(body[end]);
  return { code, end };
}

function isOctal(c: string | undefined): boolean {
  return c !== undefined && c >= "0" && c <= "7";
}

function isDigit(c: string | undefined): boolean {
  return c !== undefined && c >= "0" && c <= "9";
}
