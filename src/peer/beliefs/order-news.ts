// What Orders bring in blocks that this peer does not have. It is gone through before an Order is
// taken: all of it must be there, and be no more than its author may have in the memory and on the
// disk of others. In memory it stays for as long as the Order is the latest of its author, small
// cells at a hundred times their length; and who signs one Order after the other fills the disk.

import type { Value } from "../../data/cell.ts";
import type { Store } from "../../store/store.ts";
import type { Clock } from "../clock.ts";
import {
  FETCH_TERMS,
  LITTLE_NEWS_MEMORY_MAX,
  NEGLIGIBLE_SHARE,
  ORDER_NEWS_MEMORY_MAX,
  OWN_BLOCKS_OF_LITTLE_MAX,
  OWN_BLOCKS_TERMS,
} from "../network-bounds.ts";
import { AuthorDebts } from "./author-debts.ts";

/** Who has signed an Order. */
export interface Author {
  /** 32 characters. */
  readonly key: string;
  /** Of the voting weight, 0 to 1. */
  readonly share: number;
}

/** What one Order may bring. */
export interface NewsBudget {
  readonly author: Author;
  /** Bytes of memory (data/footprint.ts) of new cells that it may bring yet. */
  memoryLeft: number;
  /** Blocks of the author's own that have been looked at for it. */
  ownBlocks: number;
}

export class OrderNews {
  readonly #store: Store;
  /** Bytes of all Orders taken so far. */
  readonly #debts: AuthorDebts;
  /** Blocks of their own in them. */
  readonly #ownBlocks: AuthorDebts;

  /** @param clock steady */
  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#debts = new AuthorDebts(clock, FETCH_TERMS);
    this.#ownBlocks = new AuthorDebts(clock, OWN_BLOCKS_TERMS);
  }

  /** Whether Orders of a peer have not cost too much of late. */
  mayBegin({ key, share }: Author): boolean {
    return this.#debts.mayBegin(key, share) && this.#ownBlocks.mayBegin(key, share);
  }

  budgetOf(author: Author): NewsBudget {
    const isLittle = author.share < NEGLIGIBLE_SHARE;
    const memoryLeft = isLittle ? LITTLE_NEWS_MEMORY_MAX : ORDER_NEWS_MEMORY_MAX;
    return { author, memoryLeft, ownBlocks: 0 };
  }

  /** Whether an Order has no more new blocks of its author than are taken at a time. */
  mayHaveOwnBlocks({ author, ownBlocks }: NewsBudget): boolean {
    return author.share >= NEGLIGIBLE_SHARE || ownBlocks <= OWN_BLOCKS_OF_LITTLE_MAX;
  }

  /** An Order has been taken: charges its author for the blocks of its own. */
  taken({ author, ownBlocks }: NewsBudget): void {
    this.#ownBlocks.add(author.key, author.share, ownBlocks);
  }

  /**
   * Goes through the next block of an Order, and charges its author for what is new in it.
   * @throws MissingDataError when a cell is missing; also when more is new than is gone through in
   * memory: it may still be fetched into the store
   */
  charge(block: Value, budget: NewsBudget): void {
    const { bytes, memory } = this.#store.requireComplete(block, budget.memoryLeft);
    budget.memoryLeft -= memory;
    this.#debts.add(budget.author.key, budget.author.share, bytes);
  }
}
