// A block with cells that are nobody else's (state/call-reads.ts): each branch is one object, as in
// a message that was just decoded, whatever this peer's memory shares. What is not touched is not
// loaded: a transaction may name the whole State.

import { CVM_TABLE } from "../cvm/cvm-table.ts";
import { forEachBranch } from "../data/branches.ts";
import { Cell, type CellSource, Ref, type Slot, type Value } from "../data/cell.ts";
import { decode } from "../data/decode.ts";
import { encoding, slotHashKey } from "../data/encode.ts";
import { statedMemorySize } from "../data/memory-size.ts";
import { SignedData } from "../data/signed.ts";
import type { Block } from "../state/block.ts";

class FreshCells implements CellSource {
  /** Branches of the cells that were made so far, as the block has them. */
  readonly #given = new Map<string, Slot>();
  readonly #made = new Map<string, Cell | bigint>();

  /** A cell of the same bytes, whose branches come from here. */
  copy(cell: Cell): Value {
    forEachBranch(cell, (slot) => this.#given.set(slotHashKey(slot), slot));
    // As from the own store: all of it has been accepted before.
    return decode(encoding(cell), CVM_TABLE, this, true);
  }

  /** @throws MissingDataError when the source of the block's own cell lacks it */
  cell(hashKey: string): Cell | bigint | null {
    const made = this.#made.get(hashKey);
    if (made !== undefined) return made;
    const given = this.#given.get(hashKey);
    if (given === undefined) return null;
    const value = (given instanceof Ref ? given.load() : given) as Cell | bigint;
    const fresh = value instanceof Cell ? (this.copy(value) as Cell) : value;
    this.#made.set(hashKey, fresh);
    return fresh;
  }

  memorySize(hashKey: string): number {
    const given = this.#given.get(hashKey) ?? null;
    if (!(given instanceof Ref)) return given === null ? -1 : statedMemorySize(given);
    return given.source?.memorySize(hashKey) ?? -1;
  }
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
