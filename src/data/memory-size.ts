// Memory size (CAD006; sheet 01 §15): what a value costs to keep. Each occurrence of a child
// counts, so the size of a small value that shares its parts can be astronomical. Sizes enter fees,
// and so the State: they are exact at any height, and saturate where the reference's do.

import {
  Cell,
  type Integer,
  MAX_EMBEDDED_LENGTH,
  MEMORY_OVERHEAD,
  Ref,
  type Slot,
  type Value,
} from "./cell.ts";
import { encodedLength } from "./encode.ts";
import { integer, LONG_MAX } from "./integer.ts";

/** Sizes saturate here: 2^63-1. */
export const MAX_MEMORY_SIZE = LONG_MAX;

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
/** How deep memory sizes are added up by recursion. */
const QUICK_LEVELS = 64;
/** Most remembered sizes of cells that had to be loaded to be measured. */
const REMEMBERED_SIZES_MAX = 2 ** 16;

/** Sizes above 2^53-1: the `memoryCache` of these cells is rounded. */
const exactSizes = new WeakMap<Cell, bigint>();
/** Those sizes by hash key, the latest last. */
const rememberedSizes = new Map<string, Integer>();

/** A cell whose children are being added up; with `key` if it was loaded only for this. */
interface Frame {
  readonly cell: Cell;
  readonly key: string | null;
  next: number;
  total: Integer;
}

/**
 * Bytes that v takes beside its parent: its encoding and 64 when it is not embedded, and the
 * memory sizes of its children in any case.
 * @throws MissingDataError when a branch is absent whose size the source does not know
 */
export function memorySize(v: Value): Integer {
  if (!(v instanceof Cell) || v.slotCount === 0) return ownSize(v);
  const known = knownSize(v);
  if (known !== null) return known;
  const quick = quickSize(v, QUICK_LEVELS);
  return quick < 0 ? sizeOf(v) : quick;
}

/**
 * Bytes that v takes when it is stored by itself: its encoding counts even if it could be embedded.
 * For bounds; what a transaction pays for is `storageSize`.
 */
export function storedBytes(v: Value): Integer {
  return saturatedSum(memorySize(v), embeddedLength(v));
}

/**
 * `storedBytes` as the reference computes it (Cells.storageSize), and fees are due for it: the last
 * sum does not saturate as all others do, but wraps at 64 bits.
 */
export function storageSize(v: Value): Integer {
  const size = memorySize(v);
  const length = embeddedLength(v);
  const isSmall = typeof size === "number" && size + length <= SAFE_MAX;
  return isSmall ? size + length : integer(BigInt.asIntN(64, BigInt(size) + BigInt(length)));
}

/**
 * Length of the encoding when v can be embedded, else 0: then its memory size counts it already.
 */
function embeddedLength(v: Value): number {
  const length = encodedLength(v);
  return length <= MAX_EMBEDDED_LENGTH ? length : 0;
}

/** The memory size as a CellSource states it: -1 above 2^53-1. @throws as `memorySize` */
export function statedMemorySize(v: Value): number {
  const size = memorySize(v);
  return typeof size === "number" ? size : -1;
}

/** The memory size kept in a cell; null when there is none. */
function knownSize(cell: Cell): Integer | null {
  const { memoryCache } = cell;
  if (memoryCache < 0) return null;
  return memoryCache <= SAFE_MAX ? memoryCache : (exactSizes.get(cell) ?? null);
}

function keepSize(cell: Cell, size: Integer): void {
  cell.memoryCache = Number(size);
  if (typeof size === "bigint") exactSizes.set(cell, size);
}

/** a + b of sizes; MAX_MEMORY_SIZE when that is less. */
function saturatedSum(a: Integer, b: Integer): Integer {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= SAFE_MAX) return sum;
  }
  const sum = BigInt(a) + BigInt(b);
  return integer(sum > MAX_MEMORY_SIZE ? MAX_MEMORY_SIZE : sum);
}

/** What a value adds to its memory size by itself, without its children. */
function ownSize(v: Value): number {
  const length = encodedLength(v);
  return length <= MAX_EMBEDDED_LENGTH ? 0 : length + MEMORY_OVERHEAD;
}

/**
 * The memory size, if all of the cell is in memory, at most `levels` deep, and adds up to less than
 * 2^53; else -1. Recursion is three times as fast as the frames of `sizeOf`: apply-transfer +10 %.
 */
function quickSize(cell: Cell, levels: number): number {
  let total = ownSize(cell);
  const { slotCount } = cell;
  for (let i = 0; i < slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot === null || typeof slot === "number" || typeof slot === "boolean") continue;
    if (typeof slot === "bigint") total += ownSize(slot);
    else if (slot instanceof Ref) return -1;
    else if (slot.memoryCache >= 0) total += slot.memoryCache;
    else {
      const part = levels === 0 ? -1 : quickSize(slot, levels - 1);
      if (part < 0) return -1;
      total += part;
    }
  }
  // Rounded sizes are above 2^53 too.
  if (total > SAFE_MAX) return -1;
  cell.memoryCache = total;
  return total;
}

/**
 * The memory size in any case. With a stack of our own, since branches can chain deeper than calls.
 */
function sizeOf(root: Cell): Integer {
  // Cells that are loaded only to be measured, so that what many of them share is loaded once.
  const loaded = new Map<string, Integer>();
  const frames: Frame[] = [{ cell: root, key: null, next: 0, total: 0 }];
  for (;;) {
    const frame = frames[frames.length - 1] as Frame;
    const { cell, key } = frame;
    if (frame.next < cell.slotCount) {
      const part = sizeOrFrame(cell.slotAt(frame.next++), loaded);
      if (typeof part === "object") frames.push(part);
      else frame.total = saturatedSum(frame.total, part);
      continue;
    }
    const size = saturatedSum(frame.total, ownSize(cell));
    keepSize(cell, size);
    if (key !== null) remember(loaded, key, size);
    frames.pop();
    const parent = frames[frames.length - 1];
    if (parent === undefined) return size;
    parent.total = saturatedSum(parent.total, size);
  }
}

/** Remembers the size of a cell that was loaded only for this, and forgets the oldest one. */
function remember(loaded: Map<string, Integer>, key: string, size: Integer): void {
  loaded.set(key, size);
  rememberedSizes.delete(key);
  rememberedSizes.set(key, size);
  if (rememberedSizes.size <= REMEMBERED_SIZES_MAX) return;
  for (const oldest of rememberedSizes.keys()) {
    rememberedSizes.delete(oldest);
    return;
  }
}

/** The size of what a slot holds, or a frame when its children have to be added up. */
function sizeOrFrame(slot: Slot, loaded: Map<string, Integer>): Integer | Frame {
  let value = slot;
  let key: string | null = null;
  if (value instanceof Ref) {
    key = value.hashKey;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const size = value.source?.memorySize(key) ?? -1;
    if (size >= 0) return size;
    const remembered = rememberedSizes.get(key);
    if (remembered !== undefined) return remembered;
    value = value.load();
  }
  if (!(value instanceof Cell) || value.slotCount === 0) return ownSize(value);
  return knownSize(value) ?? { cell: value, key, next: 0, total: 0 };
}
