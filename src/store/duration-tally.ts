// How often something took how long, in plain numbers, from which a histogram is made when it is
// asked for.

export class DurationTally {
  /** Upper bounds of the buckets, in seconds. */
  readonly bounds: readonly number[];
  /** What took at most as long as its bound, and longer than the one before; the last has none. */
  readonly buckets: number[];
  /** All of them together. */
  seconds = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.buckets = new Array<number>(bounds.length + 1).fill(0);
  }

  add(ms: number): void {
    const { bounds, buckets } = this;
    const seconds = ms / 1_000;
    let i = 0;
    while (i < bounds.length && seconds > (bounds[i] as number)) i++;
    buckets[i] = (buckets[i] as number) + 1;
    this.seconds += seconds;
    this.count++;
  }
}
