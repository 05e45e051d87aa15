// How long a store's transactions take until they are durable, counted as they are made: whoever
// waits for a Result waits for that.

import { DurationTally } from "./duration-tally.ts";

/**
 * Seconds: a local SSD, a rented one, a disk that turns, one that others use as well, and no disk.
 */
export const WRITE_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10] as const;

export class WriteTimes extends DurationTally {
  #longestMs = 0;

  constructor() {
    super(WRITE_BUCKETS);
  }

  override add(ms: number): void {
    super.add(ms);
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** The longest in ms since this was asked last, 0 without any. */
  takeLongest(): number {
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest;
  }
}
