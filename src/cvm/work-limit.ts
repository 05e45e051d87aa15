// Our answer to work that no juice pays for (data/free-work.ts): whoever runs code sets a limit to
// it, and code that passes the limit is out of juice, whatever it was doing. The reference has no
// such limit and goes on, for minutes or hours; until there the results are the same.

import { WorkLimitError, withWorkLimit } from "../data/free-work.ts";
import { memorySize } from "../data/memory-size.ts";
import { Vector, viewsMade } from "../data/vector.ts";
import type { Context } from "./context.ts";
import { ErrorExit, EXIT, type Outcome } from "./exits.ts";

/** Units of work without juice for one transaction, Multi child or scheduled op: about a second. */
export const FREE_WORK_MAX = 1_000_000_000;

/**
 * Runs code in a context that nothing has run in, or transfers with it, within the limit. Beyond
 * it the outcome is the juice Failure, with State and log as they were.
 */
export function withinWorkLimit(ctx: Context, body: () => Outcome): Outcome {
  const { state, stateToken } = ctx;
  try {
    return withWorkLimit(FREE_WORK_MAX, () => {
      const views = viewsMade();
      const outcome = body();
      if (viewsMade() !== views) settle(ctx, outcome);
      return outcome;
    });
  } catch (error) {
    if (!(error instanceof WorkLimitError)) throw error;
    ctx.restoreState(state, stateToken);
    ctx.log = Vector.EMPTY;
    return ctx.outOfJuice();
  }
}

/** Builds the cells of all ranges in what code leaves behind, as long as that is within the limit. */
function settle(ctx: Context, outcome: Outcome): void {
  memorySize(ctx.state);
  memorySize(ctx.log);
  if (outcome !== EXIT) memorySize(outcome);
  else if (ctx.exit instanceof ErrorExit) memorySize(ctx.exit.message);
}
