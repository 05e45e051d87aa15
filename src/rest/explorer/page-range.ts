// Which part of a list a page of the explorer shows (sheet 05 §1.12): `offset` and `limit`
// together, or the first ten. An offset without limit is refused and a limit without offset
// ignored, as there.

import type { Context } from "hono";
import { RequestError } from "../request-fields.ts";

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 1_000;

const integerOf = (text: string | undefined) =>
  text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : null;

/** The positions of a list of `count` that a page shows. @throws RequestError 400 */
export function pagePositions(c: Context, count: number): number[] {
  const given = c.req.query("offset");
  const offset = given === undefined ? 0 : integerOf(given);
  if (offset !== null && offset < 0) {
    throw new RequestError(400, `Negative offset parameter: ${offset}`);
  }
  const limit = given === undefined ? LIMIT_DEFAULT : integerOf(c.req.query("limit"));
  if (offset === null || limit === null || limit < 0) {
    throw new RequestError(400, "Unable to parse offset/limit");
  }
  const length = Math.max(0, Math.min(limit, LIMIT_MAX, count - offset));
  return Array.from({ length }, (_, i) => offset + i);
}
