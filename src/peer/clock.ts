// Time as the peer sees it, injected so that tests and simulations have their own.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs the task when the events at hand have been handled. */
  soon(task: () => void): void;
  /** Runs the task after a delay in milliseconds; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** The same in a time that nobody sets, with milliseconds since any moment: see `steadyOf`. */
  readonly steady?: Clock;
}

/**
 * The clock for durations: the time of day may be set back or forward meanwhile. A clock without a
 * steady one is taken to be steady itself.
 */
export function steadyOf(clock: Clock): Clock {
  return clock.steady ?? clock;
}

const TIMERS = {
  soon: (task: () => void) => {
    setImmediate(task);
  },
  after: (delayMs: number, task: () => void) => {
    const timer = setTimeout(task, delayMs);
    // A wait never keeps the process alive by itself.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const SYSTEM_CLOCK: Clock = {
  ...TIMERS,
  now: () => Date.now(),
  steady: { ...TIMERS, now: () => performance.now() },
};

/** Whether a time has passed since a moment, or the clock has been set back to before it. */
export function isOver(sinceMs: number, forMs: number, nowMs: number): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= forMs;
}
