// What a runner answers about a case.

import type { Row } from "./vector-file.ts";

/** A field in which we differ from the reference. */
export interface Difference {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Runs one line; no differences means that the case passed, null that the line is no case but sets
 * something up. The lines of a file are run in order.
 */
export type Check = (row: Row) => readonly Difference[] | null;

/** A kind of vector file: how to tell it from its first line, and how to run it. */
export interface Runner {
  readonly recognises: (first: Row) => boolean;
  /** Prepares for a file; `dir` holds the genesis States, `name` is the file's. */
  readonly prepare: (dir: string, name: string) => Check;
}

/** The fields in which `actual` is not what the row has, of those that both have. */
export function differences(row: Row, actual: Readonly<Record<string, unknown>>): Difference[] {
  const found: Difference[] = [];
  for (const [field, value] of Object.entries(actual)) {
    if (!(field in row)) continue;
    if (row[field] !== value) found.push({ field, expected: row[field], actual: value });
  }
  return found;
}

/** Differences of a case that ended otherwise than expected. */
export function outcome(expected: unknown, actual: unknown): Difference[] {
  return [{ field: "outcome", expected, actual }];
}
