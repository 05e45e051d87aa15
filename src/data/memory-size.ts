// Memory size (CAD006; sheet 01 §15): what a value costs to keep. Each occurrence of a child
// counts, so the size of a small value that shares its parts can be astronomical: sums saturate.

import { Cell, MAX_EMBEDDED_LENGTH, MEMORY_OVERHEAD, Ref, type Slot, type Value } from "./cell.ts";
import { encodedLength } from "./encode.ts";

/** Sizes saturate at 2^63-1, which as a number is 2^63; above 2^53 they are rounded. */
export const MAX_MEMORY_SIZE = 2 ** 63;

/** A cell whose children are being added up; `key` when it was loaded for this and is not kept. */
interface Frame {
  readonly cell: Cell;
  readonly key: string | null;
  next: number;
  total: number;
}

/**
 * Bytes that v takes beside its parent: its encoding and 64 when it is not embedded, and the
 * memory sizes of its children in any case.
 * @throws MissingDataError when a branch is absent whose size the source does not know
 */
export function memorySize(v: Value): number {
  if (!(v instanceof Cell) || v.slotCount === 0) return ownSize(v);
  return v.memoryCache >= 0 ? v.memoryCache : sizeOf(v);
}

/** Bytes that v takes on its own: its encoding counts even when it could be embedded. */
export function storageSize(v: Value): number {
  const length = encodedLength(v);
  return memorySize(v) + (length <= MAX_EMBEDDED_LENGTH ? length : 0);
}

/** What the cell itself adds, without its children. */
function ownSize(v: Value): number {
  const length = encodedLength(v);
  return length <= MAX_EMBEDDED_LENGTH ? 0 : length + MEMORY_OVERHEAD;
}

/** With a stack of our own, since branches can chain deeper than calls. */
function sizeOf(root: Cell): number {
  // Cells that are loaded only to be measured, so that what many of them share is loaded once.
  const loaded = new Map<string, number>();
  const frames: Frame[] = [{ cell: root, key: null, next: 0, total: 0 }];
  for (;;) {
    const frame = frames[frames.length - 1] as Frame;
    const { cell, key } = frame;
    if (frame.next < cell.slotCount) {
      const part = sizeOrFrame(cell.slotAt(frame.next++), loaded);
      if (typeof part === "number") frame.total += part;
      else frames.push(part);
      continue;
    }
    const size = Math.min(frame.total + ownSize(cell), MAX_MEMORY_SIZE);
    cell.memoryCache = size;
    if (key !== null) loaded.set(key, size);
    frames.pop();
    const parent = frames[frames.length - 1];
    if (parent === undefined) return size;
    parent.total += size;
  }
}

/** The size of what is in a slot, or a frame for the cell that has to be added up. */
function sizeOrFrame(slot: Slot, loaded: Map<string, number>): number | Frame {
  let value = slot;
  let key: string | null = null;
  if (value instanceof Ref) {
    key = value.hashKey;
    const size = loaded.get(key) ?? value.source?.memorySize(key) ?? -1;
    if (size >= 0) return size;
    value = value.load();
  }
  if (!(value instanceof Cell) || value.slotCount === 0) return ownSize(value);
  if (value.memoryCache >= 0) return value.memoryCache;
  return { cell: value, key, next: 0, total: 0 };
}
