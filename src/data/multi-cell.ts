// Multi-cell messages (sheet 01 §13): the encoding of a top cell, then branch cells, each behind
// its length, in any order. Nothing here recurses along branches: a message may chain them as deep
// as it is long.

import { sha3Key } from "../crypto/sha3.ts";
import { forEachBranch } from "./branches.ts";
import { ByteReader, type DecodeTable } from "./byte-reader.ts";
import {
  Cell,
  type CellSource,
  MAX_EMBEDDED_LENGTH,
  NO_CELLS,
  Ref,
  type Slot,
  type Value,
} from "./cell.ts";
import { keepEncoding, keepOwnEncoding } from "./decode.ts";
import { encoding, slotHashKey } from "./encode.ts";
import { BadFormatError, PartialMessageError } from "./errors.ts";
import { TAG } from "./tag.ts";
import { vlqLength, Writer } from "./writer.ts";

/** Most bytes of a message (CPoSConstants.MAX_MESSAGE_LENGTH). */
export const MAX_MESSAGE_LENGTH = 50_000_000;

/**
 * The message of v and all cells that it refers to; they are loaded where needed, but not kept.
 * Left out are branches that would take the message above `maxBytes`, with all that only they refer
 * to (the receiver asks for them), and branches to cells that should be embedded, which no message
 * may carry.
 * @throws MissingDataError when a branch is absent
 */
export function encodeMultiCell(v: Value, maxBytes = MAX_MESSAGE_LENGTH): Uint8Array {
  const top = encoding(v);
  const cells: Uint8Array[] = [];
  const seen = new Set<string>();
  const stack: Slot[] = [];
  const push = (branch: Slot) => stack.push(branch);
  let total = top.length;
  forEachBranch(v, push);
  while (stack.length > 0) {
    const branch = stack.pop() as Slot;
    const key = slotHashKey(branch);
    if (seen.has(key)) continue;
    seen.add(key);
    const value = branch instanceof Ref ? branch.load() : branch;
    const bytes = encoding(value);
    const length = vlqLength(bytes.length) + bytes.length;
    if (total + length > maxBytes || bytes.length <= MAX_EMBEDDED_LENGTH) continue;
    total += length;
    cells.push(bytes);
    forEachBranch(value, push);
  }
  return joinCells(top, cells, total);
}

/** The message of a top cell and chosen branches, given as their encodings. */
export function joinCells(
  top: Uint8Array,
  cells: readonly Uint8Array[],
  lengthBytes = joinedLength(top, cells),
): Uint8Array {
  if (cells.length === 0) return top.slice();
  const w = new Writer(lengthBytes);
  w.write(top);
  for (const bytes of cells) {
    w.vlq(bytes.length);
    w.write(bytes);
  }
  return w.pos === w.bytes.length ? w.bytes : w.take(0);
}

function joinedLength(top: Uint8Array, cells: readonly Uint8Array[]): number {
  let length = top.length;
  for (const bytes of cells) length += vlqLength(bytes.length) + bytes.length;
  return length;
}

/**
 * Decodes a message: its top cell, with every branch that the message carries in its place.
 * @param source where other branches are loaded from when they are needed
 * @throws BadFormatError when the bytes are no message
 * @throws PartialMessageError without a source, when a branch is missing
 * @throws MissingDataError when reading needs a branch at once (sheet 01 §13.6)
 */
export function decodeMultiCell(
  bytes: Uint8Array,
  table: DecodeTable,
  source: CellSource | null = null,
): Value {
  if (bytes.length === 0) throw new BadFormatError("empty message");
  if (bytes[0] === TAG.NIL && bytes.length > 1) {
    throw new BadFormatError("extra bytes after nil message");
  }
  refuseKeyless(bytes, 0);
  const r = new ByteReader(bytes, table, source);
  const top = r.value();
  if (r.pos === bytes.length) keepEncoding(top, bytes);
  else if (r.pos > MAX_EMBEDDED_LENGTH) keepOwnEncoding(top, bytes.slice(0, r.pos));
  const cells = readBranches(r);
  if (top instanceof Cell && !linkAll(r.holders, cells) && source === null) requireLinked(top);
  return top;
}

