// A block with cells that are nobody else's (state/call-reads.ts): each branch that holds a Call is
// one object, as in a message that was just decoded, whatever this peer's memory shares. What is
// not touched is not loaded, as a transaction may name the whole State, and what holds no Call is
// not kept.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { forEachBranch } from "../data/branches.ts";
import { Cell, type CellSource, Ref, type Slot, type Value } from "../data/cell.ts";
import { decode } from "../data/decode.ts";
import { encoding, isEmbedded, slotHashKey } from "../data/encode.ts";
import { statedMemorySize } from "../data/memory-size.ts";
import { SignedData } from "../data/signed.ts";
import type { Block } from "../state/block.ts";
import { Call } from "../state/transaction.ts";

class FreshCells implements CellSource {
  /** Branches of the cells that were made so far, as the block has them. */
  readonly #given = new Map<string, Slot>();
  /** Branches made so far in which a Call has to stay the same object: all could be too much. */
  readonly #kept = new Map<string, Cell>();

  /** A cell of the same bytes, whose branches come from here. */
  copy(cell: Cell): Value {
    forEachBranch(cell, (slot) => this.#given.set(slotHashKey(slot), slot));
    // As from the own store: all of it has been accepted before.
    return decode(encoding(cell), CVM_TABLE, this, true);
  }

  /** @throws MissingDataError when the source of the block's own cell lacks it */
  cell(hashKey: string): Cell | bigint | null {
    const kept = this.#kept.get(hashKey);
    if (kept !== undefined) return kept;
    const given = this.#given.get(hashKey);
    if (given === undefined) return null;
    const value = (given instanceof Ref ? given.load() : given) as Cell | bigint;
    if (!(value instanceof Cell)) return value;
    const fresh = this.copy(value) as Cell;
    if (holdsCall(fresh)) this.#kept.set(hashKey, fresh);
    return fresh;
  }

  memorySize(hashKey: string): number {
    const given = this.#given.get(hashKey) ?? null;
    if (!(given instanceof Ref)) return given === null ? -1 : statedMemorySize(given);
    return given.source?.memorySize(hashKey) ?? -1;
  }
}

/** Whether a cell is a Call, or a Call is embedded in it. */
export function holdsCall(cell: Cell): boolean {
  if (cell instanceof Call) return true;
  const { slotCount } = cell;
  for (let i = 0; i < slotCount; i++) {
    const slot = cell.slotAt(i);
    if (slot instanceof Cell && isEmbedded(slot) && holdsCall(slot)) return true;
  }
  return false;
}

/** The block in cells of its own; what was found out about its signatures goes with it. */
export function inFreshCells(block: Block): Block {
  const fresh = new FreshCells().copy(block) as Block;
  const signed = block.listed();
  fresh.listed().forEach((copy, i) => {
    const original = signed[i];
    const isKnown = original instanceof SignedData && original.verified !== null;
    if (isKnown && copy instanceof SignedData) copy.setVerified(original.verified === true);
  });
  return fresh;
}
