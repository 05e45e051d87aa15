// Token buckets: each client may ask at a steady rate, and for a while faster. What is dear counts
// more.

/** Clients whose rate is remembered; the one that was silent longest gives way. */
const CLIENTS_MAX = 10_000;

export interface Rate {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once after a silence. */
  readonly burst: number;
}

interface Bucket {
  /** Requests that may still come at once. */
  left: number;
  /** When that was so, in ms. */
  atMs: number;
}

export class RateLimit {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Seconds until a request of this cost may come, 0 when it may now; then it is counted. */
  wait(client: string, cost: number, nowMs: number): number {
    const left = this.#leftTo(client, nowMs);
    const due = Math.min(cost, this.#rate.burst);
    this.#leave(client, left < due ? left : left - due, nowMs);
    return left < due ? (due - left) / this.#rate.perSecond : 0;
  }

  /** Counts what was done already, so that what comes next waits for it: at most for a burst. */
  take(client: string, cost: number, nowMs: number): void {
    const left = this.#leftTo(client, nowMs) - cost;
    this.#leave(client, Math.max(-this.#rate.burst, left), nowMs);
  }

  #leftTo(client: string, nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(client) ?? { left: burst, atMs: nowMs };
    const elapsed = Math.max(0, nowMs - bucket.atMs) / 1000;
    return Math.min(burst, bucket.left + elapsed * perSecond);
  }

  /** At the end of the map is who came last. */
  #leave(client: string, left: number, nowMs: number): void {
    this.#buckets.delete(client);
    this.#buckets.set(client, { left, atMs: nowMs });
    if (this.#buckets.size <= CLIENTS_MAX) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }

  /** Clients that are remembered. */
  get clients(): number {
    return this.#buckets.size;
  }
}