/** Length of the top cell of a message. @throws BadFormatError when there is none */
export function topCellLength(bytes: Uint8Array, table: DecodeTable): number {
  const r = new ByteReader(bytes, table, NO_CELLS);
  r.value();
  return r.pos;
}

/**
 * The encodings of the cells after the top one, not decoded, up to the first that is not whole.
 * @param start length of the top cell
 */
export function* branchEncodings(bytes: Uint8Array, start: number): Generator<Uint8Array> {
  const r = new ByteReader(bytes, [], null, false, start);
  while (r.pos < bytes.length) {
    let end: number;
    try {
      end = branchEnd(r);
    } catch (error) {
      if (error instanceof BadFormatError) return;
      throw error;
    }
    yield bytes.slice(r.pos, end);
    r.pos = end;
  }
}

/** Reads the length before a branch. @returns where the branch ends @throws BadFormatError */
function branchEnd(r: ByteReader): number {
  const length = r.vlq();
  if (length > r.bytes.length - r.pos) throw new BadFormatError("child beyond the message");
  if (length <= MAX_EMBEDDED_LENGTH) throw new BadFormatError("embedded cell as child");
  return r.pos + Number(length);
}

/**
 * Signed data without key may come as a single cell only: the reference cannot hash it in a
 * message.
 */
function refuseKeyless(bytes: Uint8Array, start: number): void {
  if (bytes[start] !== TAG.SIGNED_KEYLESS) return;
  throw new BadFormatError("signed data without key in a message");
}

/** Reads the cells after the top one; by hash key. */
function readBranches(r: ByteReader): Map<string, Cell | bigint> {
  const cells = new Map<string, Cell | bigint>();
  const { bytes } = r;
  while (r.pos < bytes.length) {
    r.end = bytes.length;
    r.end = branchEnd(r);
    const start = r.pos;
    refuseKeyless(bytes, start);
    const encoded = bytes.slice(start, r.end);
    const key = sha3Key(encoded);
    const held = r.source?.held?.(key) ?? null;
    if (held !== null) {
      r.pos = r.end;
      if (held instanceof Cell) cells.set(key, held);
      continue;
    }
    const value = r.value();
    if (r.pos !== r.end) throw new BadFormatError("child shorter than its length");
    // Only cells and big integers have more than 140 bytes.
    if (value instanceof Cell) value.hashCache = key;
    keepOwnEncoding(value, encoded);
    cells.set(key, value as Cell | bigint);
  }
  return cells;
}

/** Puts the cells of a message into the slots that refer to them; false when one is missing. */
function linkAll(holders: readonly Cell[], cells: ReadonlyMap<string, Cell | bigint>): boolean {
  let isComplete = true;
  for (const cell of holders) {
    const { slotCount } = cell;
    for (let i = 0; i < slotCount; i++) {
      const slot = cell.slotAt(i);
      if (!(slot instanceof Ref)) continue;
      const named = cells.get(slot.hashKey);
      if (named === undefined) isComplete = false;
      else cell.fillSlot(i, named);
    }
  }
  return isComplete;
}

/** @throws PartialMessageError for the first branch below `top`, in ref order, that is missing */
function requireLinked(top: Cell): void {
  const seen = new Set<Cell>([top]);
  const stack: Cell[] = [top];
  const positions: number[] = [0];
  while (stack.length > 0) {
    const cell = stack[stack.length - 1] as Cell;
    const i = positions[positions.length - 1] as number;
    if (i === cell.slotCount) {
      stack.pop();
      positions.pop();
      continue;
    }
    positions[positions.length - 1] = i + 1;
    const slot = cell.slotAt(i);
    if (slot instanceof Ref) throw new PartialMessageError(slot.hashKey);
    if (slot instanceof Cell && slot.slotCount > 0 && !seen.has(slot)) {
      seen.add(slot);
      stack.push(slot);
      positions.push(0);
    }
  }
}
