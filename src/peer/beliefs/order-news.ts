// What Orders bring in blocks that this peer does not have, gone through before they are taken:
// all of it is there, and no more than their author may have in the memory and on the disk of
// others. What an Order has in memory it has for as long as it is its author's latest, small cells
// a hundred times their length, and whoever signs one after the other fills the disk for nothing.

import type { Value } from "../../data/cell.ts";
import type { Store } from "../../store/store.ts";
import type { Clock } from "../clock.ts";
import {
  FETCH_TERMS,
  LITTLE_NEWS_BYTES_MAX,
  NEGLIGIBLE_SHARE,
  ORDER_NEWS_BYTES_MAX,
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

/** One for each Order that is gone through: how many bytes it has left. */
export interface NewsRoom {
  readonly author: Author;
  left: number;
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

  roomFor(author: Author): NewsRoom {
    const isLittle = author.share < NEGLIGIBLE_SHARE;
    return { author, left: isLittle ? LITTLE_NEWS_BYTES_MAX : ORDER_NEWS_BYTES_MAX, ownBlocks: 0 };
  }

  /** Whether an Order has no more new blocks of its author than are taken at a time. */
  hasPlaceFor({ author, ownBlocks }: NewsRoom): boolean {
    return author.share >= NEGLIGIBLE_SHARE || ownBlocks <= OWN_BLOCKS_OF_LITTLE_MAX;
  }

  /** An Order has been taken. */
  taken({ author: { key, share }, ownBlocks }: NewsRoom): void {
    this.#ownBlocks.add(key, share, ownBlocks);
  }

  /**
   * Goes through the next block.
   * @throws MissingDataError when a cell is missing, or what is new is too much to be gone through
   * in memory: by the store it may come all the same
   */
  pass(block: Value, room: NewsRoom): void {
    const bytes = this.#store.requireComplete(block, room.left);
    room.left -= bytes;
    this.#debts.add(room.author.key, room.author.share, bytes);
  }
}
