// Runs passes one at a time: when something has come, after the events at hand, until there is
// nothing left to do. No polling: who has no work is not run.

import type { Clock } from "../clock.ts";

/** The work of a loop. */
export interface PassWork {
  hasWork(): boolean;
  pass(): Promise<void>;
  /** Milliseconds until there may be work although nothing comes, null when there won't be any. */
  nextWorkMs(): number | null;
}

/** What a pass throws nobody catches: it is a fault of ours, and ends the process. */
export class PassLoop {
  readonly #clock: Clock;
  readonly #work: PassWork;
  #isScheduled = false;
  #isRunning = false;
  #isStopped = false;
  #cancelWake: (() => void) | null = null;
  #wakeAtMs = 0;
  #idle: (() => void)[] = [];

  constructor(clock: Clock, work: PassWork) {
    this.#clock = clock;
    this.#work = work;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Has the work looked at after the events at hand. */
  wake(): void {
    if (this.#isStopped || this.#isScheduled || this.#isRunning) return;
    this.#isScheduled = true;
    this.#clock.soon(() => {
      this.#isScheduled = false;
      void this.#run();
    });
  }

  /** Resolves when no pass is under way and none is due at once. */
  settled(): Promise<void> {
    if (!this.#isRunning && !this.#isScheduled) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Begins no more passes: what comes from now on finds the store closed. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelWake?.();
    this.#cancelWake = null;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (!this.#isStopped && this.#work.hasWork()) {
        await this.#work.pass();
      }
    } finally {
      this.#isRunning = false;
      this.#appoint();
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /**
   * One appointment at a time. One that comes too early stays: it looks again, which costs no more.
   */
  #appoint(): void {
    const delayMs = this.#isStopped ? null : this.#work.nextWorkMs();
    if (delayMs === null) return;
    const atMs = this.#clock.now() + Math.max(1, delayMs);
    if (this.#cancelWake !== null && this.#wakeAtMs <= atMs) return;
    this.#cancelWake?.();
    this.#wakeAtMs = atMs;
    this.#cancelWake = this.#clock.after(Math.max(1, delayMs), () => {
      this.#cancelWake = null;
      this.wake();
    });
  }
}
