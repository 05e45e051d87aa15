// Whether other peers come to the same State (sheet 04 §14.11): what they report at a position is
// compared with what this peer computed there. A peer may report a new position before the State
// that belongs to it, for as long as its blocks take to be executed, or an earlier position when
// finality falls in its merge (sheet 04 §3.7). So a report contradicts this peer only when it has
// stood for a while, and when its State is none that this peer has come to near that position.

import { BLOCKING_SHARE } from "../../consensus/cpos.ts";
import { votingWeights } from "../../consensus/weights.ts";
import { keyOf } from "../../crypto/sha3.ts";
import { hashKey, slotHashKey } from "../../data/encode.ts";
import { CONSENSUS_LEVEL } from "../../state/order.ts";
import { EXECUTE_BLOCKS_MAX } from "../bounds.ts";
import type { RemoteStatus } from "../connections/neighbour.ts";
import type { Peer } from "../peer.ts";

export type Agreement = "same" | "different" | "unknown";

interface Report {
  readonly position: number;
  readonly state: string;
  readonly sinceMs: number;
}

/** How long a report must stand. */
const STANDS_AFTER_MS = 1_000;

/**
 * By key of the peer, 32 characters, or the address of one that has proved none; `unknown` until
 * it has reported something that tells.
 */
export class StateComparison {
  readonly #peer: Peer;
  readonly #reports = new Map<string, Report>();
  readonly #agreements = new Map<string, Agreement>();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Takes note of what a peer says. @param key of that peer, or its address */
  report(key: string, status: RemoteStatus, nowMs: number): Agreement {
    const position = status.points[CONSENSUS_LEVEL.FINALITY] as number;
    const last = this.#reports.get(key);
    const isNew = last?.position !== position || last.state !== status.state;
    if (isNew) this.#reports.set(key, { position, state: status.state, sinceMs: nowMs });
    const own = this.#stateAt(position);
    if (own === status.state) this.#agreements.set(key, "same");
    else if (!isNew && nowMs - last.sinceMs >= STANDS_AFTER_MS) {
      if (own !== null && !this.#isNear(status.state, position)) {
        this.#agreements.set(key, "different");
      }
    }
    return this.of(key);
  }

  of(key: string): Agreement {
    return this.#agreements.get(key) ?? "unknown";
  }

  /** Keys of the peers that come to the same State, or to another. */
  keys(agreement: Agreement): string[] {
    const own = keyOf(this.#peer.publicKey);
    const keys = [...this.#agreements.keys()];
    return keys.filter((key) => key !== own && this.of(key) === agreement);
  }

  /** The peer has gone, and with it what it said. */
  forget(key: string): void {
    this.#reports.delete(key);
    this.#agreements.delete(key);
  }

  /**
   * Why this peer's State seems to be wrong, null when it does not: more peers contradict it than
   * agree, and so many that they could halt consensus anyway, since it votes no more then. They are
   * counted by stake, since anybody can have many peers of the least stake; by number where nobody,
   * this peer included, has any.
   */
  get divergence(): string | null {
    const different = this.keys("different").length;
    const same = this.keys("same").length;
    if (different === 0 || !this.#isOutweighed(different > same)) return null;
    const peers = different + same === 1 ? "the peer" : `${different} of ${different + same} peers`;
    return `The State of this peer is not that of ${peers} that it can be compared with`;
  }

  /** @param byNumber what counts when nobody has a stake */
  #isOutweighed(byNumber: boolean): boolean {
    const { weights } = votingWeights(this.#peer.state());
    const weightOf = (keys: Iterable<string>) => {
      let sum = 0;
      for (const key of keys) sum += weights.get(key) ?? 0;
      return sum;
    };
    const heard = weightOf(new Set([...this.#reports.keys(), keyOf(this.#peer.publicKey)]));
    if (heard === 0) return byNumber;
    const contradicting = weightOf(this.keys("different"));
    const agreeing = weightOf(this.keys("same"));
    return contradicting > agreeing && contradicting > heard * BLOCKING_SHARE;
  }

  /** Hash key of the State after so many blocks, null when they are not executed. */
  #stateAt(position: number): string | null {
    const peer = this.#peer;
    if (position === peer.position) return hashKey(peer.state());
    if (position === 0) return keyOf(peer.status().genesis);
    const result = peer.blockResult(position - 1);
    return result === null ? null : slotHashKey(result.slotAt(0));
  }

  /** Whether a State is one that this peer has come to not long before a position, or after it. */
  #isNear(state: string, position: number): boolean {
    const first = Math.max(0, position - EXECUTE_BLOCKS_MAX);
    const last = Math.min(this.#peer.position, position + EXECUTE_BLOCKS_MAX);
    for (let other = first; other <= last; other++) {
      if (this.#stateAt(other) === state) return true;
    }
    return false;
  }
}
