// Which Call transactions of a block somebody has read `:args` of (T26). The reference executes a
// Call that was decoded with the arguments that an earlier look under that name has left in its
// object, and throws without. A Call is the same object as another one where both stand for one
// branch of the block, or in the same place of one; one that is a branch also wherever the State
// holds it, since a peer of the reference keeps a branch once.
//
// The objects of a block that a peer has here may be shared otherwise, as its caches have it. So a
// Call counts only while the block is applied from cells that were decoded for it alone.

import type { Cell } from "../data/cell.ts";
import { hashKey, isEmbedded } from "../data/encode.ts";
import { BlockValue } from "../data/run-memory.ts";

export class CallReads {
  /** Whether the block's cells are as one message brings them. */
  isOfOneMessage = false;
  #isEmpty = true;
  readonly #cells = new WeakSet<Cell>();
  readonly #branches = new Set<string>();

  /** Whether the arguments of no Call were read. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  add(call: Cell): void {
    this.#isEmpty = false;
    this.#cells.add(call);
    if (!isEmbedded(call)) this.#branches.add(hashKey(call));
  }

  has(call: Cell): boolean {
    return this.#cells.has(call) || (!isEmbedded(call) && this.#branches.has(hashKey(call)));
  }
}

/** Those of the block that what runs is a part of. */
export const CALL_READS = new BlockValue(() => new CallReads());
