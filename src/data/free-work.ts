// Work that no juice pays for. Some functions of the reference cost the same juice however much
// they have to do: `next` of a set, `reduce` with a map in the place of a function, `mod` of
// numbers of 4,096 bytes. A transaction can repeat them until the reference is busy for hours. Here
// they do the same and report it as work; whoever runs code sets a limit, beyond which
// WorkLimitError ends it.
//
// A unit of work is about a nanosecond, but it is a fixed price and not measured: peers must agree.
// So it may depend on nothing but the values, and not on what is cached, loaded, or the same
// object. The process does one thing at a time, so there is one account for all of it.

/** The limit was passed: what ran ends here, whatever it was in the middle of. */
export class WorkLimitError extends Error {
  readonly code = "WORK";
  constructor() {
    super("More work than may be done without juice");
  }
}

/** Units that the innermost run may still do. Outside of runs no code of strangers is run. */
let left = Number.POSITIVE_INFINITY;
/** Whether a run may do no more than what is left to the run around it. */
let isCapped = false;
let run = 0;

/** Number of the current run. It changes whenever one begins or ends. */
export function currentRun(): number {
  return run;
}

/** Reports work before it is done. @throws WorkLimitError when that passes the limit */
export function doWork(units: number): void {
  left -= units;
  if (left < 0) throw new WorkLimitError();
}

/** Units that are left, the same before and after what reports none. */
export function workLeft(): number {
  return left;
}

/** Runs what is done once more for us alone: its work is counted where it is done for the code. */
export function uncounted<T>(body: () => T): T {
  const before = left;
  try {
    return body();
  } finally {
    left = before;
  }
}

/** What was left to the run around one, to be handed to `endWork`. */
export type OuterWork = number;

/** Begins a run with a limit of its own; `endWork` ends it. */
export function beginWork(units: number): OuterWork {
  const outer = left;
  left = limitOf(outer, units);
  run++;
  return outer;
}

/** The limit of a run that asks for so many units. */
function limitOf(outer: OuterWork, units: number): number {
  return isCapped ? Math.min(units, outer) : units;
}

/**
 * Ends a run that was begun with so many units. What it did counts for the run around it as well.
 */
export function endWork(outer: OuterWork, units: number): void {
  left = outer - (limitOf(outer, units) - left);
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
 * As withWorkLimit, but runs inside `body` cannot get more than is left of this limit. For queries,
 * which are no part of consensus.
 * @throws as withWorkLimit
 */
export function withWorkCap<T>(units: number, body: () => T): T {
  return withWorkLimit(units, () => {
    const wasCapped = isCapped;
    isCapped = true;
    try {
      return body();
    } finally {
      // Before the run ends: its own limit was set without the cap.
      isCapped = wasCapped;
    }
  });
}
