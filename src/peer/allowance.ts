// A token bucket for work that others could make this peer do without end: so much of it each
// second, and some at once after a while without.

import type { Clock } from "./clock.ts";

/** In any unit of cost. */
export interface AllowanceTerms {
  readonly perSecond: number;
  readonly atOnce: number;
}

const SECOND_MS = 1_000;

export class Allowance {
  readonly #clock: Pick<Clock, "now">;
  readonly #terms: AllowanceTerms;
  #left: number;
  #atMs: number;

  /** @param clock steady */
  constructor(clock: Pick<Clock, "now">, terms: AllowanceTerms) {
    this.#clock = clock;
    this.#terms = terms;
    this.#left = terms.atOnce;
    this.#atMs = clock.now();
  }

  /** Whether work of this cost may be done now; if so it is counted. */
  take(cost: number): boolean {
    const { perSecond, atOnce } = this.#terms;
    const now = this.#clock.now();
    // A clock that goes back earns nothing.
    const earned = (Math.max(0, now - this.#atMs) * perSecond) / SECOND_MS;
    this.#left = Math.min(atOnce, this.#left + earned);
    this.#atMs = now;
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}
