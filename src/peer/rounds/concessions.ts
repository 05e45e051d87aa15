// When this peer gives in to what others hold on to (consensus/concession.ts): after blocks have
// waited for finality for a while. It then keeps to that, whatever its merge comes to, until blocks
// become final again, or so much time has passed that it looks once more. To few holders it gives
// in late and seldom: one peer that lies could tell each of the others of another hold, and keep
// them apart for ever.

import { concession } from "../../consensus/concession.ts";
import type { PeerHistory } from "../../consensus/peer-history.ts";
import {
  CONCEDE_AFTER_MS,
  CONCEDE_TO_FEW_AFTER_MS,
  CONCEDE_TO_FEW_EVERY_MS,
  CONCESSION_MS,
} from "../bounds.ts";
import { type Clock, isOver } from "../clock.ts";
import type { OrderGuard } from "./order-guard.ts";
import type { Standing } from "./standing.ts";

export class Concessions {
  readonly #clock: Clock;
  readonly #guard: OrderGuard;
  readonly #standing: Standing;
  #nextLookMs = Number.NEGATIVE_INFINITY;
  /** When it gave in to few. */
  #toFewAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, guard: OrderGuard, standing: Standing) {
    this.#clock = clock;
    this.#guard = guard;
    this.#standing = standing;
  }

  /** Milliseconds until there is reason to look, 0 when there is now; null when nothing waits. */
  get dueInMs(): number | null {
    const { waitingMs } = this.#standing;
    if (waitingMs === null) return null;
    const lookInMs = this.#nextLookMs - this.#clock.now();
    // A longer wait than there ever is means that the clock was set back.
    return Math.max(0, CONCEDE_AFTER_MS - waitingMs, lookInMs > CONCESSION_MS ? 0 : lookInMs);
  }

  /** The peer with the blocks of others in its Order when it gives in; else as it is. */
  apply(peer: PeerHistory, isVoting: boolean): PeerHistory {
    const { waitingMs } = this.#standing;
    if (!isVoting || waitingMs === null || waitingMs < CONCEDE_AFTER_MS) {
      this.#guard.concede(null);
      return peer;
    }
    if (this.dueInMs !== 0) return peer;
    this.#guard.concede(null);
    const found = concession(peer.belief, this.#guard.publicKey, peer.state);
    const now = this.#clock.now();
    if (found === null || (!found.isNeeded && !this.#mayFollowFew(waitingMs, now))) {
      this.#nextLookMs = now + CONCEDE_AFTER_MS;
      return peer;
    }
    if (!found.isNeeded) this.#toFewAtMs = now;
    this.#nextLookMs = now + CONCESSION_MS;
    this.#guard.concede(found.held);
    return peer.proposeInstead(found.blocks);
  }

  /** Whether it may give in to holders whom a quorum can do without. */
  #mayFollowFew(waitingMs: number, now: number): boolean {
    if (waitingMs < CONCEDE_TO_FEW_AFTER_MS) return false;
    return isOver(this.#toFewAtMs, CONCEDE_TO_FEW_EVERY_MS, now);
  }
}
