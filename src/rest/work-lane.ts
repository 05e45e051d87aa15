// The lane of HTTP queries: they run one after another, and after a slice of time other events are let
// in, so that no number of them keeps transactions or consensus waiting.

import type { Clock } from "../peer/clock.ts";

/** Queries that wait; further ones are refused. */
export const LANE_MAX = 1_000;
/** Time for queries after which other events get their turn. */
const SLICE_MS = 5;

/** Too many wait. */
export class LaneFullError extends Error {}

type Job = () => Promise<void>;

export class WorkLane {
  readonly #clock: Clock;
  readonly #waiting: Job[] = [];
  #isRunning = false;
  /** Time used since other events had their turn. */
  #usedMs = 0;
  #isTurnDue = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs a job in its turn. @throws LaneFullError */
  run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= LANE_MAX) {
      return Promise.reject(new LaneFullError("Too many queries wait: try again in a moment"));
    }
    if (!this.#isRunning && this.#usedMs < SLICE_MS) return this.#runAtOnce(job);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => job().then(resolve, reject));
      if (!this.#isRunning) void this.#drain();
    });
  }

  /** Nobody waits and there is time left: no turn is needed. */
  #runAtOnce<T>(job: () => Promise<T>): Promise<T> {
    this.#isRunning = true;
    const startedAt = performance.now();
    const done = job();
    const end = () => this.#endOne(startedAt);
    done.then(end, end);
    return done;
  }

  #endOne(startedAt: number): void {
    this.#usedMs += performance.now() - startedAt;
    this.#planTurn();
    this.#isRunning = false;
    if (this.#waiting.length > 0) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      if (this.#usedMs >= SLICE_MS) await this.#turnOfOthers();
      const job = this.#waiting.shift() as Job;
      const startedAt = performance.now();
      await job();
      this.#usedMs += performance.now() - startedAt;
      this.#planTurn();
    }
    this.#isRunning = false;
  }

  /** The slice begins anew whenever others have had their turn. */
  #planTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#clock.soon(() => {
      this.#isTurnDue = false;
      this.#usedMs = 0;
    });
  }

  #turnOfOthers(): Promise<void> {
    return new Promise((resolve) => this.#clock.soon(resolve));
  }
}
