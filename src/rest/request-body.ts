// Reading request bodies under the size limit (sheet 05 §1.1).

import type { Context } from "hono";
import type { CVMMap } from "../data/map.ts";
import { fromJson } from "../lang/json.ts";
import { ensureObject, RequestError } from "./request-fields.ts";

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 1_000_000;

/** @throws RequestError 413 over MAX_BODY_BYTES */
export async function bodyBytes(c: Context): Promise<Uint8Array> {
  const declared = c.req.header("content-length");
  if (declared !== undefined) {
    if (Number(declared) > MAX_BODY_BYTES) throw new RequestError(413, "Content Too Large");
    return new Uint8Array(await c.req.arrayBuffer());
  }
  const stream = c.req.raw.body;
  if (stream === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RequestError(413, "Content Too Large");
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}

/** The request's JSON object as a map with string keys. @throws RequestError 400, 413 */
export async function jsonBody(c: Context): Promise<CVMMap> {
  const bytes = await bodyBytes(c);
  return ensureObject(parseJson(new TextDecoder().decode(bytes)));
}

function parseJson(source: string) {
  try {
    return fromJson(source);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error.message.replace(/^Parse error at/, "JSON parse error at line");
    throw new RequestError(400, `Invalid JSON body: ${reason}`);
  }
}
