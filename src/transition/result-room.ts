// What the Results of a block may take in this process's memory until they are on disk. They are no
// part of the State: each peer may bound them as it likes.

import type { Cell } from "../data/cell.ts";
import { Footprints } from "../data/footprint.ts";
import type { Result } from "../state/result.ts";

/**
 * Bytes of memory (data/footprint.ts) of the Results of a block, with values, logs and traces:
 * an eighth of that when they are text, a fiftieth when they are small cells. All are written at
 * once, and all else waits. One transaction can pay for a text of 4 MB or for 8 MB of small cells,
 * and a block has 1,024 of them.
 */
const RESULT_BYTES_MAX = 2 ** 27;
/** Of each Result behind those that took this room: nobody can take it from all others. */
const SMALL_RESULT_BYTES = 2 ** 16;
/** With so little juice nothing can be made whose size is worth counting. */
const SMALL_RESULT_JUICE = 10_000;

export class ResultRoom {
  #isHeld = false;
  readonly #leavesOut = (cell: Cell) => this.#isHeld && cell.storedIn !== null;
  readonly #footprints = new Footprints(this.#leavesOut);
  #left = RESULT_BYTES_MAX;

  /**
   * Whether the Result of a transaction can be kept; then it takes its room.
   * @param juice what the transaction has used
   * @param isHeld whether what is stored of it is held by the State or the block, and takes no more
   * for being in a Result; of a transaction applied in passing a Result may be all that holds it
   */
  takes(result: Result, juice: number, isHeld: boolean): boolean {
    if (juice <= SMALL_RESULT_JUICE) return true;
    this.#isHeld = isHeld;
    if (this.#left >= 0) this.#left -= this.#footprints.add(result, this.#left);
    if (this.#left >= 0) return true;
    return new Footprints(this.#leavesOut).add(result, SMALL_RESULT_BYTES) <= SMALL_RESULT_BYTES;
  }
}
