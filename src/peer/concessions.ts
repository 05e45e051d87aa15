// When this peer gives in to what others hold on to (consensus/concession.ts): after blocks have waited for
// finality for a while. It then stays with it, whatever its merge comes to, until blocks become final again,
// or for so long that it looks once more.

import { concession } from "../consensus/concession.ts";
import type { PeerHistory } from "../consensus/peer-history.ts";
import { CONCEDE_AFTER_MS, CONCESSION_MS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { OrderGuard } from "./order-guard.ts";
import type { Standing } from "./standing.ts";

export class Concessions {
  readonly #clock: Clock;
  readonly #guard: OrderGuard;
  readonly #standing: Standing;
  #nextLookMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, guard: OrderGuard, standing: Standing) {
    this.#clock = clock;
    this.#guard = guard;
    this.#standing = standing;
  }

  /** Milliseconds until there is reason to look, 0 when there is now; null when nothing waits. */
  get dueInMs(): number | null {
    const { waitingMs } = this.#standing;
    if (waitingMs === null) return null;
    return Math.max(0, CONCEDE_AFTER_MS - waitingMs, this.#nextLookMs - this.#clock.now());
  }

  /** The peer with other blocks in its Order, when it gives in; else as it is. */
  apply(peer: PeerHistory, isVoting: boolean): PeerHistory {
    const { waitingMs } = this.#standing;
    if (!isVoting || waitingMs === null || waitingMs < CONCEDE_AFTER_MS) {
      this.#guard.concede(null);
      return peer;
    }
    if (this.dueInMs !== 0) return peer;
    this.#guard.concede(null);
    const found = concession(peer.belief, this.#guard.publicKey, peer.state);
    this.#nextLookMs = this.#clock.now() + (found === null ? CONCEDE_AFTER_MS : CONCESSION_MS);
    if (found === null) return peer;
    this.#guard.concede(found.held);
    return peer.proposeInstead(found.blocks);
  }
}
