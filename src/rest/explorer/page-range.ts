// Which part of a list a page of the explorer shows (sheet 05 §1.12): `offset` and `limit`
// together, or the first ten. An offset without limit is refused and a limit without offset
// ignored, as there.

import type { Context } from "hono";
import { RequestError } from "../request-fields.ts";

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 1_000;

export interface PageRange {
  readonly offset: number;
  /** Position after the last. */
  readonly end: number;
}

const integerOf = (text: string | undefined) =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;

/** @throws RequestError 400 */
export function pageRange(c: Context, count: number): PageRange {
  const given = c.req.query("offset");
  const offset = given === undefined ? 0 : integerOf(given);
  if (offset !== null && offset < 0) {
    throw new RequestError(400, `Negative offset parameter: ${offset}`);
  }
  const limit = given === undefined ? LIMIT_DEFAULT : integerOf(c.req.query("limit"));
  if (offset === null || limit === null || limit < 0) {
    throw new RequestError(400, "Unable to parse offset/limit");
  }
  return { offset, end: Math.min(count, offset + Math.min(limit, LIMIT_MAX)) };
}
