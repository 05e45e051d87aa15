// Turns of subscribers. News wakes all of them at once, a thousand with 5 ms each: what each is
// told is put together one after another, and other events are let in between.

import { type Clock, steadyOf } from "../../peer/clock.ts";

/** Time for turns after which other events are let in. */
const SLICE_MS = 5;
/** Turns after which they are: what was put together is then written to as many connections. */
const SLICE_TURNS = 64;

export class FeedTurns {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #isPlanned = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does some work when its turn has come. */
  run<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#clock.soon(() => this.#slice());
  }

  #slice(): void {
    this.#isPlanned = false;
    const steady = steadyOf(this.#clock);
    const until = steady.now() + SLICE_MS;
    for (let turns = 0; turns < SLICE_TURNS && steady.now() <= until; turns++) {
      const work = this.#waiting.shift();
      if (work === undefined) return;
      work();
    }
    if (this.#waiting.length > 0) this.#plan();
  }
}
