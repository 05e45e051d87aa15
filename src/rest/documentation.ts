// How routes are described for the OpenAPI document. Schemas stand beside the routes that use them:
// those of requests also validate, those of responses are held against real responses by the tests.

import type { MiddlewareHandler } from "hono";
import { describeRoute, resolver } from "hono-openapi";
import * as v from "valibot";
import { CVX_TYPE, HTML_TYPE, JSON_TYPE, RAW_TYPE, TEXT_TYPE } from "./media-type.ts";
import { ERROR } from "./response-schemas.ts";

/** For `resolver`: what comes in is documented as it comes, not as what it becomes. */
export const SCHEMA_OPTIONS = { options: { typeMode: "input" } } as const;

/** 32 bytes in hex. */
export const HASH_PATTERN = "^(?:0x)?[0-9a-fA-F]{64}$";

/** What the document groups routes by. */
export type Tag = "Accounts" | "Data" | "Identity" | "Network" | "Operator" | "Transactions";

interface ResponseBody {
  readonly description: string;
  readonly content?: Record<string, { schema: ReturnType<typeof resolver> }>;
}

interface PathParameter {
  readonly description: string;
  readonly pattern: string;
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly [Tag];
  readonly operationId: string;
  /** Path parameters with their descriptions, and what they look like. */
  readonly path?: Readonly<Record<string, string | PathParameter>>;
  /** Bodies other than the JSON one that the route's middleware documents. */
  readonly otherBodies?: Readonly<Record<string, string>>;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly responses: Readonly<Record<number, ResponseBody>>;
}

/** Middleware that describes a route and does nothing. */
export function operation(description: Operation): MiddlewareHandler {
  const { path = {}, otherBodies = {}, responses, tags, security, ...rest } = description;
  const bodies = Object.entries(otherBodies).map(([type, words]) => [type, textBody(words)]);
  return describeRoute({
    ...rest,
    tags: [...tags],
    ...(security === undefined ? {} : { security: security.map((one) => mutable(one)) }),
    ...(bodies.length === 0
      ? {}
      : { requestBody: { required: true, content: Object.fromEntries(bodies) } }),
    parameters: Object.entries(path).map(([name, given]) => {
      const { description, ...rule } = typeof given === "string" ? { description: given } : given;
      return { name, in: "path", required: true, description, schema: { type: "string", ...rule } };
    }),
    responses: { ...responses },
  });
}

function mutable(requirement: Record<string, readonly string[]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(requirement).map(([k, scopes]) => [k, [...scopes]]));
}

function textBody(description: string) {
  return { schema: { type: "string" as const, description } };
}

/** A JSON body. */
export function json(description: string, schema: v.GenericSchema): ResponseBody {
  return { description, content: { [JSON_TYPE]: { schema: resolver(schema) } } };
}

/** A cell in the media type that the request accepts. */
export function negotiated(description: string, schema: v.GenericSchema): ResponseBody {
  const text = { schema: resolver(v.string()) };
  return {
    description,
    content: {
      [JSON_TYPE]: { schema: resolver(schema) },
      [CVX_TYPE]: text,
      [RAW_TYPE]: text,
      [TEXT_TYPE]: text,
      [HTML_TYPE]: text,
    },
  };
}

/** A refusal. */
export function refusal(description: string): ResponseBody {
  return negotiated(description, ERROR);
}

/** A body of another kind. */
export function other(description: string, type: string): ResponseBody {
  return { description, content: { [type]: { schema: resolver(v.string()) } } };
}
