// What the messages of each peer take of the main thread, by the key that it has proved, whatever
// number of connections it has: messages of peers are read as they come, before those of others,
// and anybody with the least stake can send such as take long, one after the other. Who has taken
// too much is not read for a while: nothing of what it sends is lost, it comes later.

import { votingShare } from "../../consensus/weights.ts";
import type { State } from "../../state/state.ts";
import { AuthorDebts } from "../beliefs/author-debts.ts";
import type { Clock } from "../clock.ts";
import { LOOK_COUNTS_MAX_MS, READING_TERMS } from "../network-bounds.ts";
import type { Neighbour } from "./neighbour.ts";

export interface ReadingDebtsOptions {
  /** Steady. */
  readonly clock: Clock;
  readonly state: () => State;
  /** Does not listen to somebody for so many ms. */
  readonly pause: (neighbour: Neighbour, ms: number) => void;
}

export class ReadingDebts {
  readonly #options: ReadingDebtsOptions;
  readonly #debts: AuthorDebts;
  /** Until when those are not listened to that are not, by the steady clock. */
  readonly #pausedUntilMs = new WeakMap<Neighbour, number>();

  constructor(options: ReadingDebtsOptions) {
    this.#options = options;
    this.#debts = new AuthorDebts(options.clock, READING_TERMS);
  }

  /**
   * Messages of a neighbour have taken so many ms.
   * @param sameOnes all connections to the same peer
   */
  add({ key }: Neighbour, ms: number, sameOnes: () => Iterable<Neighbour>): void {
    if (key === null || ms <= 0) return;
    const share = votingShare(this.#options.state(), key);
    this.#debts.add(key, share, Math.min(ms, LOOK_COUNTS_MAX_MS));
    if (this.#debts.mayBegin(key, share)) return;
    for (const same of sameOnes()) this.#pause(same, key, share);
  }

  /** A further connection has proved its key: it is not listened to any sooner than the others. */
  proved(neighbour: Neighbour): void {
    const { key } = neighbour;
    if (key === null) return;
    const share = votingShare(this.#options.state(), key);
    if (!this.#debts.mayBegin(key, share)) this.#pause(neighbour, key, share);
  }

  #pause(neighbour: Neighbour, key: string, share: number): void {
    const now = this.#options.clock.now();
    if ((this.#pausedUntilMs.get(neighbour) ?? now) > now) return;
    const ms = this.#debts.dueInMs(key, share);
    this.#pausedUntilMs.set(neighbour, now + ms);
    this.#options.pause(neighbour, ms);
  }
}
