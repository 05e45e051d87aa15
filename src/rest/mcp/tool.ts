// A tool of the MCP server: its schema, which documents and validates, and what it does.

import type { ToolAnnotations } from "@modelcontextprotocol/sdk/types.js";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import type { Value } from "../../data/cell.ts";
import { storedBytes } from "../../data/memory-size.ts";
import type { Result } from "../../state/result.ts";
import { type Fields, MAX_RESPONSE_BYTES, turnToPrint } from "../content.ts";
import type { Faucet } from "../faucet.ts";
import type { PacedPeer } from "../paced-peer.ts";
import { resultFields } from "../result-json.ts";
import { exactJson } from "./exact-json.ts";
import { ToolError } from "./tool-error.ts";
import type { Watches } from "./watches.ts";

/** What a tool does, for clients that ask before. */
export const READS_STATE = { readOnlyHint: true, openWorldHint: true };

/** What tools work with. */
export interface ToolContext {
  readonly peer: PacedPeer;
  readonly faucet: Faucet | null;
  /** Watches of the client's session; null without an open stream. */
  readonly watches: Watches | null;
}

/** What a tool answers: members of an object; an error of the machine is an answer too. */
export interface ToolAnswer {
  readonly content: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

type InputSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

interface ToolOptions<S extends InputSchema> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: S;
  readonly annotations: ToolAnnotations;
  /** Whether a secret goes in or comes out. */
  readonly takesSeed?: boolean;
  /** Requests that a call counts for; left out: one. */
  readonly cost?: number;
  readonly call: (
    input: v.InferOutput<S>,
    context: ToolContext,
  ) => Promise<ToolAnswer> | ToolAnswer;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: { readonly type: "object" };
  readonly annotations: ToolAnnotations;
  readonly takesSeed: boolean;
  readonly cost: number;
  /** @throws ToolError, RequestError, FailedRequest with words for the client */
  readonly call: (args: Record<string, unknown>, context: ToolContext) => Promise<ToolAnswer>;
}

/** A tool whose input is checked against its schema before `call` sees it. */
export function tool<S extends InputSchema>(options: ToolOptions<S>): Tool {
  const { name, title, description, input, annotations, takesSeed = false, cost = 1 } = options;
  const { $schema: _, ...inputSchema } = toJsonSchema(input, {
    typeMode: "input",
    errorMode: "ignore",
  });
  return {
    name,
    title,
    description,
    inputSchema: inputSchema as { type: "object" },
    annotations,
    takesSeed,
    cost,
    call: async (args, context) => {
      const given = Object.keys(input.entries).map((key) => [key, args[key]]);
      const parsed = v.safeParse(input, Object.fromEntries(given), { abortEarly: true });
      if (!parsed.success) throw new ToolError(parsed.issues[0].message);
      return options.call(parsed.output, context);
    },
  };
}

/** An answer of fields. @throws ToolError when one is too large */
export function answer(fields: Fields): ToolAnswer {
  for (const [, value] of fields) requireAnswerable(value);
  const content = fields.map(([name, value]) => [name, exactJson(value)]);
  return { content: Object.fromEntries(content), isError: false };
}

/** Whatever a contract has made may be shared a thousand times within itself. */
function requireAnswerable(value: Value): void {
  const size = storedBytes(value);
  if (size > MAX_RESPONSE_BYTES) throw new ToolError(`Response too large: ${size} bytes`);
}

/**
 * The answer that a Result is: value, errorCode and info; a large one is made in a turn of its own.
 * @throws ToolError when it is too large
 */
export async function resultAnswer(peer: PacedPeer, result: Result): Promise<ToolAnswer> {
  await turnToPrint(peer, result);
  requireAnswerable(result);
  const members = resultFields(result)
    .entries()
    .filter(([key]) => String(key) !== "result");
  const fields = members.map(([key, value]) => [String(key), value] as [string, Value]);
  return { ...answer(fields), isError: result.isError };
}
