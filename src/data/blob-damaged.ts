// T46: hand-made Blobs and Strings whose chunks are not what their counts say (sheet 01 §14); a
// transaction may carry one. The reference does not notice: each of its functions reads bytes by
// position, cuts along chunks, or goes through all leaves, and gives a result unless it comes to a
// place where nothing is. Sound blobs are only passed on from here.

import { Blob, BlobTree, CELL_WORK, FlatBlob } from "./blob.ts";
import { CHUNK_LENGTH } from "./blob-shape.ts";
import type { Integer } from "./cell.ts";
import { BadStructureError } from "./errors.ts";
import { doWork } from "./free-work.ts";
import { lesser, minus, plus } from "./integer.ts";
import { checkNesting } from "./nesting.ts";
import { Writer } from "./writer.ts";

/** Units of work (free-work.ts) of joining what is cut out of children, and of a byte of that. */
const JOIN_WORK = 1000;
const BYTE_WORK = 5;

/**
 * The bytes from … to-1 as the reference's slice gives them. Null (its nil) when they lie in one
 * child, which ends before them. A cut over several children takes each of them up to its own end,
 * even if that is more than its place has room for.
 * @throws BadStructureError when a child in between is no blob, or has nothing there
 * @throws RangeError as Blob.slice
 */
export function cutOf(root: Blob, from: Integer, to: Integer, depth = 0): Blob | null {
  checkNesting(depth);
  let blob = root;
  let start = from;
  let end = to;
  for (;;) {
    if (end < start || end > blob.countInteger) return null;
    if (!(blob instanceof BlobTree) || blob.isSoundIn(start, end)) return blob.slice(start, end);
    if (start === end) return FlatBlob.EMPTY;
    if (start === 0 && end === blob.countInteger) return blob;
    doWork(CELL_WORK);
    const first = blob.childIndex(start);
    if (first !== blob.childIndex(minus(end, 1))) return cutOver(blob, start, end, depth + 1);
    const offset = blob.childStart(first);
    blob = blob.child(first);
    start = minus(start, offset);
    end = minus(end, offset);
  }
}

function cutOver(tree: BlobTree, start: Integer, end: Integer, depth: number): Blob {
  doWork(JOIN_WORK);
  const joined = new JoinedBytes();
  const last = tree.childIndex(minus(end, 1));
  for (let i = tree.childIndex(start); i <= last; i++) {
    const child = tree.child(i);
    const offset = tree.childStart(i);
    const from = start > offset ? minus(start, offset) : 0;
    const to = lesser(minus(end, offset), child.countInteger);
    joined.add(ensureCut(child, from, to, depth), depth);
  }
  return Blob.of(joined.take());
}

/** `cutOf`. @throws BadStructureError where that is null */
function ensureCut(blob: Blob, start: Integer, end: Integer, depth = 0): Blob {
  const cut = cutOf(blob, start, end, depth);
  if (cut === null) throw new BadStructureError(`no bytes ${start} … ${end} in a part of a blob`);
  return cut;
}

/** The last 8 bytes, as `cutOf` gives them, as a signed 64-bit number (sheet 01 §5.7). */
export function longOf(blob: Blob): Integer {
  if (!(blob instanceof BlobTree)) return blob.longValue();
  const { countInteger } = blob;
  return longOf(ensureCut(blob, minus(countInteger, 8), countInteger));
}

/** Bytes that there is room for at first: thousands of small parts may be joined one by one. */
const JOINED_BYTES = 256;

/**
 * Joins the bytes of blobs. As in the reference a damaged blob is cut where the chunks of the
 * result end, so what it contributes depends on how long the blobs before it are.
 */
export class JoinedBytes {
  readonly #writer = new Writer(JOINED_BYTES);

  add(blob: Blob, depth = 0): void {
    checkNesting(depth);
    if (blob instanceof FlatBlob) {
      blob.writeContent(this.#writer);
    } else if (blob.isSound) {
      doWork(blob.count * BYTE_WORK);
      this.#writer.write(blob.toBytes());
    } else {
      const { countInteger } = blob;
      const step = CHUNK_LENGTH - (this.#writer.pos % CHUNK_LENGTH);
      this.#addCut(blob, 0, lesser(step, countInteger), depth + 1);
      for (let at: Integer = step; at < countInteger; at = plus(at, CHUNK_LENGTH)) {
        this.#addCut(blob, at, lesser(plus(at, CHUNK_LENGTH), countInteger), depth + 1);
      }
    }
  }

  #addCut(blob: Blob, start: Integer, end: Integer, depth: number): void {
    this.add(ensureCut(blob, start, end, depth), depth);
  }

  addBytes(bytes: Uint8Array): void {
    this.#writer.write(bytes);
  }

  take(): Uint8Array {
    return this.#writer.take(0);
  }
}

/**
 * Calls `write` with the bytes of the leaves, as long as there is room for their hex digits. What
 * is left of the room after a child goes by the count of that child.
 * @returns false when bytes are left over
 */
export function writeForHex(
  blob: Blob,
  digits: bigint,
  write: (bytes: Uint8Array) => void,
  depth = 0,
): boolean {
  checkNesting(depth);
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
    if (!writeForHex(child, left, write, depth + 1)) return false;
    // The reference counts digits in 64 bits.
    left = BigInt.asIntN(64, left - 2n * BigInt(child.countInteger));
    if (left < 0n) return false;
  }
  return true;
}
