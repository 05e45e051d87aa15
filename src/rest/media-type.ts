// Content negotiation (sheet 05 §1.2). The rule for Accept is the reference's: substring match,
// q-values ignored, later kinds override earlier ones.

import type { Exchange } from "./exchange.ts";

export const JSON_TYPE = "application/json";
export const CVX_TYPE = "application/cvx";
export const RAW_TYPE = "application/cvx-raw";
export const TEXT_TYPE = "text/plain";
export const HTML_TYPE = "text/html";
export const BYTES_TYPE = "application/octet-stream";

export type MediaType =
  | typeof JSON_TYPE
  | typeof CVX_TYPE
  | typeof RAW_TYPE
  | typeof TEXT_TYPE
  | typeof HTML_TYPE;

/** The media type to answer with. */
export function acceptedType(c: Exchange): MediaType {
  const accept = c.req.header("accept");
  if (accept === undefined) return JSON_TYPE;
  if (accept.includes(RAW_TYPE)) return RAW_TYPE;
  let type: MediaType = JSON_TYPE;
  if (accept.includes(TEXT_TYPE)) type = TEXT_TYPE;
  if (accept.includes(HTML_TYPE)) type = HTML_TYPE;
  if (accept.includes(CVX_TYPE)) type = CVX_TYPE;
  return type;
}

/** Types that are the same in capitals: the reference's server knows these two, and no others. */
const ANY_CASE: ReadonlySet<string> = new Set([JSON_TYPE, TEXT_TYPE]);

/**
 * The media type of the request's body: the whole header counts, so that `; charset` is another
 * one.
 */
export function contentType(c: Exchange): string | undefined {
  const type = c.req.header("content-type");
  const lower = type?.toLowerCase();
  return lower !== undefined && ANY_CASE.has(lower) ? lower : type;
}
