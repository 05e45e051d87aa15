// What one write brings, as one row: its cells, then its positions. With a row and an index entry
// for each cell, on pages of their own, a write of 100 transactions made 450 KB of log; as one row
// it makes 40. Layout, little endian: number of cells and of positions (u32 each); for each cell
// hash (32), memory size (f64, -1 unknown), length (u32), encoding; for each position hash (32),
// block (f64), index (i32); at the end xxHash64 of all before, since no hash of a cell covers
// lengths and positions.

import { HASH_LENGTH, keyAt } from "../crypto/sha3.ts";
import type { StoredCell } from "./backend.ts";
import { type Position, StoreError } from "./store.ts";

const HEAD_LENGTH = 8;
const CELL_HEAD_LENGTH = HASH_LENGTH + 8 + 4;
const POSITION_LENGTH = HASH_LENGTH + 8 + 4;
const CHECK_LENGTH = 8;

/** Cells and positions by hash key; later positions take the place of earlier ones. */
export class BatchContent {
  readonly cells = new Map<string, StoredCell>();
  readonly positions = new Map<string, Position>();
  #cellBytes = 0;

  /** Number of rows that it takes in the tables. */
  get size(): number {
    return this.cells.size + this.positions.size;
  }
  /** Bytes of the encodings. */
  get cellBytes(): number {
    return this.#cellBytes;
  }

  /** A cell that is there stays as it is. */
  addCell(hashKey: string, cell: StoredCell): void {
    if (this.cells.has(hashKey)) return;
    this.cells.set(hashKey, cell);
    this.#cellBytes += cell.encoding.length;
  }

  addAll(other: BatchContent): void {
    for (const [hashKey, cell] of other.cells) this.addCell(hashKey, cell);
    for (const [hashKey, position] of other.positions) this.positions.set(hashKey, position);
  }
}

/**
 * The bytes of a batch. The cells of `content` become views of these bytes, so that the encodings
 * they came with are not kept alive.
 */
export function encodeBatch(content: BatchContent): Uint8Array {
  const { cells, positions } = content;
  const cellsLength = cells.size * CELL_HEAD_LENGTH + content.cellBytes;
  const end = HEAD_LENGTH + cellsLength + positions.size * POSITION_LENGTH;
  const bytes = Buffer.from(new ArrayBuffer(end + CHECK_LENGTH));
  bytes.writeUInt32LE(cells.size, 0);
  bytes.writeUInt32LE(positions.size, 4);
  let at = HEAD_LENGTH;
  for (const [hashKey, { encoding, memorySize }] of cells) {
    bytes.write(hashKey, at, HASH_LENGTH, "latin1");
    bytes.writeDoubleLE(memorySize, at + HASH_LENGTH);
    bytes.writeUInt32LE(encoding.length, at + HASH_LENGTH + 8);
    at += CELL_HEAD_LENGTH;
    bytes.set(encoding, at);
    const view = new Uint8Array(bytes.buffer, at, encoding.length);
    cells.set(hashKey, { encoding: view, memorySize });
    at += encoding.length;
  }
  for (const [hashKey, { block, index }] of positions) {
    bytes.write(hashKey, at, HASH_LENGTH, "latin1");
    bytes.writeDoubleLE(block, at + HASH_LENGTH);
    bytes.writeInt32LE(index, at + HASH_LENGTH + 8);
    at += POSITION_LENGTH;
  }
  bytes.writeBigUInt64LE(Bun.hash.xxHash64(bytes.subarray(0, end)), end);
  return bytes;
}

/** @throws StoreError when the bytes are not those that were written */
export function decodeBatch(data: Uint8Array, path: string): BatchContent {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const end = bytes.length - CHECK_LENGTH;
  if (
    end < HEAD_LENGTH ||
    Bun.hash.xxHash64(bytes.subarray(0, end)) !== bytes.readBigUInt64LE(end)
  ) {
    throw damagedBatch(path);
  }
  const content = new BatchContent();
  let at = HEAD_LENGTH;
  for (let i = bytes.readUInt32LE(0); i > 0; i--) {
    const hashKey = keyAt(bytes, at, at + HASH_LENGTH);
    const memorySize = bytes.readDoubleLE(at + HASH_LENGTH);
    const length = bytes.readUInt32LE(at + HASH_LENGTH + 8);
    at += CELL_HEAD_LENGTH;
    content.addCell(hashKey, { encoding: data.subarray(at, at + length), memorySize });
    at += length;
  }
  for (let i = bytes.readUInt32LE(4); i > 0; i--) {
    const block = bytes.readDoubleLE(at + HASH_LENGTH);
    const index = bytes.readInt32LE(at + HASH_LENGTH + 8);
    content.positions.set(keyAt(bytes, at, at + HASH_LENGTH), { block, index });
    at += POSITION_LENGTH;
  }
  return content;
}

function damagedBatch(path: string): StoreError {
  return new StoreError(
    "DAMAGED",
    `The store ${path} is damaged: what was written last can't be read. Nothing was changed. Keep a ` +
      "copy of the data directory, and restore a backup or start on an empty one with --join.",
  );
}
