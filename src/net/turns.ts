// Turns for those who have work waiting: each in the order in which they came, a little at a time,
// and never longer than a slice before other events are let in. Those whose turns take long come
// after all others, one of them at least in each slice. So neither one busy connection nor many
// keep the rest, or consensus, waiting: a thousand that send what takes 25 ms to read would else
// have everybody wait for 25 s.

import { DEAR_MAX_MS, DEAR_TURN_MS, DEAR_TURNS } from "./bounds.ts";
import type { LinkClock } from "./link.ts";

export interface TurnTaker {
  /** Whether its turns may take long, and it does not come after others for it. */
  readonly hasPrecedence?: boolean;
  /** Does a little of the work; true when there is more that can be done now. */
  takeTurn(): boolean;
  /** Hears how many ms its turn has taken. */
  spent?(ms: number): void;
}

/** Who is added again while it waits keeps its place. */
export class Turns {
  readonly #clock: LinkClock;
  readonly #sliceMs: number;
  /** Insertion order is the order of turns. */
  readonly #waiting = new Set<TurnTaker>();
  /** Those whose turns have taken long lately. */
  readonly #dear = new Set<TurnTaker>();
  /** Until when they come after others. */
  readonly #dearUntilMs = new WeakMap<TurnTaker, number>();
  #isScheduled = false;

  constructor(clock: LinkClock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  /** Gives a turn to someone who does not wait for one yet. */
  add(taker: TurnTaker): void {
    this.#queue(taker);
    this.#schedule();
  }

  remove(taker: TurnTaker): void {
    this.#waiting.delete(taker);
    this.#dear.delete(taker);
  }

  #queue(taker: TurnTaker): void {
    if (this.#waiting.has(taker) || this.#dear.has(taker)) return;
    const untilMs = this.#dearUntilMs.get(taker);
    const isDear = untilMs !== undefined && this.#clock.now() < untilMs;
    (isDear && taker.hasPrecedence !== true ? this.#dear : this.#waiting).add(taker);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size + this.#dear.size === 0) return;
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
      this.#serve(this.#dear, until);
    } finally {
      this.#schedule();
    }
  }

  /** Who has more to do goes to the end of a set, and may be met again by the same iteration. */
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
    if (tookMs < DEAR_TURN_MS) return;
    const from = Math.max(now, this.#dearUntilMs.get(taker) ?? now);
    this.#dearUntilMs.set(taker, Math.min(from + DEAR_TURNS * tookMs, now + DEAR_MAX_MS));
  }
}
