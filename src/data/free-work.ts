// Work that no juice pays for. Some functions of the reference cost the same however much they have
// to do: `next` of a set, `reduce` with a map in the place of a function, `mod` of numbers of 4,096
// bytes. A transaction can repeat them until the reference needs hours for it. They do the same
// work here, and report it; whoever runs code sets a limit, beyond which it is thrown out.
//
// A unit is about a nanosecond, but a price and no measurement. It depends on nothing but the
// values that are worked on: not on what is cached, loaded, or the same object, in which peers
// differ. The process does one thing at a time, so there is one account of it.

/** The limit was passed: what ran is over, whatever it was in the middle of. */
export class WorkLimitError extends Error {
  readonly code = "WORK";
  constructor() {
    super("More work than may be done without juice");
  }
}

let left = Number.POSITIVE_INFINITY;
/** Whether no run may do more than what is left of the limit around it. */
let isCapped = false;
let run = 0;

/** Number of the run that is going on; each beginning and end of one begins another. */
export function currentRun(): number {
  return run;
}

/** Reports work about to be done. @throws WorkLimitError when that passes the limit */
export function doWork(units: number): void {
  left -= units;
  if (left < 0) throw new WorkLimitError();
}

/** What is left of the limit around a run. */
export type OuterWork = number;

/** Begins a run with a limit of its own, ended by `endWork`. Outside of all, in places that no
 * stranger's code reaches, there is none. */
export function beginWork(units: number): OuterWork {
  const outer = left;
  left = given(outer, units);
  run++;
  return outer;
}

function given(outer: OuterWork, units: number): number {
  return isCapped ? Math.min(units, outer) : units;
}

/** Ends a run begun with that many units: what it did counts for the limit around it as well. */
export function endWork(outer: OuterWork, units: number): void {
  left = outer - (given(outer, units) - left);
  run++;
}

/** Runs `body` with a limit of its own. @throws WorkLimitError, and whatever `body` throws */
export function withWorkLimit<T>(units: number, body: () => T): T {
  const outer = beginWork(units);
  try {
    return body();
  } finally {
    endWork(outer, units);
  }
}

/**
 * Runs `body` with a limit that holds for all limits within as well, whatever they are of their
 * own: for what is no part of consensus. @throws as withWorkLimit
 */
export function withWorkCap<T>(units: number, body: () => T): T {
  return withWorkLimit(units, () => {
    const wasCapped = isCapped;
    isCapped = true;
    try {
      return body();
    } finally {
      // Before the limit ends, which began without it.
      isCapped = wasCapped;
    }
  });
}
