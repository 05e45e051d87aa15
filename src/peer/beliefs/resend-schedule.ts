// When blocks that are not final are sent again although everybody has had them: after a time
// without progress, twice as late each time. A peer of the reference that has skipped an Order, as
// it lacked a cell at that moment, keeps nothing of it and does not ask, so that it can't take any
// later Order either. Progress is that the first own block which waits has become final, or without
// such that anything has.

import { finalityPoint } from "../../consensus/points.ts";
import { hashKey } from "../../data/encode.ts";
import { SignedData } from "../../data/signed.ts";
import type { Order } from "../../state/order.ts";
import { RESEND_AFTER_MS, RESEND_MAX_MS } from "../network-bounds.ts";

export class ResendSchedule {
  /** What is waited for, by a name that changes with each progress. */
  #awaited = "";
  /** Infinite while nothing waits for finality. */
  #dueAtMs = Number.POSITIVE_INFINITY;
  #delayMs = RESEND_AFTER_MS;

  /**
   * Takes note of the Order that the peer goes by now.
   * @param own key of the peer, as 32 characters
   */
  follow(order: Order | null, own: string, nowMs: number): void {
    const final = order === null ? 0 : finalityPoint(order);
    const awaited = firstOwnBlock(order, final, own) ?? `${final}`;
    const isProgress = awaited !== this.#awaited || this.#dueAtMs === Number.POSITIVE_INFINITY;
    this.#awaited = awaited;
    if (order === null || order.blockCount === final) this.#dueAtMs = Number.POSITIVE_INFINITY;
    else if (isProgress) this.#plan(RESEND_AFTER_MS, nowMs);
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs;
  }

  /** Whether the next time is the first since there was progress. */
  get isFirst(): boolean {
    return this.#delayMs <= RESEND_AFTER_MS;
  }

  /** The blocks have been sent again. */
  sent(nowMs: number): void {
    this.#plan(Math.min(RESEND_MAX_MS, 2 * this.#delayMs), nowMs);
  }

  #plan(delayMs: number, nowMs: number): void {
    this.#delayMs = delayMs;
    this.#dueAtMs = nowMs + delayMs;
  }
}

/** Hash key of the first block behind the final ones that this peer has signed, null without. */
function firstOwnBlock(order: Order | null, final: number, own: string): string | null {
  if (order === null) return null;
  for (let i = final; i < order.blockCount; i++) {
    const block = order.blocks.get(i);
    if (block instanceof SignedData && block.signer === own) return hashKey(block);
  }
  return null;
}
