// Whether printing an op can fail because a part is missing (T6, T47). The reference prints the
// whole expression, up to 65,536 bytes, whenever a value that is called is no function. Here it is
// only checked whether that would fail, and each cell is looked at once.

import { Blob } from "../../data/blob.ts";
import { writeForHex } from "../../data/blob-damaged.ts";
import { Cell, resolveSlot, type Value } from "../../data/cell.ts";
import { BadStructureError, BlobFaultError } from "../../data/errors.ts";
import { doWork, workLeft } from "../../data/free-work.ts";
import { HashTrie, isFullTree } from "../../data/hash-trie.ts";
import { Index } from "../../data/index-map.ts";
import { List } from "../../data/list.ts";
import { isPrintable, type PrintSink } from "../../data/printable.ts";
import { PricedMemo, RunMemo } from "../../data/run-memory.ts";
import { CVMString } from "../../data/string.ts";
import { Syntax } from "../../data/syntax.ts";
import { Vector } from "../../data/vector.ts";
import { isSound } from "../../data/vector-sound.ts";
import { PRINT_LIMIT } from "../../lang/print-buffer.ts";
import { MAX_PRINTABLE_DEPTH } from "../../lang/printer.ts";

/**
 * Bytes of text, by a low estimate, after which printing has passed its limit, in whatever order it
 * comes to the parts.
 */
const WALK_BYTES_MAX = 4 * PRINT_LIMIT;
/** Bytes of the shortest value and what separates it from the next. */
const MEMBER_BYTES = 2;
/** Most parts of one op that are looked at. */
const PARTS_MAX = PRINT_LIMIT;

/** Units of work (data/free-work.ts) of looking at a part. */
const PART_WORK = 20;

/** Bytes of text of a part that is worth to be remembered. */
const REMEMBERED_BYTES_MIN = 64;

/** By op, for a run. */
const lacking = new PricedMemo<Cell, boolean>();

/** What going through all of a cell that lacks nothing comes to. */
interface Whole {
  readonly bytes: number;
  readonly work: number;
}

/** By part, for a run: code can make new ops of the same large part again and again. */
const wholes = new RunMemo<Cell, Whole>();

/** A part that is being gone through, with the bytes before it and the work that was left then. */
interface OpenPart {
  readonly cell: Cell;
  readonly bytes: number;
  readonly left: number;
  next: number;
}

/** Whether printing a cell can come to a missing part within the print limit. */
export function mayLackText(root: Cell): boolean {
  return lacking.of(root, () => comesToMissingPart(root));
}

function comesToMissingPart(root: Cell): boolean {
  if (lacksPart(root)) return true;
  const open: OpenPart[] = [{ cell: root, bytes: 0, left: workLeft(), next: 0 }];
  let bytes = 0;
  for (let top = open.at(-1); top !== undefined && bytes <= WALK_BYTES_MAX; top = open.at(-1)) {
    if (top.next >= top.cell.slotCount) {
      open.pop();
      rememberWhole(top, bytes);
      continue;
    }
    doWork(PART_WORK);
    const value: Value = resolveSlot(top.cell, top.next++);
    bytes += leastText(value);
    if (!(value instanceof Cell)) continue;
    const isText = value instanceof Blob || value instanceof CVMString;
    if (!isText && value.slotCount === 0) continue;
    const whole = wholes.get(value);
    if (whole !== undefined && bytes + whole.bytes <= WALK_BYTES_MAX) {
      doWork(whole.work);
      bytes += whole.bytes;
      continue;
    }
    const left = workLeft();
    if (lacksPart(value)) return true;
    if (!isText) open.push({ cell: value, bytes, left, next: 0 });
  }
  return false;
}

/** Where the walk did not stop within it; small parts are gone through as fast. */
function rememberWhole(part: OpenPart, bytesAfter: number): void {
  const bytes = bytesAfter - part.bytes;
  const work = part.left - workLeft();
  if (bytes >= REMEMBERED_BYTES_MIN && Number.isFinite(work))
    wholes.set(part.cell, { bytes, work });
}

/** Bytes of the text of a value, at least. */
function leastText(value: Value): number {
  if (value instanceof Blob) return 2 * value.count;
  return value instanceof CVMString ? value.count : MEMBER_BYTES;
}

/** Whether the cell itself, apart from what its parts hold, lacks a part. */
function lacksPart(cell: Cell): boolean {
  if (cell instanceof CVMString)
    return lacksBytes(cell.blob, (blob, end) => blob.checkStructure(0, end));
  if (cell instanceof Blob)
    return lacksBytes(cell, (blob, end) => writeForHex(blob, 2n * BigInt(end), () => {}));
  if (cell instanceof Vector) return !isSound(cell);
  if (cell instanceof List) return !isSound(cell.vector);
  if (cell instanceof Index) return !cell.hasCount;
  if (cell instanceof HashTrie) return !cell.isLeaf && !isFullTree(cell);
  if (cell instanceof Syntax) return lacksPart(cell.meta);
  if (!isPrintable(cell)) return false;
  try {
    cell.printTo(new PartSink());
    return false;
  } catch (error) {
    if (error instanceof BadStructureError) return true;
    throw error;
  }
}

/** Whether a child that would be printed is no Blob (T46). */
function lacksBytes(blob: Blob, print: (blob: Blob, end: number) => void): boolean {
  const end = Math.min(blob.count, PRINT_LIMIT);
  if (blob.isSoundIn(0, end)) return false;
  try {
    print(blob, end);
    return false;
  } catch (error) {
    if (error instanceof BlobFaultError) return true;
    // What the reference reads behind the end of a chunk is not known.
    if (error instanceof BadStructureError) return false;
    throw error;
  }
}

/** Prints nothing, so that only one cell and not what is in its parts is gone through. */
class PartSink implements PrintSink {
  readonly withinLimit = true;
  #parts = 0;
  #depth = 0;

  text(): boolean {
    return true;
  }
  value(): boolean {
    return ++this.#parts < PARTS_MAX;
  }
  nested(printPart: () => boolean): boolean {
    if (this.#depth >= MAX_PRINTABLE_DEPTH) return false;
    this.#depth++;
    const complete = printPart();
    this.#depth--;
    return complete;
  }
}
