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
import { VETTING_SLICE_MS, VETTING_TERMS, VETTINGS_MAX } from "../network-bounds.ts";
import { AuthorDebts } from "./author-debts.ts";
import {
  type BlocksSeen,
  isUnsound,
  type OrderCheck,
  type OrderFault,
  shapeFaultIn,
} from "./order-check.ts";
import type { Author, NewsBudget, OrderNews } from "./order-news.ts";

interface Vetting {
  readonly blocks: Vector;
  readonly budget: NewsBudget;
  /** Position from which on its blocks are looked at. */
  readonly from: number;
  readonly seen: BlocksSeen;
  readonly done: (fault: OrderFault | null, budget: NewsBudget) => void;
}

const TOO_MANY_BLOCKS = { reason: "it brings too many blocks of its peer", position: -1 };

export class OrderVetting {
  readonly #check: OrderCheck;
  readonly #store: Store;
  readonly #news: OrderNews;
  readonly #clock: Clock;
  /** For how long something takes. */
  readonly #steady: Clock;
  /**
   * The blocks vetted last, all of them sound, complete and in memory; none when they are known.
   */
  #vetted = Vector.EMPTY;
  /** Block vectors under way, by hash key; one of each author. */
  readonly #active = new Map<string, Vetting>();
  readonly #debts: AuthorDebts;
  /** What was found missing, by hash key of the block vector. */
  readonly #missing = new Map<string, string>();

  constructor(check: OrderCheck, news: OrderNews, store: Store, clock: Clock) {
    this.#check = check;
    this.#news = news;
    this.#store = store;
    this.#clock = clock;
    this.#steady = steadyOf(clock);
    this.#debts = new AuthorDebts(this.#steady, VETTING_TERMS);
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
   * there is one; not when these blocks, or others of their author, are under way already, its
   * Orders have cost too much, or too much else is under way.
   * @param seen as OrderCheck.blocksOf, of no block yet
   * @returns whether it has begun
   * @throws MissingDataError when the last attempt has found that a cell is missing
   */
  begin(
    order: Order,
    from: number,
    author: Author,
    seen: BlocksSeen,
    done: Vetting["done"],
  ): boolean {
    const { blocks } = order;
    const key = hashKey(blocks);
    const missing = this.#missing.get(key);
    if (missing !== undefined && !this.#store.has(missing)) throw new MissingDataError(missing);
    this.#missing.delete(key);
    if (this.#active.has(key) || !this.#hasPlaceFor(author)) return false;
    const vetting = { blocks, budget: this.#news.budgetOf(author), from, seen, done };
    this.#active.set(key, vetting);
    this.#go(vetting, from);
    return true;
  }

  /** Looks at no more blocks; those under way are never called back for. */
  close(): void {
    this.#active.clear();
  }

  /** When all are taken, the one whose author has the least weight gives way to more. */
  #hasPlaceFor({ key, share }: Author): boolean {
    if (!this.#debts.mayBegin(key, share)) return false;
    let least: [string, number] | null = null;
    for (const [blocksKey, { budget }] of this.#active) {
      const { author } = budget;
      if (author.key === key) return false;
      if (least === null || author.share < least[1]) least = [blocksKey, author.share];
    }
    if (least === null || this.#active.size < VETTINGS_MAX) return true;
    if (least[1] >= share) return false;
    this.#active.delete(least[0]);
    return true;
  }

  #go(vetting: Vetting, from: number): void {
    const key = hashKey(vetting.blocks);
    if (this.#active.get(key) !== vetting) return;
    const { budget, seen, done } = vetting;
    const { author } = budget;
    const freshBefore = seen.fresh;
    const end = this.#slice(vetting, from);
    this.#debts.add(author.key, author.share, seen.fresh - freshBefore);
    if (typeof end === "number") {
      this.#clock.soon(() => this.#go(vetting, end));
      return;
    }
    this.#active.delete(key);
    done(end, budget);
  }

  /** Looks at blocks for a while: where to go on, or how it has ended. */
  #slice({ blocks, budget, from, seen }: Vetting, start: number): number | OrderFault | null {
    const until = this.#steady.now() + VETTING_SLICE_MS;
    try {
      for (let position = start; position < blocks.count; position++) {
        if (this.#steady.now() > until) return position;
        const fault = this.#faultAt(blocks, position, from, seen);
        if (fault !== null) return fault;
        budget.ownBlocks = seen.ownFresh;
        if (!this.#news.mayHaveOwnBlocks(budget)) return TOO_MANY_BLOCKS;
        this.#news.charge(blocks.get(position), budget);
      }
    } catch (error) {
      // It may be looked at again when the store can be read again.
      if (error instanceof StoreError) this.#active.delete(hashKey(blocks));
      if (isUnsound(error)) return { reason: error.message, position: -1 };
      if (!(error instanceof MissingDataError)) throw error;
      this.#missing.clear();
      this.#missing.set(hashKey(blocks), error.hashKey);
      return null;
    }
    this.#vetted = blocks;
    return null;
  }

  /** Looks at the cells on the way to a chunk of blocks with the first of them. */
  #faultAt(blocks: Vector, position: number, from: number, seen: BlocksSeen): OrderFault | null {
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
