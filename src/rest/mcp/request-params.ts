// Parameters of the wrong types. The protocol's own library takes them for a fault of the server.

import {
  CallToolRequestSchema,
  GetPromptRequestSchema,
  InitializeRequestSchema,
  ListPromptsRequestSchema,
  ListToolsRequestSchema,
  PingRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";

const SCHEMAS = new Map(
  [
    CallToolRequestSchema,
    GetPromptRequestSchema,
    InitializeRequestSchema,
    ListPromptsRequestSchema,
    ListToolsRequestSchema,
    PingRequestSchema,
  ].map((schema) => [schema.shape.method.value as string, schema]),
);

/** What is wrong with the parameters of a request, in words; null for sound and unknown ones. */
export function paramsFault(message: { readonly [key: string]: unknown }): string | null {
  const parsed = SCHEMAS.get(String(message.method))?.safeParse(message);
  const issue = parsed?.error?.issues[0];
  return issue === undefined ? null : `Invalid ${issue.path.join(".")}: ${issue.message}`;
}
