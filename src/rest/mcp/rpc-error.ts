// Errors of JSON-RPC 2.0. Those that the protocol's own library would wrap into words of its own
// are thrown as this class, which it passes on as it is.

import { exactInteger } from "./exact-json.ts";

export const RPC = {
  PARSE: -32_700,
  INVALID_REQUEST: -32_600,
  METHOD_NOT_FOUND: -32_601,
  INVALID_PARAMS: -32_602,
} as const;

export class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** By what a client knows its request again; clients in other languages count beyond 2^53. */
export type RpcId = string | number | bigint;

/** An error response; without id where it is not known, as the MCP schema has it. */
export function errorResponse(code: number, message: string, id?: RpcId): string {
  return JSON.stringify({
    jsonrpc: "2.0",
    error: { code, message },
    ...(id === undefined ? {} : { id: typeof id === "bigint" ? exactInteger(id) : id }),
  });
}
