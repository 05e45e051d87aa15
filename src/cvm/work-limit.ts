// Our answer to work that no juice pays for (data/free-work.ts): whoever runs code sets a limit,
// and code that passes it is out of juice, whatever it was doing. The reference has no such limit
// and goes on for minutes or hours. Below the limit the results are the same.

import type { Integer, Value } from "../data/cell.ts";
import { BadStructureError, isStackOverflow } from "../data/errors.ts";
import { beginWork, doWork, endWork, WorkLimitError } from "../data/free-work.ts";
import { memorySize } from "../data/memory-size.ts";
import { Vector, viewsMade } from "../data/vector.ts";
import type { Context } from "./context.ts";
import { ErrorExit, EXIT, HostError, type Outcome } from "./exits.ts";

/** Units of unpaid work of one transaction, Multi child or scheduled op: about a second. */
export const FREE_WORK_MAX = 1_000_000_000;

/**
 * Units of work, its juice included, of all children of a Multi together, and of all scheduled ops
 * of a block. Each of them begins with the full juice of a transaction, of which little or nothing
 * is paid. This much takes an hour or more, after which no reference peer would be back in time.
 */
export const TOTAL_WORK_MAX = 2 ** 42;
/** Units of work that a unit of juice counts as; and those of beginning a child or scheduled op. */
const JUICE_WORK = 50;
const BEGIN_WORK = 5000;

/** Counts what has run in a context towards TOTAL_WORK_MAX. @throws WorkLimitError */
export function countWork(ctx: Context): void {
  doWork(BEGIN_WORK + ctx.juice * JUICE_WORK);
}

/**
 * Runs `body` within FREE_WORK_MAX, in a context in which nothing has run yet. Beyond the limit the
 * outcome is the juice Failure, with State and log as they were. `a` and `b` are handed to `body`,
 * so that callers need no closure for each transaction.
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
    // The reference's stack overflows too, at another depth.
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
 * Builds the cells of all ranges (VectorView) in what code leaves behind, by measuring it: that is
 * work too, and so has to be done within the limit.
 */
function buildRanges(ctx: Context, outcome: Outcome): void {
  measureIfEncoded(ctx.state);
  measureIfEncoded(ctx.log);
  if (outcome !== EXIT) measureIfEncoded(outcome);
  else if (ctx.exit instanceof ErrorExit) measureIfEncoded(ctx.exit.message);
}

/** The memory size, 0 of what has no encoding: whether it may stay is found out later (T48). */
export function measureIfEncoded(value: Value): Integer {
  try {
    return memorySize(value);
  } catch (error) {
    if (error instanceof BadStructureError) return 0;
    throw error;
  }
}
