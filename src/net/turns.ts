// Turns for those who have work waiting: in the order in which they came, a little at a time, and
// for no longer than a slice before other events are let in. Those whose turns have taken long come
// after all others for a while, though at least one of them in each slice. So neither one busy
// connection nor many keep the rest, or consensus, waiting: a thousand that send what takes 25 ms
// to read would otherwise have everybody wait for 25 s.

import { COSTLY_TURN_MS, COSTLY_WAIT_MAX_MS, COSTLY_WAIT_TURNS } from "./bounds.ts";
import type { LinkClock } from "./link.ts";

export interface TurnTaker {
  /** Whether it keeps its place among the others even when its turns take long. */
  readonly hasPrecedence?: boolean;
  /** Does a little of the work; true when there is more that can be done now. */
  takeTurn(): boolean;
  /** Hears how many ms its turn has taken. */
  spent?(ms: number): void;
}

/** A taker that is added again while it waits keeps its place. */
export class Turns {
  readonly #clock: LinkClock;
  readonly #sliceMs: number;
  /** Insertion order is the order of turns. */
  readonly #waiting = new Set<TurnTaker>();
  /** Those that wait and come after all others: their turns have taken long lately. */
  readonly #costly = new Set<TurnTaker>();
  /** Until when a taker comes after all others. */
  readonly #costlyUntilMs = new WeakMap<TurnTaker, number>();
  #isScheduled = false;

  constructor(clock: LinkClock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  /** Has a taker wait for a turn, unless it does already. */
  add(taker: TurnTaker): void {
    this.#queue(taker);
    this.#schedule();
  }

  remove(taker: TurnTaker): void {
    this.#waiting.delete(taker);
    this.#costly.delete(taker);
  }

  #queue(taker: TurnTaker): void {
    if (this.#waiting.has(taker) || this.#costly.has(taker)) return;
    const untilMs = this.#costlyUntilMs.get(taker);
    const isCostly = untilMs !== undefined && this.#clock.now() < untilMs;
    (isCostly && taker.hasPrecedence !== true ? this.#costly : this.#waiting).add(taker);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size + this.#costly.size === 0) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  #run(): void {
    const until = this.#clock.now() + this.#sliceMs;
    try {
      this.#serve(this.#waiting, until);
      this.#serve(this.#costly, until);
    } finally {
      this.#schedule();
    }
  }

  /** A taker with more to do goes to the end of the set, where this iteration may meet it again. */
  #serve(takers: Set<TurnTaker>, until: number): void {
    let beganAt = this.#clock.now();
    for (const taker of takers) {
      takers.delete(taker);
      const hasMore = taker.takeTurn();
      const now = this.#clock.now();
      this.#note(taker, now - beganAt, now);
      if (hasMore) this.#queue(taker);
      if (now >= until) break;
      beganAt = now;
    }
  }

  #note(taker: TurnTaker, tookMs: number, now: number): void {
    taker.spent?.(tookMs);
    if (tookMs < COSTLY_TURN_MS) return;
    const from = Math.max(now, this.#costlyUntilMs.get(taker) ?? now);
    this.#costlyUntilMs.set(
      taker,
      Math.min(from + COSTLY_WAIT_TURNS * tookMs, now + COSTLY_WAIT_MAX_MS),
    );
  }
}
