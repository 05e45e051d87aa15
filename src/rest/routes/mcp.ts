// POST, GET and DELETE /mcp: the Model Context Protocol over streamable HTTP (sheet 05 §2).

import { type Context, Hono } from "hono";
import * as v from "valibot";
import { clientOf } from "../../net/client-address.ts";
import { type Access, STREAM_COST } from "../access/access.ts";
import type { Clients, RequestEnvironment } from "../access/clients.ts";
import { STREAM_AGAIN_S, sendBusy, sendError, sendJson } from "../content.ts";
import { json, operation, other, refusal } from "../documentation.ts";
import type { Faucet } from "../faucet.ts";
import type { Exchange } from "../mcp/mcp-exchange.ts";
import type { McpRequest } from "../mcp/mcp-server.ts";
import { type McpSessions, SessionBusyError, SessionsFullError } from "../mcp/mcp-sessions.ts";
import type { OriginPolicy } from "../mcp/origin-policy.ts";
import { JSON_TYPE } from "../media-type.ts";
import { OUTGOING } from "../outgoing-answers.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { bodyBytes, LARGE_BODY_BYTES } from "../request-body.ts";

const EVENT_STREAM = "text/event-stream";
const UTF8_EVENT_STREAM = `${EVENT_STREAM};charset=utf-8`;
const SESSION_HEADER = "Mcp-Session-Id";
/** What names a session; also pages that may use MCP get to read it. */
const sessionHeaders = (id: string) => ({
  [SESSION_HEADER]: id,
  "Access-Control-Expose-Headers": SESSION_HEADER,
});

export interface McpOptions {
  readonly sessions: McpSessions;
  readonly origins: OriginPolicy;
  /** Whether tools that take a seed are there at all. */
  readonly hasSeedTools: boolean;
}

export interface McpParts {
  readonly peer: PacedPeer;
  readonly faucet: Faucet | null;
  readonly clients: Clients;
  /** Null where everybody may ask at any rate. */
  readonly access: Access | null;
  readonly onFault: (error: unknown, path: string) => void;
}

const MESSAGE = v.pipe(
  v.unknown(),
  v.metadata({ description: "A message of JSON-RPC 2.0, or an array of up to 20" }),
);

const FORBIDDEN = refusal("From a page of another origin than the operator has named");

const describePost = operation({
  operationId: "mcp",
  tags: ["Transactions"],
  summary: "Message to the MCP server",
  otherBodies: { [JSON_TYPE]: "A message of JSON-RPC 2.0, or an array of up to 20" },
  responses: {
    200: json("The answer, errors of JSON-RPC included", MESSAGE),
    202: { description: "Taken; there is no answer to a notification" },
    403: FORBIDDEN,
    413: refusal("The body is too large"),
  },
});

const describeGet = operation({
  operationId: "mcpStream",
  tags: ["Transactions"],
  summary: "Stream of notifications of the MCP server",
  responses: {
    200: other("Server-sent events", EVENT_STREAM),
    403: FORBIDDEN,
    405: { description: "Without Accept: text/event-stream" },
    409: refusal("The session has a stream already"),
    429: refusal("Too many streams: again after Retry-After seconds"),
  },
});

const describeDelete = operation({
  operationId: "mcpEnd",
  tags: ["Transactions"],
  summary: "End a session of the MCP server",
  responses: {
    200: { description: "It has ended" },
    400: refusal("Without Mcp-Session-Id"),
    403: FORBIDDEN,
    404: refusal("No such session"),
  },
});

const describeDiscovery = operation({
  operationId: "getMcp",
  tags: ["Transactions"],
  summary: "Where the MCP server is",
  responses: { 200: json("Its address", v.looseObject({ server_url: v.string() })) },
});

const accepts = (c: Context, type: string) => (c.req.header("accept") ?? "").includes(type);

