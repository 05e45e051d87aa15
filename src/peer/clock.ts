// Time as the peer sees it, injected so that tests and simulations have their own.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs the task when the events at hand have been handled. */
  soon(task: () => void): void;
  /** Runs the task after a delay in milliseconds; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  soon: (task) => {
    setImmediate(task);
  },
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    // A wait never keeps the process alive by itself.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Whether a time has passed since a moment, or the clock has been set back to before it. */
export function isOver(sinceMs: number, forMs: number, nowMs: number): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= forMs;
}
