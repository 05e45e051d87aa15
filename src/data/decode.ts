// hot: see test/bench. The decode table of CAD3: a reader for each tag byte, with the strict rules
// of sheet 01 §14 beside it. What §14 accepts although it is not canonical is accepted, and keeps
// the bytes it came in. Layers above put readers of their own in the place of these (extendTable).

import { PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH } from "../crypto/ed25519.ts";
import { Address } from "./address.ts";
import { type Blob, BlobTree, FlatBlob } from "./blob.ts";
import { CHUNK_LENGTH, childCount } from "./blob-shape.ts";
import { ByteReader, type CellReader, type DecodeTable } from "./byte-reader.ts";
import { Cell, type CellSource, MAX_EMBEDDED_LENGTH, type Slot, type Value } from "./cell.ts";
import { CVMChar, MAX_CODE_POINT } from "./char.ts";
import { CVMDouble } from "./double.ts";
import { BadFormatError } from "./errors.ts";
import { ByteFlag, CodedValue, ExtensionValue } from "./generic-cells.ts";
import { readIndex } from "./index-map.ts";
import { integerAt, MAX_BIG_INTEGER_LENGTH } from "./integer.ts";
import { Keyword } from "./keyword.ts";
import { readList } from "./list.ts";
import { CVMMap, readMap } from "./map.ts";
import { DenseRecord } from "./record.ts";
import { readSet } from "./set.ts";
import { SignedData } from "./signed.ts";
import { CVMString } from "./string.ts";
import { CVMSymbol } from "./symbol.ts";
import { Syntax } from "./syntax.ts";
import { TAG } from "./tag.ts";
import { readVector } from "./vector-reader.ts";

export type { ByteReader, CellReader, DecodeTable } from "./byte-reader.ts";

const TAG_COUNT = 256;
/** Strings are limited to what a Java array could hold. */
const MAX_STRING_LENGTH = 2 ** 31 - 1;

/**
 * Decodes a single cell. The bytes belong to it from now on and must not be changed.
 * @param source loads branches when they are needed; without it a branch is a format error
 * @param isOwn whether this peer has written the bytes itself (ByteReader.isOwn)
 * @throws BadFormatError unless the bytes are those of one cell
 */
export function decode(
  bytes: Uint8Array,
  table: DecodeTable,
  source: CellSource | null = null,
  isOwn = false,
): Value {
  if (bytes.length === 0) throw new BadFormatError("empty encoding");
  const r = new ByteReader(bytes, table, source, source !== null);
  r.isOwn = isOwn;
  const value = r.value();
  if (r.pos !== bytes.length) {
    throw new BadFormatError(`${bytes.length - r.pos} bytes after the cell`);
  }
  keepEncoding(value, bytes);
  return value;
}

