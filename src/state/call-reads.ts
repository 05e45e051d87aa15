// The Call transactions of a block whose `:args` some code has read (T26). The reference executes a
// decoded Call with the arguments that an earlier lookup of `:args` has left in its object, and
// throws if there was none. Two occurrences of a Call are one object if both are one branch of the
// block, or stand in the same place of one. A Call that is a branch is the same object in the State
// too, since a peer of the reference holds each branch once.
//
// Here the cells of a block may be shared in other ways, depending on caches. So reads count only
// while the block is applied from cells that were decoded for it alone (`requireOwnCells`).

import type { Cell } from "../data/cell.ts";
import { hashKey, isEmbedded } from "../data/encode.ts";
import { BlockValue } from "../data/run-memory.ts";

/** The Calls of one block that were read. */
export class CallReads {
  #isEmpty = true;
  readonly #cells = new WeakSet<Cell>();
  readonly #branches = new Set<string>();

  /** Whether no Call was read. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Notes that the arguments of a Call were read. */
  add(call: Cell): void {
    this.#isEmpty = false;
    this.#cells.add(call);
    if (!isEmbedded(call)) this.#branches.add(hashKey(call));
  }

  /** Whether the arguments of a Call were read. */
  has(call: Cell): boolean {
    return this.#cells.has(call) || (!isEmbedded(call) && this.#branches.has(hashKey(call)));
  }
}

/** The CallReads of each block. */
export const CALL_READS = new BlockValue(() => new CallReads());
