// How long a store's transactions take, counted as they are made: the thread waits for the disk at
// each of them, so that a slow disk makes all of a peer slow.

/**
 * Seconds: a local SSD, a rented one, a disk that turns, one that others use as well, and no disk.
 */
export const WRITE_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10] as const;

export class WriteTimes {
  /** Transactions that took at most as long as their bucket, and longer than the one before. */
  readonly buckets: number[] = new Array<number>(WRITE_BUCKETS.length + 1).fill(0);
  /** All of them together. */
  seconds = 0;
  count = 0;
  #longestMs = 0;

  add(ms: number): void {
    const seconds = ms / 1_000;
    const place = WRITE_BUCKETS.findIndex((bound) => seconds <= bound);
    const i = place < 0 ? WRITE_BUCKETS.length : place;
    this.buckets[i] = (this.buckets[i] as number) + 1;
    this.seconds += seconds;
    this.count++;
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** The longest in ms since this was asked last, 0 without any. */
  takeLongest(): number {
    const longest = this.#longestMs;
    this.#longestMs = 0;
    return longest;
  }
}
