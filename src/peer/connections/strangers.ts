// Connections that came in and have proved no key. Each is asked to prove one when it says
// something for the sake of consensus; until it has, its Beliefs take their turn, a few each second
// (sheet 00 O16).

import { keyOf } from "../../crypto/sha3.ts";
import { Blob } from "../../data/blob.ts";
import type { Cell } from "../../data/cell.ts";
import type { ChallengeIdentity } from "../../net/challenge.ts";
import { NoReplyError } from "../../net/pending-requests.ts";
import { type Clock, steadyOf } from "../clock.ts";
import {
  CHALLENGE_AGAIN_MS,
  LOOK_COUNTS_MAX_MS,
  UNTRUSTED_BELIEF_BYTES_MAX,
  UNTRUSTED_BELIEF_PAUSE_MS,
  UNTRUSTED_BELIEF_PAUSES,
  UNTRUSTED_BELIEFS_MAX,
} from "../network-bounds.ts";
import type { Peer } from "../peer.ts";
import type { Random } from "../random.ts";
import { aside } from "../store-guard.ts";
import type { Bans } from "./bans.ts";
import type { Neighbour } from "./neighbour.ts";

export interface StrangersOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly bans: Bans;
  readonly peer: Peer;
  readonly identity: ChallengeIdentity;
  /** Takes in what one says whose turn it is. */
  readonly take: (neighbour: Neighbour, payload: Cell) => void;
  /** Hears who has proved the key of a peer, and what it had said before, null for nothing. */
  readonly onProved: (neighbour: Neighbour, waiting: Cell | null) => void;
}

/** Reads what somebody has said; null when it is no Belief. */
type Read = () => Cell | null;

/** The latest Belief of each waits, for at most UNTRUSTED_BELIEFS_MAX of them. */
export class Strangers {
  readonly #options: StrangersOptions;
  /** For how long something is ago. */
  readonly #steady: Clock;
  /** The latest Belief of each, not read yet. */
  readonly #waiting = new Map<Neighbour, Read>();
  readonly #challengedAtMs = new Map<Neighbour, number>();
  #isDraining = false;
  #isClosed = false;

  constructor(options: StrangersOptions) {
    this.#options = options;
    this.#steady = steadyOf(options.clock);
  }

  /**
   * A Belief, or what should be one: taken when its turn comes, unless it is too long, or too much
   * waits. Not read before, as it takes a hundred times its length in memory.
   * @param bytes length of its message
   */
  onBelief(neighbour: Neighbour, read: Read, bytes: number): void {
    this.challenge(neighbour);
    if (bytes > UNTRUSTED_BELIEF_BYTES_MAX) return;
    if (this.#waiting.size >= UNTRUSTED_BELIEFS_MAX && !this.#waiting.has(neighbour)) return;
    this.#waiting.set(neighbour, read);
    this.#drain();
  }

  /** Has a connection that came in prove its key: for what it says, no more (sheet 00 O16). */
  challenge(neighbour: Neighbour): void {
    const now = this.#steady.now();
    const last = this.#challengedAtMs.get(neighbour) ?? Number.NEGATIVE_INFINITY;
    const isWanted = neighbour.key === null && neighbour.origin.direction === "incoming";
    if (!isWanted || neighbour.isProving || now - last < CHALLENGE_AGAIN_MS) return;
    this.#challengedAtMs.set(neighbour, now);
    aside(this.#steady, this.#verify(neighbour));
  }

  /** The connection has closed. */
  forget(neighbour: Neighbour): void {
    this.#waiting.delete(neighbour);
    this.#challengedAtMs.delete(neighbour);
  }

  /** Takes nothing in any more. */
  close(): void {
    this.#isClosed = true;
  }

  #drain(pauseMs = UNTRUSTED_BELIEF_PAUSE_MS): void {
    if (this.#isDraining || this.#waiting.size === 0) return;
    this.#isDraining = true;
    this.#options.clock.after(pauseMs, () => {
      this.#isDraining = false;
      const next = this.#waiting.entries().next().value;
      if (next === undefined || this.#isClosed) return;
      const [neighbour, read] = next;
      this.#waiting.delete(neighbour);
      const begunMs = this.#steady.now();
      const payload = neighbour.isOpen ? read() : null;
      if (payload !== null) this.#options.take(neighbour, payload);
      const tookMs = Math.min(this.#steady.now() - begunMs, LOOK_COUNTS_MAX_MS);
      this.#drain(Math.max(UNTRUSTED_BELIEF_PAUSE_MS, UNTRUSTED_BELIEF_PAUSES * tookMs));
    });
  }

  async #verify(neighbour: Neighbour): Promise<void> {
    const { random, bans, peer, identity, onProved } = this.#options;
    try {
      const proven = await neighbour.prove(identity, random, null);
      if (proven === null || !neighbour.isOpen || this.#isClosed) return;
      const key = keyOf(proven);
      if (bans.hasKey(key)) {
        neighbour.connection.close("it is banned");
        return;
      }
      const isRegistered = peer.state().peer(Blob.of(proven)) !== null;
      if (!isRegistered || key === keyOf(peer.publicKey)) return;
      neighbour.key = key;
      neighbour.connection.trust();
      const waiting = this.#waiting.get(neighbour)?.() ?? null;
      this.#waiting.delete(neighbour);
      onProved(neighbour, waiting);
    } catch (error) {
      if (!(error instanceof NoReplyError)) throw error;
    }
  }
}
