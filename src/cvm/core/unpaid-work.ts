// What a call did before it failed. Functions of collections are paid for by element when they have
// succeeded, here as in the reference, so that one that fails at the last of 4,000 elements costs
// nothing, and `try` can repeat it: 10,000,000 juice bought minutes. It counts as work without
// juice.

import { doWork } from "../../data/free-work.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import type { EXIT } from "../exits.ts";
import { JUICE } from "../juice.ts";

/** Units of work (data/free-work.ts) of one element, character or step of a path. */
export const UNPAID = {
  /** Put into a map, a Set or an Index. */
  PUT: 1500,
  /** The same of one out of more than numbers are exact for. */
  FAR_PUT: 15_000,
  /** Looked up, and what was found put into a Set, a map or an Index. */
  MAP: 3000,
  /** Of a Set that was combined with another one. */
  COMBINE: 250,
  /** Copied or looked at in its place. */
  COPY: 25,
  /** Looked up, or put into a map of its own. */
  NEST: 300,
  /** A hex digit. */
  DIGIT: 10,
} as const;

/**
 * Elements of 50 juice that a transaction can pay for. Who has got more of them has paid what juice
 * that wraps around comes to, or by a count that is not true.
 */
export const PAID_ELEMENTS_MAX = MAX_TRANSACTION_JUICE / JUICE.BUILD_PER_ELEMENT;

/**
 * Ends a call that fails after `count` elements. @throws WorkLimitError when that was too much for
 * nothing
 */
export function failAfter(exit: typeof EXIT, count: number, unit: number): typeof EXIT {
  doWork(count * unit);
  return exit;
}
