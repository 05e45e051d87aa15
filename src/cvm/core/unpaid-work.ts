// The work of calls that fail. Here as in the reference, functions of collections are paid for by
// element, but only when they have succeeded. One that fails at the last of 4,000 elements costs
// nothing, and `try` can repeat it: 10,000,000 juice bought minutes. So what it did until then
// counts as work without juice (data/free-work.ts).

import { doWork } from "../../data/free-work.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import type { EXIT } from "../exits.ts";
import { JUICE } from "../juice.ts";

/** Units of work of one element, character or step of a path. */
export const UNPAID = {
  /** To put it into a map, a Set or an Index. */
  PUT: 1500,
  /** The same, out of a source that is too large to have been paid for. */
  FAR_PUT: 15_000,
  /** To look it up, and put what was found into a Set, a map or an Index. */
  MAP: 3000,
  /** To combine its Set with another one. */
  COMBINE: 250,
  /** To copy it, or look at it. */
  COPY: 25,
  /** To look it up, or put it into a map of its own. */
  NEST: 300,
  /** To read it as a hex digit. */
  DIGIT: 10,
} as const;

/**
 * Elements of 50 juice that a transaction can pay for. A structure that seems to have been paid for
 * and has more is one whose juice wraps around (T45), or whose count is not true.
 */
export const PAID_ELEMENTS_MAX = MAX_TRANSACTION_JUICE / JUICE.BUILD_PER_ELEMENT;

/** Ends a call that failed after `count` elements, counting their work. @throws WorkLimitError */
export function failAfter(exit: typeof EXIT, count: number, unit: number): typeof EXIT {
  doWork(count * unit);
  return exit;
}
