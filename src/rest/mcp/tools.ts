// All tools of the MCP server, by name.

import { ACCOUNT_TOOLS } from "./account-tools.ts";
import { CHAIN_TOOLS } from "./chain-tools.ts";
import { CODE_TOOLS } from "./code-tools.ts";
import { DATA_TOOLS } from "./data-tools.ts";
import type { Tool } from "./tool.ts";

export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  [...CODE_TOOLS, ...DATA_TOOLS, ...CHAIN_TOOLS, ...ACCOUNT_TOOLS].map((tool) => [tool.name, tool]),
);
