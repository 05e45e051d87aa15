// hot: see test/bench. The cell model (sheet 01 §1, §12): what every CVM value is, and how a value
// hangs on another one. A slot holds a value or an unresolved Ref; resolving replaces it in place,
// so that memory is bounded by what is touched and not by the size of the State.

import type { Writer } from "./writer.ts";

/** CVM Integer: a `number` exactly when it is a safe integer (never -0), else a `bigint`. */
export type Integer = number | bigint;
/** Every CVM value: nil, a Boolean and an Integer are JavaScript's own, all else is a Cell. */
export type Value = null | boolean | Integer | Cell;
/** What stands in a child position of a cell: a value, or a Ref that was not loaded yet. */
export type Slot = Value | Ref;

/** Largest encoding, in bytes, that is written inside its parent instead of by hash. */
export const MAX_EMBEDDED_LENGTH = 140;
/** Bytes added to the memory size of each non-embedded cell (MEMORY_OVERHEAD). */
export const MEMORY_OVERHEAD = 64;

/** Where cells that are not in memory come from. */
export interface CellSource {
  /**
   * The cell with this hash key, its memory size cached if known; null when absent. An Integer of
   * more than 137 bytes is a branch too, and comes as a bigint.
   */
  cell(hashKey: string): Cell | bigint | null;
  /**
   * Memory size of the cell with this hash key, or -1 when it is not known without loading it, or
   * above 2^53-1.
   */
  memorySize(hashKey: string): number;
  /**
   * A cell that this source holds with all that it names: itself when it is in memory, else a Ref
   * to it; null when that is not known at once. Decoding asks it for the branches of a message, so
   * that those which the peer already has are not decoded again.
   */
  held?(hashKey: string): Cell | Ref | null;
}

/** A source that holds nothing. */
export const NO_CELLS: CellSource = { cell: () => null, memorySize: () => -1 };

/** A cell that an encoding names is neither in memory nor in the store. */
export class MissingDataError extends Error {
  readonly code = "MISSING";
  readonly hashKey: string;
  constructor(hashKey: string) {
    super(`Missing data: 0x${Buffer.from(hashKey, "latin1").toString("hex")}`);
    this.hashKey = hashKey;
  }
}

/** An unresolved child: 32-byte hash as a Latin-1 string, and the source that can load it. */
export class Ref {
  readonly hashKey: string;
  readonly source: CellSource | null;
  constructor(hashKey: string, source: CellSource | null) {
    this.hashKey = hashKey;
    this.source = source;
  }

  /** @throws MissingDataError when the source does not hold the cell */
  load(): Cell | bigint {
    const cell = this.source === null ? null : this.source.cell(this.hashKey);
    if (cell === null) throw new MissingDataError(this.hashKey);
    return cell;
  }
}

/**
 * An immutable value with one canonical encoding. The caches are filled on demand and are the
 * only fields (with slots that resolve) that ever change.
 */
export abstract class Cell {
  /** Whole canonical encoding, null until needed (decoded cells keep the bytes they came in). */
  encodingCache: Uint8Array | null = null;
  /** SHA3-256 of the encoding as a 32-character Latin-1 string. */
  hashCache: string | null = null;
  /** Length of the encoding in bytes, 0 until known. */
  lengthCache = 0;
  /** Memory size in bytes (CAD006), -1 until known; rounded above 2^53-1, see memory-size.ts. */
  memoryCache = -1;
  /** The store that is known to hold this cell and all it names. */
  storedIn: object | null = null;

  /** Whether all of its kind are equal to each other until both have a hash (T50). */
  get isEqualUnhashed(): boolean {
    return false;
  }

  /** First byte of the encoding. */
  abstract get tag(): number;
  /** Children in ref order (sheet 01 §6: prefix before elements). */
  abstract get slotCount(): number;
  abstract slotAt(index: number): Slot;
  /** Puts a loaded value into the slot that named it. */
  abstract fillSlot(index: number, value: Value): void;
  /** Length of the encoding, from the lengths of the children; hashes nothing. */
  abstract measure(): number;
  /** Writes the whole encoding, tag included. */
  abstract writeTo(w: Writer): void;
}

/** A cell without children. */
export abstract class LeafCell extends Cell {
  override get slotCount(): number {
    return 0;
  }
  override slotAt(index: number): Slot {
    throw new RangeError(`a leaf cell has no slot ${index}`);
  }
  override fillSlot(index: number): void {
    throw new RangeError(`a leaf cell has no slot ${index}`);
  }
}

/**
 * Whether a loaded value may replace its Ref. Decoding accepts a Ref to a cell that is short enough
 * to be embedded (sheet 01 §14), and that Ref has to stay: the cell itself would be written inline,
 * and its parent would have other bytes and another hash than those it came with.
 */
function mayReplaceRef(value: Cell | bigint): boolean {
  if (typeof value === "bigint") return true;
  return (value.lengthCache || value.measure()) > MAX_EMBEDDED_LENGTH;
}

/**
 * The value in slot `index`, loaded and put in place when it was still a Ref.
 * @throws MissingDataError
 */
export function resolveSlot(cell: Cell, index: number): Value {
  const slot = cell.slotAt(index);
  if (!(slot instanceof Ref)) return slot;
  const value = slot.load();
  if (mayReplaceRef(value)) cell.fillSlot(index, value);
  return value;
}

/** `resolveSlot` for slots that are held in an array. @throws MissingDataError */
export function resolveAt(slots: Slot[], index: number): Value {
  const slot = slots[index] as Slot;
  if (!(slot instanceof Ref)) return slot;
  const value = slot.load();
  if (mayReplaceRef(value)) slots[index] = value;
  return value;
}
