// The MCP server behind a message: the protocol is the official library's, tools and prompts are
// ours. Each message has a server of its own, so that nothing is kept between requests.

import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import packageJson from "../../../package.json" with { type: "json" };
import { toHex } from "../../crypto/hex.ts";
import { BadStructureError } from "../../data/errors.ts";
import { KeyRateError } from "../access/key-rate.ts";
import { FailedRequest } from "../failed-result.ts";
import { FaucetBusyError } from "../faucet.ts";
import { RequestError } from "../request-fields.ts";
import { LaneFullError } from "../work-lane.ts";
import { PROMPT_LIST, promptText } from "./prompts.ts";
import { RPC, RpcError } from "./rpc-error.ts";
import { resultAnswer, type ToolAnswer, type ToolContext } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import { TOOLS } from "./tools.ts";

/** Asked for only by servers that put questions to clients. */
const NO_VALIDATOR = {
  getValidator(): never {
    throw new Error("this server asks clients for nothing");
  },
};

export interface McpRequest extends ToolContext {
  /** Why this client gets no tools that take a seed, null when it gets them. */
  readonly seedObstacle: string | null;
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown) => void;
}

const failed = (message: string): ToolAnswer => ({ content: { message }, isError: true });

async function callTool(
  name: string,
  args: Record<string, unknown>,
  request: McpRequest,
): Promise<ToolAnswer> {
  const tool = TOOLS.get(name);
  if (tool === undefined) throw new RpcError(RPC.METHOD_NOT_FOUND, `Unknown tool: ${name}`);
  if (tool.takesSeed && request.seedObstacle !== null) return failed(request.seedObstacle);
  try {
    return await tool.call(args, request);
  } catch (error) {
    if (error instanceof FailedRequest) return resultAnswer(request.peer, error.result);
    if (error instanceof BadStructureError) return failed(`Damaged data: ${error.message}`);
    const isTheirs =
      error instanceof ToolError ||
      error instanceof RequestError ||
      error instanceof FaucetBusyError ||
      error instanceof KeyRateError ||
      error instanceof LaneFullError;
    if (isTheirs) return failed(error.message);
    request.onFault(error);
    return failed("Internal error: the peer's log says more");
  }
}

function toolResult({ content, isError }: ToolAnswer): CallToolResult {
  return {
    content: [{ type: "text", text: JSON.stringify(content) }],
    structuredContent: { ...content },
    isError,
  };
}

function toolList({ seedObstacle }: McpRequest) {
  return [...TOOLS.values()]
    .filter(({ takesSeed }) => !takesSeed || seedObstacle === null)
    .map(({ takesSeed: _, cost: __, call: ___, ...described }) => described);
}

function promptMessages(name: string, args: Readonly<Record<string, string>>) {
  const prompt = promptText(name, args);
  if (prompt === null) throw new RpcError(RPC.METHOD_NOT_FOUND, `Unknown prompt: ${name}`);
  const { description, text } = prompt;
  return {
    description,
    messages: [{ role: "user" as const, content: { type: "text" as const, text } }],
  };
}

/** A server for one request, which knows the peer and who asks. */
export function mcpServer(request: McpRequest): Server {
  const { genesis, peer: key } = request.peer.status();
  const info = {
    name: "convex-mcp",
    title: "Convex MCP",
    version: packageJson.version,
    networkId: toHex(genesis),
    peerKey: toHex(key),
  };
  const server = new Server(info, {
    capabilities: { tools: {}, prompts: {} },
    jsonSchemaValidator: NO_VALIDATOR,
  });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: toolList(request) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) =>
    toolResult(await callTool(params.name, params.arguments ?? {}, request)),
  );
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: PROMPT_LIST }));
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
    promptMessages(params.name, params.arguments ?? {}),
  );
  server.fallbackRequestHandler = async ({ method }) => {
    throw new RpcError(RPC.METHOD_NOT_FOUND, `Method not found: ${method}`);
  };
  return server;
}
