// JSON-RPC over HTTP: what a POST brings becomes messages, each is answered by a server of its own,
// and the answers become one response. What is no message at all is answered here, in the
// reference's words.

import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Plain } from "../../lang/json.ts";
import { ParseError } from "../../lang/reader.ts";
import { readRequestPlain } from "../request-form.ts";
import { type McpRequest, mcpServer } from "./mcp-server.ts";
import { isObject, type Members, paramsFault, usedParams } from "./request-params.ts";
import { errorResponse, RPC, type RpcId } from "./rpc-error.ts";
import { TOOLS } from "./tools.ts";

/** Messages in one batch. */
const BATCH_MAX = 20;

/** Answers as JSON texts; `isBatch` when they stand in an array. */
export interface Exchange {
  readonly answers: readonly string[];
  readonly isBatch: boolean;
  /** Whether the client has begun a session. */
  readonly isInitialize: boolean;
}

/** What one message counts for the rate of requests. */
function costOf(message: Plain): number {
  if (!isObject(message) || message.method !== "tools/call" || !isObject(message.params)) return 1;
  return TOOLS.get(String(message.params.name))?.cost ?? 1;
}

const isId = (id: Plain | undefined): id is RpcId =>
  typeof id === "string" ||
  typeof id === "bigint" ||
  (typeof id === "number" && Number.isInteger(id));

/** The response to what is no sound request, null for what is. */
function refusal(message: Plain, isInBatch: boolean): string | null {
  if (!isObject(message)) {
    const words = isInBatch ? "Invalid Request" : "Request must be a JSON object or array";
    return errorResponse(RPC.INVALID_REQUEST, words);
  }
  const { id, method, params } = message;
  const known = isId(id) ? id : undefined;
  if (id !== undefined && known === undefined) {
    return errorResponse(RPC.INVALID_REQUEST, "Invalid Request");
  }
  if (typeof method !== "string") {
    return errorResponse(RPC.INVALID_REQUEST, "Missing method", known);
  }
  // A notification is answered by nothing.
  const fault = known === undefined ? null : paramsFault(method, params);
  return fault === null ? null : errorResponse(RPC.INVALID_PARAMS, fault, known);
}

/** An answer of the client's to something this server would have asked. */
const isAnswer = (message: Plain) =>
  isObject(message) && message.method === undefined && ("result" in message || "error" in message);

/** A sound request as the protocol's library gets to see it. */
function completed({ method, id, params }: Members): Members {
  const used = usedParams(String(method), params);
  return {
    jsonrpc: "2.0",
    method: method ?? null,
    ...(id === undefined ? {} : { id }),
    ...(used === undefined ? {} : { params: used }),
  };
}

/** The answer of a server to one message; null when there is none to a notification. */
async function answerTo(
  message: Members,
  request: McpRequest,
  protocolVersion: string | null,
): Promise<string | null> {
  const { id } = message;
  // The library takes no integer beyond 2^53 for an id: it sees this text instead.
  const alias = typeof id === "bigint" ? crypto.randomUUID() : null;
  const parsedBody = completed(alias === null ? message : { ...message, id: alias });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  const server = mcpServer(request);
  await server.connect(transport);
  try {
    const headers: Record<string, string> = {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(protocolVersion === null ? {} : { "mcp-protocol-version": protocolVersion }),
    };
    const posted = new Request("http://peer.invalid/mcp", { method: "POST", headers });
    const response = await transport.handleRequest(posted, { parsedBody });
    const text = await response.text();
    if (alias !== null) return text.replace(`"${alias}"`, String(id));
    return text === "" ? null : text;
  } finally {
    await server.close();
  }
}

async function one(
  message: Plain,
  isInBatch: boolean,
  request: McpRequest,
  protocolVersion: string | null,
): Promise<string[]> {
  if (isAnswer(message)) return [];
  const refused = refusal(message, isInBatch);
  if (refused !== null) return [refused];
  await request.peer.turn();
  const answer = await answerTo(message as Members, request, protocolVersion);
  return answer === null ? [] : [answer];
}

function parse(body: string): Plain | undefined {
  try {
    return readRequestPlain(body);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

const only = (answer: string): Exchange => ({
  answers: [answer],
  isBatch: false,
  isInitialize: false,
});

/**
 * Answers the messages of a body.
 * @param admit hears what they count as requests before any is answered, and may throw
 */
export async function exchange(
  body: string,
  request: McpRequest,
  protocolVersion: string | null,
  admit: (cost: number) => void = () => {},
): Promise<Exchange> {
  const parsed = parse(body);
  if (parsed === undefined) return only(errorResponse(RPC.PARSE, "Parse error"));
  if (!Array.isArray(parsed)) {
    admit(costOf(parsed));
    const isInitialize = isObject(parsed) && parsed.method === "initialize";
    const answers = await one(parsed, false, request, protocolVersion);
    return { answers, isBatch: false, isInitialize };
  }
  if (parsed.length === 0) {
    return only(errorResponse(RPC.INVALID_REQUEST, "Invalid batch request (empty)"));
  }
  if (parsed.length > BATCH_MAX) {
    return only(errorResponse(RPC.INVALID_REQUEST, `Batch too large (max ${BATCH_MAX})`));
  }
  admit(parsed.reduce((sum: number, message) => sum + costOf(message), 0));
  const answers: string[] = [];
  for (const message of parsed) {
    answers.push(...(await one(message, true, request, protocolVersion)));
  }
  return { answers, isBatch: true, isInitialize: false };
}
