// T46: long Blobs and Strings whose chunks are not what their counts say (sheet 01 §14). Only a
// hand makes them, and a transaction may hold them. The reference does not notice: each function
// reads bytes by their positions, cuts of chunks, or all leaves, and answers unless it comes to a
// place where nothing is. Sound blobs come here for nothing.

import { Blob, BlobTree, CELL_WORK, FlatBlob } from "./blob.ts";
import { CHUNK_LENGTH } from "./blob-shape.ts";
import type { Integer } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { lesser, minus, plus } from "./integer.ts";
import { Writer } from "./writer.ts";

/**
 * A cut of it, null beyond a chunk that it lies in. What reaches over children has of each all up
 * to the end, be it more than its place has room for.
 * @throws BadStructureError when a child in between is no blob, or has nothing there
 * @throws RangeError as Blob.slice
 */
export function cutOf(root: Blob, from: Integer, to: Integer): Blob | null {
  let blob = root;
  let start = from;
  let end = to;
  for (;;) {
    if (end < start || end > blob.countInteger) return null;
    if (!(blob instanceof BlobTree) || blob.isSoundIn(start, end)) return blob.slice(start, end);
    if (start === end) return FlatBlob.EMPTY;
    if (start === 0 && end === blob.countInteger) return blob;
    doWork(CELL_WORK);
    const first = blob.childAt(start);
    if (first !== blob.childAt(minus(end, 1))) return cutOver(blob, start, end);
    const offset = blob.offset(first);
    blob = blob.child(first);
    start = minus(start, offset);
    end = minus(end, offset);
  }
}

function cutOver(tree: BlobTree, start: Integer, end: Integer): Blob {
  const joined = new JoinedBytes();
  const last = tree.childAt(minus(end, 1));
  for (let i = tree.childAt(start); i <= last; i++) {
    const child = tree.child(i);
    const offset = tree.offset(i);
    const from = start > offset ? minus(start, offset) : 0;
    joined.add(sureCut(child, from, lesser(minus(end, offset), child.countInteger)));
  }
  return Blob.of(joined.take());
}

function sureCut(blob: Blob, start: Integer, end: Integer): Blob {
  const cut = cutOf(blob, start, end);
  if (cut === null) throw new BadStructureError(`no bytes ${start} … ${end} in a part of a blob`);
  return cut;
}

/** The last 8 bytes as a cut gives them, as a signed number of 64 bits. */
export function longOf(blob: Blob): Integer {
  if (!(blob instanceof BlobTree)) return blob.longValue();
  const { countInteger } = blob;
  return longOf(sureCut(blob, minus(countInteger, 8), countInteger));
}

/**
 * Bytes put together from blobs in chunks. A damaged one is cut where the chunks of the result end,
 * so that what comes of it depends on what stands before it.
 */
export class JoinedBytes {
  readonly #writer = new Writer(CHUNK_LENGTH);

  add(blob: Blob): void {
    if (blob instanceof FlatBlob) {
      blob.writeContent(this.#writer);
    } else if (blob.isSound) {
      doWork(blob.count);
      this.#writer.write(blob.toBytes());
    } else {
      const { countInteger } = blob;
      const step = CHUNK_LENGTH - (this.#writer.pos % CHUNK_LENGTH);
      this.add(sureCut(blob, 0, lesser(step, countInteger)));
      for (let at: Integer = step; at < countInteger; at = plus(at, CHUNK_LENGTH)) {
        this.add(sureCut(blob, at, lesser(plus(at, CHUNK_LENGTH), countInteger)));
      }
    }
  }

  addBytes(bytes: Uint8Array): void {
    this.#writer.write(bytes);
  }

  take(): Uint8Array {
    return this.#writer.take(0);
  }
}

/**
 * Calls `write` with the bytes of the leaves for as many hex digits as there is room for: children
 * are counted as they say. False when bytes are left over.
 */
export function writeForHex(
  blob: Blob,
  digits: bigint,
  write: (bytes: Uint8Array) => void,
): boolean {
  doWork(CELL_WORK);
  if (blob instanceof FlatBlob) {
    if (digits < 0n) return false;
    const length = blob.count;
    const fitting = digits / 2n < length ? Number(digits / 2n) : length;
    doWork(fitting);
    write(blob.bytes.subarray(0, fitting));
    return fitting === length;
  }
  const tree = blob as BlobTree;
  let left = digits;
  for (let i = 0; i < tree.slots.length; i++) {
    const child = tree.child(i);
    if (!writeForHex(child, left, write)) return false;
    // The reference counts digits in 64 bits.
    left = BigInt.asIntN(64, left - 2n * BigInt(child.countInteger));
    if (left < 0n) return false;
  }
  return true;
}
