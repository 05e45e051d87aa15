// Orders that run far ahead of what is known, after an absence: their blocks are looked at a slice
// of time after the other, so that nothing else has to wait, and once for all peers that have them.

import { MissingDataError } from "../../data/cell.ts";
import { commonPrefixLength } from "../../data/common-prefix.ts";
import { hashKey } from "../../data/encode.ts";
import { Vector } from "../../data/vector.ts";
import { CHUNK_SIZE } from "../../data/vector-shape.ts";
import type { Order } from "../../state/order.ts";
import { type Store, StoreError } from "../../store/store.ts";
import { type Clock, steadyOf } from "../clock.ts";
import { VETTING_SLICE_MS, VETTINGS_MAX } from "../network-bounds.ts";
import { isUnsound, type OrderCheck, type OrderFault, shapeFaultIn } from "./order-check.ts";

export class OrderVetting {
  readonly #check: OrderCheck;
  readonly #store: Store;
  readonly #clock: Clock;
  /** For how long something takes. */
  readonly #steady: Clock;
  /**
   * The blocks vetted last, all of them sound, complete and in memory; none when they are known.
   */
  #vetted = Vector.EMPTY;
  /** Block vectors under way, by hash key. */
  readonly #active = new Set<string>();
  /** What was found missing, by hash key of the block vector. */
  readonly #missing = new Map<string, string>();

  constructor(check: OrderCheck, store: Store, clock: Clock) {
    this.#check = check;
    this.#store = store;
    this.#clock = clock;
    this.#steady = steadyOf(clock);
  }

  /**
   * Of the blocks known and those vetted, the ones that have more in common with others. Vetted
   * ones are let go once others are as near: they keep all they have ever loaded in memory.
   */
  nearest(blocks: Vector, known: Vector): Vector {
    if (this.#vetted.count === 0) return known;
    if (commonPrefixLength(blocks, this.#vetted) > commonPrefixLength(blocks, known))
      return this.#vetted;
    this.#vetted = Vector.EMPTY;
    return known;
  }

  /**
   * Takes note of blocks that have been looked at, until they are this peer's own. Every Belief of
   * every peer brings them again: a peer that lags must not look at them again each time, or it
   * lags for ever.
   */
  note(blocks: Vector): void {
    this.#vetted = blocks;
  }

  /**
   * Vets the blocks of an Order from a position on. Calls back when it is over, with a fault when
   * there is one; not when these blocks are under way already or too much is.
   * @param seen as OrderCheck.blocksOf
   * @throws MissingDataError when the last attempt has found that a cell is missing
   */
  begin(
    order: Order,
    from: number,
    seen: Set<string> | null,
    done: (fault: OrderFault | null) => void,
  ): void {
    const { blocks } = order;
    const key = hashKey(blocks);
    const missing = this.#missing.get(key);
    if (missing !== undefined && !this.#store.has(missing)) throw new MissingDataError(missing);
    this.#missing.delete(key);
    if (this.#active.has(key) || this.#active.size >= VETTINGS_MAX) return;
    this.#active.add(key);
    this.#go(blocks, from, seen, (fault) => {
      this.#active.delete(key);
      done(fault);
    });
  }

  #go(
    blocks: Vector,
    from: number,
    seen: Set<string> | null,
    done: (fault: OrderFault | null) => void,
  ): void {
    const until = this.#steady.now() + VETTING_SLICE_MS;
    let position = from;
    try {
      for (; position < blocks.count && this.#steady.now() <= until; position++) {
        const fault = this.#faultAt(blocks, position, from, seen);
        if (fault !== null) {
          done(fault);
          return;
        }
        this.#store.requireComplete(blocks.get(position));
      }
    } catch (error) {
      // It may be looked at again when the store can be read again.
      if (error instanceof StoreError) this.#active.delete(hashKey(blocks));
      if (isUnsound(error)) {
        done({ reason: error.message, position: -1 });
        return;
      }
      if (!(error instanceof MissingDataError)) throw error;
      this.#missing.clear();
      this.#missing.set(hashKey(blocks), error.hashKey);
      done(null);
      return;
    }
    if (position < blocks.count) {
      this.#clock.soon(() => this.#go(blocks, position, seen, done));
      return;
    }
    this.#vetted = blocks;
    done(null);
  }

  /** Looks at the cells on the way to a chunk of blocks with the first of them. */
  #faultAt(
    blocks: Vector,
    position: number,
    from: number,
    seen: Set<string> | null,
  ): OrderFault | null {
    const start = position - (position % CHUNK_SIZE);
    if (position === from || position === start) {
      const end = Math.min(blocks.count, start + CHUNK_SIZE);
      const shapeFault = shapeFaultIn(blocks, position, end);
      if (shapeFault !== null) return shapeFault;
    }
    const reason = this.#check.faultOf(blocks.get(position), this.#clock.now(), seen);
    return reason === null ? null : { reason, position };
  }
}
