// Reading request bodies under the size limit (sheet 05 §1.1), and JSON ones by their schemas.

import type { Context, MiddlewareHandler } from "hono";
import { resolver, uniqueSymbol } from "hono-openapi";
import * as v from "valibot";
import { CVMMap } from "../data/map.ts";
import { CVMString } from "../data/string.ts";
import { ParseError } from "../lang/reader.ts";
import { SCHEMA_OPTIONS } from "./documentation.ts";
import type { Exchange } from "./exchange.ts";
import { bodyReader } from "./incoming-bodies.ts";
import { RequestError, scalarOf } from "./request-fields.ts";
import { readRequestJson } from "./request-form.ts";

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 1_000_000;

/** The same for routes on which the reference has no limit at all. */
export const LARGE_BODY_BYTES = 2_000_000;

/** @throws RequestError 413 when the client says that it sends more */
function requireFit(c: Exchange, bytesMax: number): void {
  const declared = c.req.header("content-length");
  if (Number(declared ?? 0) > bytesMax) throw new RequestError(413, "Content Too Large");
}

/** A client that goes away in the middle of its body is no fault of this peer's. */
function cutShort(error: unknown): never {
  if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  throw new RequestError(400, "The connection was closed before the body had come");
}

/** @throws RequestError 413 over the limit, 400 when the client goes away; BodiesFullError */
export async function bodyBytes(c: Exchange, bytesMax = MAX_BODY_BYTES): Promise<Uint8Array> {
  requireFit(c, bytesMax);
  const read = bodyReader(c.req.raw);
  if (read !== undefined) return read(bytesMax).catch(cutShort);
  return new Uint8Array(await c.req.raw.arrayBuffer().catch(cutShort));
}

/** The same as UTF-8; what is none becomes U+FFFD. */
async function bodyText(c: Exchange, bytesMax: number): Promise<string> {
  requireFit(c, bytesMax);
  const read = bodyReader(c.req.raw);
  if (read === undefined) return c.req.raw.text().catch(cutShort);
  return new TextDecoder().decode(await read(bytesMax).catch(cutShort));
}

/** The JSON object as a map with string keys. @throws RequestError 400 */
function objectOf(source: string): CVMMap {
  const value = parseJson(source);
  if (value instanceof CVMMap) return value;
  throw new RequestError(400, 'Invalid JSON body: expected an object, e.g. {"address":12}');
}

function parseJson(source: string) {
  try {
    return readRequestJson(source);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const reason = error.message.replace(/^Parse error at/, "JSON parse error at line");
    throw new RequestError(400, `Invalid JSON body: ${reason}`);
  }
}

/** An escape may be half of a character, which strings of cells can't hold. */
const ESCAPE = "\\u";

/**
 * The members of a JSON object that holds nothing but text, truth values and integers as they
 * stand, without making cells of them: a third of the time of a query. Null for any other body, and
 * where 1 and 1.0 must be told apart it is no use.
 */
function scalarMembers(source: string): Readonly<Record<string, unknown>> | null {
  if (source.includes(ESCAPE)) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    // The exact reader says what is wrong.
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  const members = parsed as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) return null;
      members[name] = BigInt(value);
    } else if (typeof value === "object" && value !== null) return null;
  }
  return members;
}

const FIRST_ISSUE = { abortEarly: true, abortPipeEarly: true };

type Names = readonly string[];
type Entries = v.ObjectEntries;
type BodySchema = v.GenericSchema & { readonly entries: Entries };

/** A JSON body: what its schema made of it, and all of it as it came. */
export interface JsonInput<S extends BodySchema> {
  readonly fields: v.InferOutput<S>;
  /** Empty where only the fields are asked for (`isPlain`). */
  readonly body: CVMMap;
}

/**
 * The fields of a body by their schema. @throws RequestError 400 with the words of the first issue
 */
