// What one receiver of Beliefs has had already, and which peers it hears without us. What it sends
// itself shows both.

import { Cell, Ref } from "../../data/cell.ts";
import { hashKey } from "../../data/encode.ts";
import { Index } from "../../data/index-map.ts";
import { SignedData } from "../../data/signed.ts";
import { Vector } from "../../data/vector.ts";
import { Belief } from "../../state/belief.ts";
import { BLOCKS_SLOT, Order } from "../../state/order.ts";
import { isOver } from "../clock.ts";
import {
  ASKS_WITHIN_MS,
  FETCHES_WITHIN_MS,
  HAD_GROUPS_MAX,
  HEARS_WITHIN_MS,
  INTRODUCTIONS_MS,
} from "../network-bounds.ts";
import { keepNewest } from "../newest.ts";
import type { KnownOrders } from "./belief-groups.ts";
import { heldOrders } from "./payload-orders.ts";

/** One for each receiver, from the time it was connected. */
export class Delivery {
  /** The last Belief whose news it was sent, null before the first. */
  sent: Belief | null = null;
  /**
   * The Orders that it has, as far as we told them: those of `sent`, or earlier ones of peers whose
   * news was left to others to tell.
   */
  base: KnownOrders | null = null;
  /** The last Belief that it was sent as a whole, and when. */
  whole: Belief | null = null;
  wholeAtMs = Number.NEGATIVE_INFINITY;
  /** When anything was sent to it. */
  sentAtMs = Number.NEGATIVE_INFINITY;
  /** Times, still to come, at which it is sent the Belief as if it were new to it. */
  introductions: number[];
  /**
   * Orders by name, and blocks by hash key, that came from it or that it was sent; oldest first.
   */
  readonly #had = new Set<string>();
  /** Those of them that came from it, while there are introductions to come. */
  readonly #shown = new Set<string>();
  /** When it last showed that it hears a peer without us, by key of that peer. */
  readonly #hears = new Map<string, number>();
  /** Most Orders in one of its Beliefs. */
  #ordersMax = 0;
  /** Orders in its last Belief. */
  #orders = 0;
  /** The last two times at which a Belief of it had fewer Orders than the one before. */
  #fewerAtMs = Number.NEGATIVE_INFINITY;
  #fewerBeforeMs = Number.NEGATIVE_INFINITY;
  #fetchedAtMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: number) {
    this.introductions = INTRODUCTIONS_MS.map((delayMs) => nowMs + delayMs);
  }

  /** Whether it has an Order or block. */
  has(groupKey: string): boolean {
    return this.#had.has(groupKey);
  }

  note(groupKey: string): void {
    if (this.#had.has(groupKey)) return;
    this.#had.add(groupKey);
    keepNewest(this.#had, HAD_GROUPS_MAX);
  }

  /** Whether it has shown an Order or block itself since the connection began. */
  hasShown(groupKey: string): boolean {
    return this.#shown.has(groupKey);
  }

  #noteShown(groupKey: string): void {
    this.note(groupKey);
    if (this.introductions.length > 0 && this.#shown.size < HAD_GROUPS_MAX) {
      this.#shown.add(groupKey);
    } else if (this.#shown.size > 0) {
      this.#shown.clear();
    }
  }

  /** Whether it hears of a peer (32 characters) as soon without us. */
  hears(publicKey: string, nowMs: number): boolean {
    return !isOver(this.#hears.get(publicKey) ?? Number.NEGATIVE_INFINITY, HEARS_WITHIN_MS, nowMs);
  }

  /**
   * Whether it asks for what is missing in a Belief, and keeps the rest: whoever tells news alone
   * does. A peer of the reference does not, and in its Beliefs Orders do not come and go.
   */
  asks(nowMs: number): boolean {
    return !isOver(this.#fewerBeforeMs, ASKS_WITHIN_MS, nowMs);
  }

  /** Whether it has asked for cells lately: then it has blocks of others from nobody else. */
  isFetching(nowMs: number): boolean {
    return !isOver(this.#fetchedAtMs, FETCHES_WITHIN_MS, nowMs);
  }

  noteFetch(nowMs: number): void {
    this.#fetchedAtMs = nowMs;
  }

  /**
   * Takes note of what it has sent: the Orders named in a payload, and blocks that are in memory.
   */
  noteReceived(payload: Cell, nowMs: number): void {
    const orders = heldOrders(payload);
    const isNewsAlone = orders.length < this.#ordersMax;
    this.#ordersMax = Math.max(this.#ordersMax, orders.length);
    const seen = new Set<string>();
    for (const signed of orders) this.#noteOrder(signed, isNewsAlone, nowMs, seen);
    this.#noteCount(payload, nowMs);
  }

  /** Counts all Orders of a Belief, also those that are only named. */
  #noteCount(payload: Cell, nowMs: number): void {
    const orders = payload instanceof Belief ? payload.slotAt(0) : null;
    if (!(orders instanceof Index)) return;
    if (orders.count < this.#orders) {
      this.#fewerBeforeMs = this.#fewerAtMs;
      this.#fewerAtMs = nowMs;
    }
    this.#orders = orders.count;
  }

  /**
   * Whoever names an Order has it, even if its message does not bring it. It has it from others
   * than us when we have not sent it, or when it tells it as news: then our message and its have
   * crossed.
   */
  #noteOrder(signed: SignedData, isNews: boolean, nowMs: number, seen: Set<string>): void {
    const key = signed.name;
    if ((isNews || !this.#had.has(key)) && signed.publicKey !== null) {
      // Bounded: a message can name any number of keys.
      if (this.#hears.size >= HAD_GROUPS_MAX) this.#hears.clear();
      this.#hears.set(signed.signer, nowMs);
    }
    this.#noteShown(key);
    const order = signed.slotAt();
    const blocks = order instanceof Order ? order.slotAt(BLOCKS_SLOT) : null;
    if (blocks instanceof Vector) this.#noteBlocks(blocks, seen);
  }

  /** @param seen hash keys of the vectors of the message that have been looked at */
  #noteBlocks(blocks: Vector, seen: Set<string>): void {
    if (this.#isNoted(blocks, seen)) return;
    const stack: Cell[] = [blocks];
    while (stack.length > 0) {
      const cell = stack.pop() as Cell;
      if (cell instanceof SignedData) this.#noteShown(hashKey(cell));
      else if (cell instanceof Vector) this.#noteParts(cell, stack, seen);
    }
  }

  /**
   * Whether all of a vector has been looked at before: Orders share their blocks. `seen` is asked
   * too, as what was had is forgotten in time, and a hand-made vector can name the same one from
   * any number of places.
   */
  #isNoted({ hashCache }: Vector, seen: Set<string>): boolean {
    if (hashCache === null) return false;
    if (this.#had.has(hashCache) || seen.has(hashCache)) return true;
    seen.add(hashCache);
    this.note(hashCache);
    return false;
  }

  /** Parts of a vector that are in memory, and blocks of it that are only named. */
  #noteParts(cell: Vector, stack: Cell[], seen: Set<string>): void {
    for (let i = 0; i < cell.slotCount; i++) {
      const slot = cell.slotAt(i);
      if (slot instanceof Ref) {
        if (!cell.isTree) this.#noteShown(slot.hashKey);
      } else if (slot instanceof Cell && !(slot instanceof Vector && this.#isNoted(slot, seen))) {
        stack.push(slot);
      }
    }
  }
}
