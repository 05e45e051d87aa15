// When others are told what this peer believes: once it is on disk, and mostly at once. Only the
// news that this peer calls more blocks final waits a little: nobody's consensus depends on it,
// since each level counts the level below in the Orders of others (sheet 04 §3.3). With a next
// block under way it goes out with what is said about that.

import { pointsOf } from "../../consensus/points.ts";
import { hashKey } from "../../data/encode.ts";
import type { Belief } from "../../state/belief.ts";
import { CONSENSUS_LEVEL } from "../../state/order.ts";
import type { Clock } from "../clock.ts";
import { FINALITY_NEWS_AFTER_MS } from "../network-bounds.ts";
import type { RoundParts } from "./round-parts.ts";

export class BeliefNews {
  readonly #parts: Pick<RoundParts, "keyPair" | "publish" | "isRelay">;
  readonly #steady: Clock;
  #told: Belief;
  #written: Belief;
  /** When the written Belief is told at the latest, null when it has been. */
  #dueAtMs: number | null = null;

  /** @param told a Belief that is on disk, and of which nobody has to be told */
  constructor(
    parts: Pick<RoundParts, "keyPair" | "publish" | "isRelay">,
    steady: Clock,
    told: Belief,
  ) {
    this.#parts = parts;
    this.#steady = steady;
    this.#told = told;
    this.#written = told;
  }

  /** Milliseconds until something is to be told, null when there is nothing. */
  get dueInMs(): number | null {
    return this.#dueAtMs === null ? null : Math.max(0, this.#dueAtMs - this.#steady.now());
  }

  /** A Belief is on disk. */
  wrote(belief: Belief): void {
    this.#written = belief;
    if (hashKey(belief) === hashKey(this.#told)) this.#dueAtMs = null;
    else if (this.#parts.isRelay() || !this.#isFinalityAlone()) this.#tell();
    else this.#dueAtMs ??= this.#steady.now() + FINALITY_NEWS_AFTER_MS;
  }

  /** Tells what has waited long enough. */
  tellDue(): void {
    if (this.dueInMs === 0) this.#tell();
  }

  #tell(): void {
    this.#dueAtMs = null;
    this.#told = this.#written;
    this.#parts.publish(this.#written);
  }

  /** Whether the own Order differs from the one told in nothing but more blocks that are final. */
  #isFinalityAlone(): boolean {
    const { publicKey } = this.#parts.keyPair;
    const [before, now] = [this.#told.orderOf(publicKey), this.#written.orderOf(publicKey)];
    if (before === null || now === null) return false;
    const [points, next] = [pointsOf(before), pointsOf(now)];
    const risen = (level: number) => (next[level] as number) - (points[level] as number);
    if (risen(CONSENSUS_LEVEL.PROPOSAL) !== 0 || risen(CONSENSUS_LEVEL.CONSENSUS) !== 0)
      return false;
    return risen(CONSENSUS_LEVEL.FINALITY) > 0 && hashKey(before.blocks) === hashKey(now.blocks);
  }
}