function readFields<S extends BodySchema>(body: CVMMap, schema: S, names: Names): v.InferOutput<S> {
  return parsed(schema, names, (name) => {
    const value = body.get(CVMString.of(name));
    return value === undefined ? undefined : scalarOf(value);
  });
}

/** Absent members stand in the input as undefined, so that the field's own words refuse them. */
function parsed<S extends BodySchema>(
  schema: S,
  names: Names,
  member: (name: string) => unknown,
): v.InferOutput<S> {
  const input: Record<string, unknown> = {};
  for (const name of names) input[name] = member(name);
  const result = v.safeParse(schema, input, FIRST_ISSUE);
  if (result.success) return result.output;
  throw new RequestError(400, result.issues[0].message);
}

type JsonMiddleware<S extends BodySchema> = MiddlewareHandler<
  // biome-ignore lint/complexity/noBannedTypes: hono's way to say that no variables are needed
  {},
  string,
  { in: { json: v.InferInput<S> }; out: { json: JsonInput<S> } }
>;

export interface JsonInputOptions {
  /** Requests that carry something else than JSON: they are left alone. */
  readonly isOther?: (c: Context) => boolean;
  readonly bytesMax?: number;
  /** Whether 1 and 1.0 mean the same in all fields. */
  readonly isPlain?: boolean;
}

/** Reads a JSON body by its schema. @throws RequestError 400, 413 */
export function jsonReader<S extends BodySchema>(
  schema: S,
  { bytesMax = MAX_BODY_BYTES, isPlain = false }: Omit<JsonInputOptions, "isOther"> = {},
): (c: Exchange) => Promise<JsonInput<S>> {
  const names = Object.keys(schema.entries);
  return async (c) => {
    const source = await bodyText(c, bytesMax);
    const members = isPlain ? scalarMembers(source) : null;
    if (members !== null) {
      const fields = parsed(schema, names, (name) =>
        Object.hasOwn(members, name) ? members[name] : undefined,
      );
      return { fields, body: CVMMap.EMPTY };
    }
    const body = objectOf(source);
    return { fields: readFields(body, schema, names), body };
  };
}

/** Middleware that documents a JSON body and does nothing. */
export function jsonDocument(schema: BodySchema): MiddlewareHandler {
  const middleware: MiddlewareHandler = (_c, next) => next();
  return Object.assign(middleware, {
    [uniqueSymbol]: { target: "json", ...resolver(schema, SCHEMA_OPTIONS) },
  });
}

/** Middleware that reads a JSON body for `c.req.valid("json")`, and documents it. */
export function jsonInput<S extends BodySchema>(
  schema: S,
  { isOther = () => false, ...options }: JsonInputOptions = {},
): JsonMiddleware<S> {
  const read = jsonReader(schema, options);
  const middleware: JsonMiddleware<S> = async (c, next) => {
    if (!isOther(c)) c.req.addValidatedData("json", await read(c));
    await next();
  };
  return Object.assign(middleware, {
    [uniqueSymbol]: { target: "json", ...resolver(schema, SCHEMA_OPTIONS) },
  });
}

type QuerySchema = v.GenericSchema<Record<string, string | undefined>, object> & {
  readonly entries: Entries;
};

type QueryMiddleware<S extends QuerySchema> = MiddlewareHandler<
  // biome-ignore lint/complexity/noBannedTypes: hono's way to say that no variables are needed
  {},
  string,
  { in: { query: v.InferInput<S> }; out: { query: v.InferOutput<S> } }
>;

/** Middleware that reads the query string for `c.req.valid("query")` and documents it. */
export function queryInput<S extends QuerySchema>(schema: S): QueryMiddleware<S> {
  const names = Object.keys(schema.entries);
  const middleware: QueryMiddleware<S> = async (c, next) => {
    c.req.addValidatedData(
      "query",
      parsed(schema, names, (name) => c.req.query(name)),
    );
    await next();
  };
  return Object.assign(middleware, {
    [uniqueSymbol]: { target: "query", ...resolver(schema, SCHEMA_OPTIONS) },
  });
}