function respond(c: Context, { answers, isBatch, isInitialize }: Exchange): Response {
  if (answers.length === 0) return new Response(null, { status: 202 });
  const wantsEvents = accepts(c, EVENT_STREAM) && !accepts(c, JSON_TYPE);
  const text = isBatch ? `[${answers.join(",")}]` : (answers[0] as string);
  const response = wantsEvents
    ? new Response(OUTGOING.body(`event: message\ndata: ${text}\n\n`), {
        headers: {
          "Content-Type": UTF8_EVENT_STREAM,
          "Cache-Control": "no-cache",
          "X-Accel-Buffering": "no",
        },
      })
    : sendJson(text);
  if (!isInitialize) return response;
  const headers = sessionHeaders(crypto.randomUUID());
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** Why a client gets no tools that take a seed. */
function seedObstacle(c: Context, clients: Clients, hasSeedTools: boolean): string | null {
  if (!hasSeedTools) return "Tools that take a seed are switched off on this peer";
  if (clients.isConfidential(c)) return null;
  return "Tools that take a seed are there over TLS and on the peer's own machine only";
}

/** @param admit hears what a stream counts as requests before it is opened, and may throw */
function openStream(
  c: Context,
  { clients }: McpParts,
  sessions: McpSessions,
  admit: (c: Context, cost: number) => void,
): Response {
  if (!accepts(c, EVENT_STREAM)) {
    return new Response(null, { status: 405, headers: { Allow: "POST, DELETE" } });
  }
  const id = c.req.header(SESSION_HEADER) ?? crypto.randomUUID();
  const headers = {
    "Content-Type": EVENT_STREAM,
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
    ...sessionHeaders(id),
  };
  // Nobody would read the stream, nor end it.
  if (c.req.method === "HEAD") return new Response(null, { headers });
  admit(c, STREAM_COST);
  try {
    return new Response(sessions.open(id, clientOf(clients.address(c))), { headers });
  } catch (error) {
    if (error instanceof SessionBusyError) return sendError(c, 409, error.message);
    if (!(error instanceof SessionsFullError)) throw error;
    return sendBusy(c, 429, error.message, STREAM_AGAIN_S);
  }
}

/**
 * /mcp refuses pages of origins that are not allowed with 403, before it reads anything. Errors of
 * JSON-RPC are 200.
 */
export function mcpRoutes(app: Hono, parts: McpParts, options: McpOptions): void {
  const { peer, faucet, clients, access, onFault } = parts;
  const { sessions, origins, hasSeedTools } = options;
  const mcp = new Hono();
  // The request itself has counted for one.
  const admit = (c: Context, cost: number) => {
    const asker = clients.asker(c.req.raw, (c.env ?? {}) as RequestEnvironment);
    access?.countMore(asker, cost - 1, Date.now());
  };

  mcp.use("/mcp", async (c, next) => {
    if (!origins.allows(c.req.header("origin"), clients.host(c))) {
      return sendError(c, 403, "Requests from pages of this origin are not allowed");
    }
    await next();
  });

  mcp.post("/mcp", describePost, async (c) => {
    const body = new TextDecoder().decode(await bodyBytes(c, LARGE_BODY_BYTES));
    const request: McpRequest = {
      peer,
      faucet,
      watches: sessions.watches(c.req.header(SESSION_HEADER)),
      seedObstacle: seedObstacle(c, clients, hasSeedTools),
      onFault: (error) => onFault(error, c.req.path),
    };
    const version = c.req.header("mcp-protocol-version") ?? null;
    // The library behind it takes 18 MB and 200 ms to load: who has no use for MCP does without.
    const { exchange } = await import("../mcp/mcp-exchange.ts");
    return respond(c, await exchange(body, request, version, (cost) => admit(c, cost)));
  });

  mcp.get("/mcp", describeGet, (c) => openStream(c, parts, sessions, admit));

  mcp.delete("/mcp", describeDelete, (c) => {
    const id = c.req.header(SESSION_HEADER);
    if (id === undefined) return sendError(c, 400, "Expected Mcp-Session-Id");
    if (!sessions.close(id)) return sendError(c, 404, `There is no session ${id}`);
    return new Response(null, { status: 200 });
  });

  mcp.get("/.well-known/mcp", describeDiscovery, (c) =>
    c.json({
      server_url: `${clients.baseUrl(c)}/mcp`,
      endpoint: { path: "/mcp", transport: "streamable-http" },
      mcp_version: "1.0",
      description: "Convex MCP",
    }),
  );
  app.route("/", mcp);
}
