// Content negotiation and bodies (sheet 05 §1.2–§1.5): one cell, four media types. The Accept rule is
// the reference's: substring match, q-values ignored, later kinds override earlier ones.

import type { Context } from "hono";
import type { Value } from "../data/cell.ts";
import { Keyword } from "../data/keyword.ts";
import { CVMMap } from "../data/map.ts";
import { storageSize } from "../data/memory-size.ts";
import { encodeMultiCell } from "../data/multi-cell.ts";
import { CVMString } from "../data/string.ts";
import { toJson, toJsonPretty } from "../lang/json.ts";
import { PRINT_LIMIT, print } from "../lang/printer.ts";
import { Result } from "../state/result.ts";
import { resultToJson } from "./result-json.ts";

export const JSON_TYPE = "application/json";
export const CVX_TYPE = "application/cvx";
export const RAW_TYPE = "application/cvx-raw";
export const TEXT_TYPE = "text/plain";
export const HTML_TYPE = "text/html";

/** Largest storage size, in bytes, of a cell that is sent as a response. */
export const MAX_RESPONSE_BYTES = 1_000_000;

const PRINT_LIMIT_TEXT = "<<Print limit exceeded>>";

export type MediaType =
  | typeof JSON_TYPE
  | typeof CVX_TYPE
  | typeof RAW_TYPE
  | typeof TEXT_TYPE
  | typeof HTML_TYPE;

/** The media type to answer with. */
export function acceptedType(accept: string | undefined): MediaType {
  if (accept === undefined) return JSON_TYPE;
  if (accept.includes(RAW_TYPE)) return RAW_TYPE;
  let type: MediaType = JSON_TYPE;
  if (accept.includes(TEXT_TYPE)) type = TEXT_TYPE;
  if (accept.includes(HTML_TYPE)) type = HTML_TYPE;
  if (accept.includes(CVX_TYPE)) type = CVX_TYPE;
  return type;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

function htmlPage(json: string): string {
  const head = '<head><title>Convex API Result</title><meta charset="UTF-8"></head>';
  return `<!DOCTYPE html>\n<html>${head}<body><pre>\n${escapeHtml(json)}\n</pre></body></html>`;
}

function body(content: string | Uint8Array, type: string, status: number): Response {
  return new Response(content, { status, headers: { "Content-Type": type } });
}

function limitResult(message: string): Result {
  const info = CVMMap.from([[Keyword.of("source"), Keyword.of("PEER")]]);
  return Result.of({ id: 0, result: CVMString.of(message), error: Keyword.of("LIMIT"), info });
}

/** A cell in the negotiated media type; over the size or print limit it is a `:LIMIT` Result, 413. */
export function sendCell(c: Context, value: Value, status = 200): Response {
  const type = acceptedType(c.req.header("accept"));
  const size = storageSize(value);
  if (size > MAX_RESPONSE_BYTES) {
    return sendPlain(type, limitResult(`Response too large: ${size} bytes`), 413);
  }
  return sendPlain(type, value, status);
}

function sendPlain(type: MediaType, value: Value, status: number): Response {
  if (type === JSON_TYPE) {
    return body(value instanceof Result ? resultToJson(value) : toJsonPretty(value), type, status);
  }
  if (type === RAW_TYPE) return body(encodeMultiCell(value), type, status);
  if (type === HTML_TYPE) return body(htmlPage(toJsonPretty(value)), type, status);
  const text = print(value, PRINT_LIMIT);
  if (text !== null) return body(text, type, status);
  return body(print(limitResult(PRINT_LIMIT_TEXT), PRINT_LIMIT) ?? PRINT_LIMIT_TEXT, type, 413);
}

/** An error of the request itself: `{"error": message}` in the negotiated type. */
export function sendError(c: Context, status: number, message: string): Response {
  const type = acceptedType(c.req.header("accept"));
  if (type === TEXT_TYPE) return body(message, type, status);
  if (type === CVX_TYPE || type === RAW_TYPE) {
    return sendPlain(type, CVMMap.from([[Keyword.of("error"), CVMString.of(message)]]), status);
  }
  return body(JSON.stringify({ error: message }), JSON_TYPE, status);
}

/** A JSON object with fields in the order given. */
export function sendFields(fields: readonly (readonly [string, Value])[], status = 200): Response {
  const text = fields.map(([name, value]) => `${JSON.stringify(name)}:${toJson(value)}`).join(",");
  return body(`{${text}}`, JSON_TYPE, status);
}
