// A block, and the State it is applied to, in cells that are nobody else's (data/run-memory.ts,
// SharedCellsError): each branch in which it matters which object something is is one object, as in
// a message that was just decoded, and where it is embedded it is another in each, whatever this
// peer's memory shares. What is not touched is not loaded, as both may be large, and of what is
// loaded only such branches are kept.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { forEachBranch } from "../data/branches.ts";
import { Cell, type CellSource, Ref, type Slot, type Value } from "../data/cell.ts";
import { decode } from "../data/decode.ts";
import { encoding, isEmbedded, slotHashKey } from "../data/encode.ts";
import { cellFootprint } from "../data/footprint.ts";
import { statedMemorySize } from "../data/memory-size.ts";
import { SignedData } from "../data/signed.ts";
import { Block } from "../state/block.ts";
import type { BlockResult } from "../state/block-result.ts";
import { Call } from "../state/transaction.ts";

/** Bytes of memory (data/footprint.ts) of the branches that are kept for a while. */
const RECENT_BYTES_MAX = 2 ** 26;

class FreshCells implements CellSource {
  /** Branches of the cells that were made so far, as they were given. */
  readonly #given = new Map<string, Slot>();
  /** Branches made so far that have to stay the same object. */
  readonly #kept = new Map<string, Cell>();
  /**
   * Other branches made lately: a few cells that name one another many times would else be made
   * more often than anybody can wait for. All could be too much to keep.
   */
  readonly #recent = new Map<string, Cell>();
  #recentBytes = 0;

  /** A cell of the same bytes, whose branches come from here. */
  copy(cell: Cell): Value {
    forEachBranch(cell, (slot) => this.#given.set(slotHashKey(slot), slot));
    // As from the own store: all of it has been accepted before.
    return decode(encoding(cell), CVM_TABLE, this, true);
  }

  /** The branch as it was given. */
  given(hashKey: string): Slot | undefined {
    return this.#given.get(hashKey);
  }

  /** @throws MissingDataError when the source of the given cell lacks it */
  cell(hashKey: string): Cell | bigint | null {
    const kept = this.#kept.get(hashKey) ?? this.#recent.get(hashKey);
    if (kept !== undefined) return kept;
    const given = this.#given.get(hashKey);
    if (given === undefined) return null;
    const value = (given instanceof Ref ? given.load() : given) as Cell | bigint;
    if (!(value instanceof Cell)) return value;
    const fresh = this.copy(value) as Cell;
    if (holdsObject(fresh)) this.#kept.set(hashKey, fresh);
    else this.#remember(hashKey, fresh);
    return fresh;
  }

  #remember(hashKey: string, fresh: Cell): void {
    this.#recentBytes += cellFootprint(fresh);
    if (this.#recentBytes > RECENT_BYTES_MAX) {
      this.#recent.clear();
      this.#recentBytes = cellFootprint(fresh);
    }
    this.#recent.set(hashKey, fresh);
  }

  memorySize(hashKey: string): number {
    const given = this.#given.get(hashKey) ?? null;
    if (!(given instanceof Ref)) return given === null ? -1 : statedMemorySize(given);
    return given.source?.memorySize(hashKey) ?? -1;
  }
}

/**
 * Whether a cell, or one embedded in it, is one of those for which it matters which object they
 * are: a Call (T26) or a BlockResult (T50).
 */
export function holdsObject(cell: Cell): boolean {
  if (cell instanceof Call || cell.isEqualUnhashed) return true;
  const { slotCount } = cell;
  for (let i = 0; i < slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot instanceof Cell && isEmbedded(slot) && holdsObject(slot)) return true;
  }
  return false;
}

/**
 * A block or a State in cells of its own. What was found out about the signatures of a block goes
 * with it.
 */
export function inFreshCells<T extends Cell>(cell: T): T {
  const fresh = new FreshCells().copy(cell) as T;
  if (fresh instanceof Block && cell instanceof Block) copyVerified(cell, fresh);
  return fresh;
}

function copyVerified(block: Block, fresh: Block): void {
  const signed = block.listed();
  fresh.listed().forEach((copy, i) => {
    const original = signed[i];
    const isKnown = original instanceof SignedData && original.verified !== null;
    if (isKnown && copy instanceof SignedData) copy.setVerified(original.verified === true);
  });
}

/**
 * The same BlockResult, in which what was not touched is as it was given again: else each State
 * would keep the one before it in memory.
 */
export function withGivenCells(result: BlockResult): BlockResult {
  const open: Cell[] = [result];
  const seen = new Set<Cell>(open);
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = cell.slotAt(i);
      if (slot instanceof Ref) giveBack(cell, i, slot);
      else if (slot instanceof Cell && slot.slotCount > 0 && !seen.has(slot)) {
        seen.add(slot);
        open.push(slot);
      }
    }
  }
  return result;
}

function giveBack(cell: Cell, index: number, ref: Ref): void {
  const given = ref.source instanceof FreshCells ? ref.source.given(ref.hashKey) : undefined;
  if (given !== undefined) cell.fillSlot(index, given as Value);
}
