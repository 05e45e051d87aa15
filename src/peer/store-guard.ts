// Failures of the store outside the passes: in a task on the clock, or in work that nobody awaits.
// They are handed to whoever deals with them, and do not end the process; every other error does.

import { StoreError } from "../store/store.ts";
import type { Clock } from "./clock.ts";

/** A clock on which the store's failures in tasks go to `onFailure`. */
export function guardedClock(clock: Clock, onFailure: (error: StoreError) => void): Clock {
  const guarded = (task: () => void) => () => {
    try {
      task();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      onFailure(error);
    }
  };
  const { steady } = clock;
  return {
    now: () => clock.now(),
    soon: (task) => clock.soon(guarded(task)),
    after: (delayMs, task) => clock.after(delayMs, guarded(task)),
    ...(steady === undefined ? {} : { steady: guardedClock(steady, onFailure) }),
  };
}

/** Lets work go on that nobody awaits: an error of it is thrown again in a task on the clock. */
export function aside(clock: Pick<Clock, "soon">, work: Promise<unknown>): void {
  work.catch((error) => {
    clock.soon(() => {
      throw error;
    });
  });
}
