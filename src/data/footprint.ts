// What cells take in this process's memory, by an estimate. Their encoding says little of it: `()`
// is two bytes of its parent and an object of two hundred, and anybody can send such cells. Not to
// be taken for the memory size (memory-size.ts), which accounts pay for and all peers agree on.

import { FlatBlob } from "./blob.ts";
import { forEachBranch } from "./branches.ts";
import { Cell, type Slot, type Value } from "./cell.ts";
import { encodedLength, isEmbedded } from "./encode.ts";
import { CVMString } from "./string.ts";

/**
 * Bytes of memory for each byte of an encoding, and for a cell itself: between what was measured
 * for blocks full of transfers (14) and for cells of the State (4).
 */
const BYTES_PER_ENCODED_BYTE = 8;
const BYTES_PER_CELL = 100;
/**
 * The same where small cells are many, by cell: measured were 190 for vectors of one element, 237
 * for lists in lists, 222 for short strings, 83 for addresses, and 4 a byte for what holds them.
 */
const BYTES_PER_BYTE_BESIDE = 4;
const BYTES_OF_HOLDER = 200;
const BYTES_OF_LEAF = 80;

/** As if what is embedded in a cell were no smaller than is usual; takes no time. */
export function usualFootprint(cell: Cell | bigint): number {
  return encodedLength(cell) * BYTES_PER_ENCODED_BYTE + BYTES_PER_CELL;
}

/** Bytes of a cell with the cells embedded in it. */
export function cellFootprint(cell: Cell | bigint): number {
  const usual = usualFootprint(cell);
  if (!(cell instanceof Cell)) return usual;
  return Math.max(usual, encodedLength(cell) * BYTES_PER_BYTE_BESIDE + objectBytes(cell));
}

/**
 * Bytes of a value with all below it that is in memory. A branch that occurs in several places
 * counts once. Loads nothing.
 */
export function footprint(value: Value): number {
  return new Footprints().add(value);
}

/** What values take together: a branch that several of them have counts once. */
export class Footprints {
  readonly #leavesOut: (cell: Cell) => boolean;
  readonly #seen = new Set<Cell | bigint>();

  /** @param leavesOut whether a cell does not count, nor what is below it */
  constructor(leavesOut: (cell: Cell) => boolean = () => false) {
    this.#leavesOut = leavesOut;
  }

  /**
   * Bytes that another value takes beside those before it. Loads nothing.
   * @param enough bytes beyond which it is not gone through any further
   */
  add(value: Value, enough = Number.POSITIVE_INFINITY): number {
    let bytes = 0;
    const next: (Cell | bigint)[] = [];
    const enter = (slot: Slot) => {
      if (!(slot instanceof Cell) && typeof slot !== "bigint") return;
      if (this.#seen.has(slot) || (slot instanceof Cell && this.#leavesOut(slot))) return;
      this.#seen.add(slot);
      next.push(slot);
    };
    enter(value);
    for (let cell = next.pop(); cell !== undefined && bytes <= enough; cell = next.pop()) {
      bytes += cellFootprint(cell);
      if (cell instanceof Cell) forEachBranch(cell, enter);
    }
    return bytes;
  }
}

/** Of a cell and those embedded in it, which nest at most as deep as 140 bytes allow. */
function objectBytes(cell: Cell): number {
  const { slotCount } = cell;
  if (slotCount === 0) return leafBytes(cell);
  let bytes = BYTES_OF_HOLDER;
  for (let i = 0; i < slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot instanceof Cell && isEmbedded(slot)) bytes += objectBytes(slot);
  }
  return bytes;
}

function leafBytes(cell: Cell): number {
  return cell instanceof CVMString || cell instanceof FlatBlob ? BYTES_OF_HOLDER : BYTES_OF_LEAF;
}