/** Lets a cell that has children and is not embedded keep the bytes it came in. */
export function keepEncoding(value: Value, bytes: Uint8Array): void {
  if (!isWorthKeeping(value, bytes)) return;
  // A view of a longer buffer would keep all of that alive.
  value.encodingCache = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

/** As keepEncoding, for bytes that are known to be all of their buffer: asking takes 0.5 µs. */
export function keepOwnEncoding(value: Value, bytes: Uint8Array): void {
  if (isWorthKeeping(value, bytes)) value.encodingCache = bytes;
}

function isWorthKeeping(value: Value, bytes: Uint8Array): value is Cell {
  if (bytes.length <= MAX_EMBEDDED_LENGTH) return false;
  return value instanceof Cell && value.slotCount > 0;
}

/** A copy of the table with these readers for their tags. */
export function extendTable(
  base: DecodeTable,
  entries: Iterable<readonly [tag: number, reader: CellReader]>,
): DecodeTable {
  const table = base.slice();
  for (const [tag, reader] of entries) table[tag] = reader;
  return table;
}

function readInteger(r: ByteReader): Value {
  const length = r.tag - TAG.INTEGER_BASE;
  const start = r.skip(length);
  checkMinimal(r.bytes, start, length);
  return integerAt(r.bytes, start, length);
}

function readBigInteger(r: ByteReader): Value {
  const length = r.vlq();
  if (length <= 8 || length > MAX_BIG_INTEGER_LENGTH) {
    throw new BadFormatError(`big integer of ${length} bytes`);
  }
  const start = r.skip(Number(length));
  checkMinimal(r.bytes, start, Number(length));
  return integerAt(r.bytes, start, Number(length));
}

/** @throws BadFormatError when fewer bytes would do: 0 takes none, others no superfluous sign */
function checkMinimal(bytes: Uint8Array, start: number, length: number): void {
  const first = bytes[start] as number;
  if (first !== 0 && first !== 0xff) return;
  if (length === 1) {
    if (first === 0) throw new BadFormatError("integer zero with a byte");
    return;
  }
  if ((bytes[start + 1] as number) >= 0x80 === (first === 0xff)) {
    throw new BadFormatError("superfluous leading byte of an integer");
  }
}

function readDouble(r: ByteReader): Value {
  const start = r.skip(8);
  return CVMDouble.fromBits(
    new DataView(r.bytes.buffer, r.bytes.byteOffset + start).getBigUint64(0),
  );
}

function readBlobBody(r: ByteReader, maxLength: number): Blob {
  const n = r.vlq();
  if (n <= CHUNK_LENGTH) return new FlatBlob(r.take(n as number));
  if (n > maxLength) throw new BadFormatError(`string of ${n} bytes`);
  const count = childCount(n);
  const slots: Slot[] = [];
  for (let i = 0; i < count; i++) {
    const slot = r.slot();
    if (slot === null) throw new BadFormatError("nil as child of a blob tree");
    slots.push(slot);
  }
  return new BlobTree(n, slots);
}

function readBlob(r: ByteReader): Value {
  return readBlobBody(r, Number.POSITIVE_INFINITY);
}

function readString(r: ByteReader): Value {
  return new CVMString(readBlobBody(r, MAX_STRING_LENGTH));
}

function readSymbol(r: ByteReader): Value {
  const length = r.byte();
  const symbol = CVMSymbol.fromBytes(r.bytes, r.skip(length), length);
  if (symbol === null) throw new BadFormatError("length of a symbol");
  return symbol;
}

function readKeyword(r: ByteReader): Value {
  const length = r.byte();
  const keyword = Keyword.fromBytes(r.bytes, r.skip(length), length);
  if (keyword === null) throw new BadFormatError("length of a keyword");
  return keyword;
}

function readChar(r: ByteReader): Value {
  const length = r.tag - TAG.CHAR_BASE + 1;
  let codePoint = r.byte();
  if (codePoint === 0 && length > 1) throw new BadFormatError("leading zero of a character");
  for (let i = 1; i < length; i++) codePoint = codePoint * 256 + r.byte();
  if (codePoint > MAX_CODE_POINT) throw new BadFormatError(`character ${codePoint}`);
  return CVMChar.of(codePoint);
}

function readSyntax(r: ByteReader): Value {
  const datum = r.slot();
  // The map is written inline, whatever its length. Its tag is checked first, so that Syntax in the
  // place of metadata can't nest as deep as a message is long.
  const tag = r.peek();
  if (tag !== TAG.NIL && tag !== TAG.MAP) throw new BadFormatError("metadata is not a map");
  const meta = r.value();
  if (!(meta instanceof CVMMap)) return Syntax.of(datum, CVMMap.EMPTY);
  if (meta.count === 0) throw new BadFormatError("empty metadata is written as nil");
  return Syntax.of(datum, meta);
}

function readSigned(r: ByteReader): Value {
  const publicKey = r.tag === TAG.SIGNED ? r.take(PUBLIC_KEY_LENGTH) : null;
  return SignedData.of(publicKey, r.take(SIGNATURE_LENGTH), r.slot());
}

function readFlag(r: ByteReader): Value {
  return ByteFlag.of(r.tag);
}

/** A coded value that no layer knows. */
function readCoded(r: ByteReader): Value {
  const { tag } = r;
  const code = r.slot();
  return new CodedValue(tag, code, r.slot());
}

/** A record that no layer knows. */
function readDense(r: ByteReader): Value {
  const { tag } = r;
  return new DenseRecord(tag, readVector(r));
}

/** An extension value that no layer knows. */
function readExtension(r: ByteReader): Value {
  return new ExtensionValue(r.tag, r.vlq());
}

function readAddress(r: ByteReader): Value {
  return Address.of(r.vlq());
}

function buildTable(): DecodeTable {
  const table: (CellReader | null)[] = new Array(TAG_COUNT).fill(null);
  const fill = (from: number, to: number, reader: CellReader) => table.fill(reader, from, to + 1);
  table[TAG.NIL] = () => null;
  table[TAG.INTEGER_BASE] = () => 0;
  fill(TAG.INTEGER_BASE + 1, TAG.INTEGER_BASE + 8, readInteger);
  table[TAG.BIG_INTEGER] = readBigInteger;
  table[TAG.DOUBLE] = readDouble;
  table[TAG.STRING] = readString;
  table[TAG.BLOB] = readBlob;
  table[TAG.SYMBOL] = readSymbol;
  table[TAG.KEYWORD] = readKeyword;
  fill(TAG.CHAR_BASE, TAG.CHAR_BASE + 3, readChar);
  table[TAG.VECTOR] = readVector;
  table[TAG.LIST] = readList;
  table[TAG.MAP] = readMap;
  table[TAG.SET] = readSet;
  table[TAG.INDEX] = readIndex;
  table[TAG.SYNTAX] = readSyntax;
  table[TAG.SIGNED] = readSigned;
  table[TAG.SIGNED_KEYLESS] = readSigned;
  table[TAG.FALSE] = () => false;
  table[TAG.TRUE] = () => true;
  fill(TAG.TRUE + 1, TAG.BYTE_FLAG_BASE + 15, readFlag);
  fill(TAG.CODED_BASE, TAG.CODED_BASE + 15, readCoded);
  fill(TAG.DENSE_RECORD_BASE, TAG.DENSE_RECORD_BASE + 15, readDense);
  fill(TAG.EXTENSION_BASE, TAG.EXTENSION_BASE + 15, readExtension);
  table[TAG.ADDRESS] = readAddress;
  return table;
}

/** Every tag of CAD3, without the meanings that the CVM gives to records and ops. */
export const CAD3_TABLE: DecodeTable = buildTable();
