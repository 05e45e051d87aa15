// Turns for those who have work waiting: each in the order in which they came, a little at a time,
// and never longer than a slice before other events are let in. So neither one busy connection nor
// many keep the rest, or consensus, waiting.

import type { LinkClock } from "./link.ts";

export interface TurnTaker {
  /** Does a little of the work; true when there is more that can be done now. */
  takeTurn(): boolean;
}

/** Who is added again while it waits keeps its place. */
export class Turns {
  readonly #clock: LinkClock;
  readonly #sliceMs: number;
  /** Insertion order is the order of turns. */
  readonly #waiting = new Set<TurnTaker>();
  #isScheduled = false;

  constructor(clock: LinkClock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  /** Gives a turn to someone who does not wait for one yet. */
  add(taker: TurnTaker): void {
    this.#waiting.add(taker);
    this.#schedule();
  }

  remove(taker: TurnTaker): void {
    this.#waiting.delete(taker);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  #run(): void {
    const until = this.#clock.now() + this.#sliceMs;
    try {
      // Who has more to do goes to the end of the set, and is met again by the same iteration.
      for (const taker of this.#waiting) {
        this.#waiting.delete(taker);
        if (taker.takeTurn()) this.#waiting.add(taker);
        if (this.#clock.now() >= until) break;
      }
    } finally {
      this.#schedule();
    }
  }
}
