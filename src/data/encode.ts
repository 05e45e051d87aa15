// hot: see test/bench. Canonical encodings and hashes (sheet 01 §1, §12). One Writer serves the
// whole process, since encoding is synchronous: a child is written in place, and when it turns out
// longer than 140 bytes it is taken back out, kept as that cell's encoding, and replaced by its
// hash. How deep cells nest is the sender's choice, so recursion is bounded: cells deeper than
// RECURSION_MAX are settled (given their encodings or lengths) bottom-up, with a stack of our own.

import { bytesOfKey, sha3Key } from "../crypto/sha3.ts";
import { isLargeInteger, knownHash, rememberHash } from "./big-hash.ts";
import { Cell, MAX_EMBEDDED_LENGTH, Ref, type Slot, type Value } from "./cell.ts";
import { integerEncodedLength, writeInteger } from "./integer.ts";
import { TAG } from "./tag.ts";
import { Writer } from "./writer.ts";

/** Bytes that a branch takes in its parent: `20` and a hash. */
export const BRANCH_LENGTH = 33;
/** How deep cells are encoded or measured by recursion. */
const RECURSION_MAX = 200;
/** Slots of the direct-mapped cache of integer hashes; a power of two. */
const INTEGER_HASHES = 4096;

const writer = new Writer(1 << 16);
let depth = 0;

const NIL_HASH = sha3Key(new Uint8Array([TAG.NIL]));
const TRUE_HASH = sha3Key(new Uint8Array([TAG.TRUE]));
const FALSE_HASH = sha3Key(new Uint8Array([TAG.FALSE]));
/**
 * For the encoding of a safe integer: tag and up to 8 bytes. Views of each length are made once, so
 * that hashing allocates none (bench map-build -4 %).
 */
const integerWriter = new Writer(9);
const integerViews = Array.from({ length: 10 }, (_, n) => integerWriter.bytes.subarray(0, n));
/** Direct-mapped: the hash of hashedIntegers[i] is integerHashes[i]. */
const hashedIntegers: number[] = new Array(INTEGER_HASHES).fill(Number.NaN);
const integerHashes: string[] = new Array(INTEGER_HASHES).fill("");

/** The canonical encoding, tag included; not to be changed. Cells that have children keep it. */
export function encoding(v: Value): Uint8Array {
  if (v instanceof Cell) {
    if (v.encodingCache !== null) return v.encodingCache;
    return encodeCell(v, true) as Uint8Array;
  }
  const start = writer.pos;
  writeValue(writer, v);
  const bytes = writer.take(start);
  writer.pos = start;
  return bytes;
}

/** SHA3-256 of the encoding as a 32-character Latin-1 string (see crypto/sha3.ts). */
export function hashKey(v: Value): string {
  if (v instanceof Cell) {
    if (v.hashCache !== null) return v.hashCache;
    if (v.encodingCache !== null) v.hashCache = sha3Key(v.encodingCache);
    else encodeCell(v, false);
    return v.hashCache as unknown as string;
  }
  if (typeof v === "number") return integerHash(v);
  if (v === null) return NIL_HASH;
  if (v === true) return TRUE_HASH;
  if (v === false) return FALSE_HASH;
  return bigHash(v);
}

function bigHash(b: bigint): string {
  const known = isLargeInteger(b) ? knownHash(b) : undefined;
  if (known !== undefined) return known;
  const bytes = encoding(b);
  const hash = sha3Key(bytes);
  if (isLargeInteger(b)) rememberHash(b, hash, bytes.length);
  return hash;
}

function integerHash(n: number): string {
  const at = n & (INTEGER_HASHES - 1);
  if (hashedIntegers[at] === n) return integerHashes[at] as string;
  writeInteger(integerWriter, n);
  const hash = sha3Key(integerViews[integerWriter.pos] as Uint8Array);
  integerWriter.pos = 0;
  hashedIntegers[at] = n;
  integerHashes[at] = hash;
  return hash;
}

/** SHA3-256 of the encoding, 32 bytes. */
export function hashBytes(v: Value): Uint8Array {
  return bytesOfKey(hashKey(v));
}

/** Length of the encoding in bytes; hashes nothing. */
export function encodedLength(v: Value): number {
  if (typeof v === "number") return integerEncodedLength(v);
  if (!(v instanceof Cell)) return typeof v === "bigint" ? integerEncodedLength(v) : 1;
  if (v.lengthCache !== 0) return v.lengthCache;
  if (depth >= RECURSION_MAX) {
    settle(v, isMeasured, measureCell);
    return v.lengthCache;
  }
  depth++;
  try {
    return measureCell(v);
  } finally {
    depth--;
  }
}

/** Whether a parent holds v inline: an encoding of at most 140 bytes. */
export function isEmbedded(v: Value): boolean {
  return encodedLength(v) <= MAX_EMBEDDED_LENGTH;
}

/** Bytes that a child takes in its parent. */
export function slotLength(slot: Slot): number {
  if (slot instanceof Ref) return BRANCH_LENGTH;
  if (typeof slot === "bigint" && isLargeInteger(slot)) return BRANCH_LENGTH;
  const length = encodedLength(slot);
  return length > MAX_EMBEDDED_LENGTH ? BRANCH_LENGTH : length;
}

/** Hash key of what a slot holds or names. */
export function slotHashKey(slot: Slot): string {
  return slot instanceof Ref ? slot.hashKey : hashKey(slot);
}

