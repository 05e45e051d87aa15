// The lane of HTTP queries: those that came with the events at hand run one after another when all
// of these are read, and after a slice of time other events are let in, so that no number of them
// keeps transactions or consensus waiting. Their answers leave together: one that leaves alone
// wakes its client, which is a sixth of what a query costs. Other work that may take long, as
// reading a long body or printing a large answer, has turns of its own between them.

import type { Clock } from "../peer/clock.ts";

/** Queries that wait; further ones are refused. */
export const LANE_MAX = 1_000;
/** Time for queries after which other events get their turn. */
const SLICE_MS = 5;

/** Too many wait. */
export class LaneFullError extends Error {}

/** Null when it is done, else what ends when it is. */
type Job = () => Promise<void> | null;

export class WorkLane {
  readonly #clock: Clock;
  readonly #waiting: Job[] = [];
  readonly #turns: (() => void)[] = [];
  #isRunning = false;
  /** Whether the last to run was a turn: they alternate with slices. */
  #wasTurn = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a job in its turn. @throws LaneFullError */
  run<T>(job: () => T | Promise<T>): Promise<T> {
    if (this.#waiting.length >= LANE_MAX) {
      return Promise.reject(new LaneFullError("Too many queries wait: try again in a moment"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          const done = job();
          if (done instanceof Promise) return done.then(resolve, reject);
          resolve(done);
        } catch (error) {
          reject(error);
        }
        return null;
      });
      this.#schedule();
    });
  }

  /**
   * Resolves when its turn has come: what follows without waiting for anything else is done before
   * other events are let in. Never refused, since what was done already may have to be answered.
   */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#clock.soon(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    const isTurn = this.#turns.length > 0 && (this.#waiting.length === 0 || !this.#wasTurn);
    this.#wasTurn = isTurn;
    if (isTurn) this.#turns.shift()?.();
    else await this.#slice();
    this.#isRunning = false;
    if (this.#waiting.length + this.#turns.length > 0) this.#schedule();
  }

  async #slice(): Promise<void> {
    const until = performance.now() + SLICE_MS;
    do {
      const underWay = this.#waiting.shift()?.() ?? null;
      if (underWay !== null) await underWay;
    } while (this.#waiting.length > 0 && performance.now() < until);
  }
}
