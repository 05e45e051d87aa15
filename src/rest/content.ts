// Response bodies (sheet 05 §1.2–§1.5): one cell in the media type that the request accepts.

import { Cell, type Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { storedBytes } from "../data/memory-size.ts";
import { encodeMultiCell } from "../data/multi-cell.ts";
import { CVMString } from "../data/string.ts";
import { toJson, toJsonPretty } from "../lang/json.ts";
import { PRINT_LIMIT, print } from "../lang/printer.ts";
import { PRINT_EXCEEDED_MESSAGE } from "../lang/str-text.ts";
import { Result } from "../state/result.ts";
import type { Refusal } from "./access/access.ts";
import { ANY_ORIGIN } from "./cors.ts";
import type { Exchange } from "./exchange.ts";
import {
  acceptedType,
  CVX_TYPE,
  HTML_TYPE,
  JSON_TYPE,
  type MediaType,
  RAW_TYPE,
  TEXT_TYPE,
} from "./media-type.ts";
import { OUTGOING } from "./outgoing-answers.ts";
import type { PacedPeer } from "./paced-peer.ts";
import { resultToJson } from "./result-json.ts";

/** Largest storage size, in bytes, of a cell that is sent as a response. */
export const MAX_RESPONSE_BYTES = 1_000_000;

/** For text, and for attributes in double quotes; single quotes stay. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

function htmlPage(title: string, text: string): string {
  const head = `<head><title>${escapeHtml(title)}</title><meta charset="UTF-8"></head>`;
  return `<!DOCTYPE html>\n<html>${head}<body><pre>\n${escapeHtml(text)}\n</pre></body></html>`;
}

function body(content: string | Uint8Array, type: string, status: number): Response {
  const headers = { "Content-Type": type, ...ANY_ORIGIN };
  return new Response(OUTGOING.body(content), { status, headers });
}

function limitResult(message: string): Result {
  const info = CVMMap.from([[Keyword.of("source"), Keyword.of("PEER")]]);
  return Result.of({ id: 0, result: CVMString.of(message), error: Keyword.of("LIMIT"), info });
}

/** A page for browsers that says what is not there. */
export function sendNotFoundPage(message: string): Response {
  return body(htmlPage("404: Not Found", message), `${HTML_TYPE};charset=utf-8`, 404);
}

/** Results of a number or a truth value need not be measured; an error's code may be anything. */
function isSmall(value: Value): boolean {
  if (!(value instanceof Result) || value.result instanceof Cell) return false;
  if (value.error instanceof Cell && !(value.error instanceof Keyword)) return false;
  return value.log === null || value.log.count === 0;
}

/**
 * A cell in the negotiated media type; over the size or print limit it is a `:LIMIT` Result, 413.
 */
export function sendCell(c: Exchange, value: Value, status = 200): Response {
  return tooLarge(c, value) ?? sendPlain(acceptedType(c), value, status);
}

/** Bytes of a cell that is printed at once: each takes a microsecond or two. */
const PROMPT_BYTES = 4_096;

/**
 * A turn to print a large value in: a megabyte takes a second, and a thousand may be asked for at
 * once. What is small needs none.
 */
export async function turnToPrint(lane: Pick<PacedPeer, "turn">, value: Value): Promise<void> {
  if (!isSmall(value) && storedBytes(value) > PROMPT_BYTES) await lane.turn();
}

/** As `sendCell`, a large one in a turn of its own. */
export async function sendInTurn(
  c: Exchange,
  lane: Pick<PacedPeer, "turn">,
  value: Value,
  status = 200,
): Promise<Response> {
  await turnToPrint(lane, value);
  return sendCell(c, value, status);
}

/** The refusal of a value over the size limit, null for any other. */
function tooLarge(c: Exchange, value: Value): Response | null {
  const size = isSmall(value) ? 0 : storedBytes(value);
  if (size <= MAX_RESPONSE_BYTES) return null;
  return sendPlain(acceptedType(c), limitResult(`Response too large: ${size} bytes`), 413);
}

/**
 * A cell as JSON without white space, whatever the request accepts; over the size limit as
 * `sendCell`.
 */
export function sendCompact(c: Exchange, value: Value): Response {
  return tooLarge(c, value) ?? sendJson(toJson(value));
}

/**
 * The text of a value, as JSON field `cvx` (sheet 05 §1.8, data/decode). In every other media type
 * the text stands alone, also as application/cvx, where the reference's body is empty.
 */
export function sendPrinted(c: Exchange, value: Value): Response {
  const type = acceptedType(c);
  const text = print(value, PRINT_LIMIT);
  if (text === null) return sendPlain(type, limitResult(PRINT_EXCEEDED_MESSAGE), 413);
  if (type === RAW_TYPE) return body(text, TEXT_TYPE, 200);
  if (type === TEXT_TYPE || type === CVX_TYPE) return body(text, type, 200);
  return sendPlain(type, CVMMap.from([[CVMString.of("cvx"), CVMString.of(text)]]), 200);
}

function sendPlain(type: MediaType, value: Value, status: number): Response {
  if (type === RAW_TYPE) return body(encodeMultiCell(value), type, status);
  if (type === JSON_TYPE && value instanceof Result) {
    return body(resultToJson(value), type, status);
  }
  if (type === JSON_TYPE || type === HTML_TYPE) {
    const text = toJsonPretty(value);
    if (text === null) return sendPlain(type, limitResult(PRINT_EXCEEDED_MESSAGE), 413);
    const content = type === JSON_TYPE ? text : htmlPage("Convex API Result", text);
    return body(content, type, status);
  }
  const text = print(value, PRINT_LIMIT);
  if (text !== null) return body(text, type, status);
  return body(
    print(limitResult(PRINT_EXCEEDED_MESSAGE), PRINT_LIMIT) ?? PRINT_EXCEEDED_MESSAGE,
    type,
    413,
  );
}

/** An error of the request itself: `{"error": message}` in the negotiated type. */
export function sendError(c: Exchange, status: number, message: string): Response {
  const type = acceptedType(c);
  if (type === TEXT_TYPE) return body(message, type, status);
  if (type === CVX_TYPE || type === RAW_TYPE) {
    return sendPlain(type, CVMMap.from([[Keyword.of("error"), CVMString.of(message)]]), status);
  }
  return body(JSON.stringify({ error: message }), JSON_TYPE, status);
}

/** What a request is told that may not pass. */
export function sendRefusal(c: Exchange, { status, message, headers }: Refusal): Response {
  const response = sendError(c, status, message);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** When another client may have closed a stream. */
export const STREAM_AGAIN_S = 30;

/** What may be tried again in some seconds. */
export function sendBusy(c: Exchange, status: 429 | 503, message: string, againS: number) {
  const response = sendError(c, status, message);
  response.headers.set("Retry-After", String(againS));
  return response;
}

/** Bytes of a media type. */
export function sendBytes(content: Uint8Array, type: string): Response {
  return body(content, type, 200);
}

/** JSON text whatever the request accepts. */
export function sendJson(text: string, status = 200): Response {
  return body(text, JSON_TYPE, status);
}

/** Members of a JSON object in the order they are written. */
export type Fields = readonly (readonly [name: string, value: Value])[];

/** A JSON object without white space; values as in sheet 05 §1.3. */
export function fieldsJson(fields: Fields): string {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`);
  return `{${members.join(",")}}`;
}

/** `fieldsJson` as application/json, whatever the request accepts. */
export function sendFields(fields: Fields, status = 200): Response {
  return sendJson(fieldsJson(fields), status);
}