/** Writes the whole encoding of v, however long. */
function writeValue(w: Writer, v: Value): void {
  if (typeof v === "number" || typeof v === "bigint") writeInteger(w, v);
  else if (v === null) w.byte(TAG.NIL);
  else if (typeof v === "boolean") w.byte(v ? TAG.TRUE : TAG.FALSE);
  else w.write(encoding(v));
}

/** Writes a child: its encoding when that has at most 140 bytes, else `20` and its hash. */
export function writeSlot(w: Writer, slot: Slot): void {
  if (typeof slot === "number") writeInteger(w, slot);
  else if (slot instanceof Cell) writeChild(w, slot);
  else if (slot instanceof Ref) writeBranch(w, slot.hashKey);
  else if (typeof slot === "bigint") writeBigInteger(w, slot);
  else if (slot === null) w.byte(TAG.NIL);
  else w.byte(slot ? TAG.TRUE : TAG.FALSE);
}

function writeBranch(w: Writer, hash: string): void {
  w.byte(TAG.REF);
  w.latin1(hash);
}

function writeBigInteger(w: Writer, b: bigint): void {
  const known = isLargeInteger(b) ? knownHash(b) : undefined;
  if (known !== undefined) {
    writeBranch(w, known);
    return;
  }
  const start = w.pos;
  writeInteger(w, b);
  if (!isLargeInteger(b)) return;
  const hash = sha3Key(w.bytes.subarray(start, w.pos));
  rememberHash(b, hash, w.pos - start);
  w.pos = start;
  writeBranch(w, hash);
}

function writeChild(w: Writer, cell: Cell): void {
  // Before the encoding is touched: most children are branches with a hash, cold in a large tree.
  if (cell.lengthCache > MAX_EMBEDDED_LENGTH && cell.hashCache !== null) {
    writeBranch(w, cell.hashCache);
    return;
  }
  const known = cell.encodingCache;
  if (known !== null) {
    if (known.length <= MAX_EMBEDDED_LENGTH) w.write(known);
    else writeBranch(w, hashKey(cell));
    return;
  }
  if (depth >= RECURSION_MAX && cell.slotCount > 0) {
    settle(cell, isSettled, settleCell);
    writeChild(w, cell);
    return;
  }
  depth++;
  const start = w.pos;
  cell.writeTo(w);
  depth--;
  cell.lengthCache = w.pos - start;
  if (cell.lengthCache <= MAX_EMBEDDED_LENGTH) return;
  keep(cell, w, start);
  w.pos = start;
  writeBranch(w, cell.hashCache as unknown as string);
}

/** Caches the hash of the cell written from `start`, and its bytes too when it has children. */
function keep(cell: Cell, w: Writer, start: number): void {
  if (cell.slotCount === 0) {
    cell.hashCache = sha3Key(w.bytes.subarray(start, w.pos));
    return;
  }
  cell.encodingCache = w.take(start);
  cell.hashCache = sha3Key(cell.encodingCache);
}

/**
 * Encodes a cell that has no encoding yet.
 * @param wantsBytes whether the bytes are returned; if not, the hash is cached and null returned
 */
function encodeCell(cell: Cell, wantsBytes: boolean): Uint8Array | null {
  const start = writer.pos;
  const outerDepth = depth;
  try {
    if (depth >= RECURSION_MAX) settleChildren(cell);
    else depth++;
    cell.writeTo(writer);
    const length = writer.pos - start;
    cell.lengthCache = length;
    if (!wantsBytes) {
      if (length > MAX_EMBEDDED_LENGTH) keep(cell, writer, start);
      else cell.hashCache = sha3Key(writer.bytes.subarray(start, writer.pos));
      return null;
    }
    const bytes = writer.take(start);
    if (cell.slotCount > 0) cell.encodingCache = bytes;
    return bytes;
  } finally {
    // Also after a failure: the position and the depth belong to whoever encodes around us.
    writer.pos = start;
    depth = outerDepth;
  }
}

function isSettled(cell: Cell): boolean {
  return (
    cell.slotCount === 0 ||
    cell.encodingCache !== null ||
    (cell.hashCache !== null && cell.lengthCache > MAX_EMBEDDED_LENGTH)
  );
}

function settleCell(cell: Cell): void {
  encodeCell(cell, true);
}

function settleChildren(cell: Cell): void {
  for (let i = 0; i < cell.slotCount; i++) {
    const child = cell.slotAt(i);
    if (child instanceof Cell && !isSettled(child)) settle(child, isSettled, settleCell);
  }
}

function isMeasured(cell: Cell): boolean {
  return cell.lengthCache !== 0;
}

function measureCell(cell: Cell): number {
  cell.lengthCache = cell.measure();
  return cell.lengthCache;
}

/**
 * Applies `settleOne` to root and all cells below it that are not done, children before parents.
 */
function settle(
  root: Cell,
  isDone: (cell: Cell) => boolean,
  settleOne: (cell: Cell) => unknown,
): void {
  const stack: Cell[] = [root];
  while (stack.length > 0) {
    const cell = stack[stack.length - 1] as Cell;
    const height = stack.length;
    if (!isDone(cell)) {
      for (let i = 0; i < cell.slotCount; i++) {
        const child = cell.slotAt(i);
        if (child instanceof Cell && !isDone(child)) stack.push(child);
      }
      if (stack.length > height) continue;
      settleOne(cell);
    }
    stack.pop();
  }
}
