// Our answer to work that no juice pays for (data/free-work.ts): whoever runs code sets a limit to
// it, and code that passes the limit is out of juice, whatever it was doing. The reference has no
// such limit and goes on, for minutes or hours; until there the results are the same.

import { isStackOverflow } from "../data/errors.ts";
import { beginWork, doWork, endWork, WorkLimitError } from "../data/free-work.ts";
import { memorySize } from "../data/memory-size.ts";
import { Vector, viewsMade } from "../data/vector.ts";
import type { Context } from "./context.ts";
import { ErrorExit, EXIT, HostError, type Outcome } from "./exits.ts";

/** Units of work without juice for one transaction, Multi child or scheduled op: about a second. */
export const FREE_WORK_MAX = 1_000_000_000;

/**
 * Units of work for everything that a Multi may start, or that may be due in a block, juice counted
 * in. Each of them begins with all the juice of a transaction, and little or none of it is paid:
 * this much, an hour or more, keeps a reference peer from ever coming back in time.
 */
export const TOTAL_WORK_MAX = 2 ** 42;
/** Units of work that a unit of juice counts as, and beginning a child or scheduled op. */
const JUICE_WORK = 50;
const BEGIN_WORK = 5000;

/** Counts what has run in a context towards a limit around it. @throws WorkLimitError */
export function countWork(ctx: Context): void {
  doWork(BEGIN_WORK + ctx.juice * JUICE_WORK);
}

/**
 * Runs code in a context that nothing has run in, or transfers with it, within the limit. Beyond
 * it the outcome is the juice Failure, with State and log as they were. `body` gets what follows
 * it, so that nobody makes a closure for each transaction.
 * @throws HostError when calls nest too deep, and whatever `body` throws
 */
export function withinWorkLimit<A, B>(
  ctx: Context,
  body: (ctx: Context, a: A, b: B) => Outcome,
  a: A,
  b: B,
): Outcome {
  const { state } = ctx;
  const outer = beginWork(FREE_WORK_MAX);
  try {
    const views = viewsMade();
    const outcome = body(ctx, a, b);
    if (viewsMade() !== views) buildRanges(ctx, outcome);
    return outcome;
  } catch (error) {
    // The reference dies of it too, at another depth.
    if (isStackOverflow(error)) throw new HostError(error.message);
    if (!(error instanceof WorkLimitError)) throw error;
    ctx.enterState(state);
    ctx.log = Vector.EMPTY;
    return ctx.outOfJuice();
  } finally {
    endWork(outer, FREE_WORK_MAX);
  }
}

/**
 * Builds the cells of all ranges in what code leaves behind, as long as that is within the limit.
 */
function buildRanges(ctx: Context, outcome: Outcome): void {
  memorySize(ctx.state);
  memorySize(ctx.log);
  if (outcome !== EXIT) memorySize(outcome);
  else if (ctx.exit instanceof ErrorExit) memorySize(ctx.exit.message);
}
