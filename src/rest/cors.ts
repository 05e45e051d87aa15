// CORS (sheet 05 §1.6): the API may be asked by pages of any origin. It knows no cookies, so that
// there is nothing for such a page to abuse.

/** The header by which pages of any origin may read a response. */
export const ANY_ORIGIN = { "Access-Control-Allow-Origin": "*" } as const;

const PREFLIGHT = {
  ...ANY_ORIGIN,
  "Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
  // Beyond what the reference allows: pages of the operator show a token by Authorization, and
  // clients of MCP and readers of events send the others.
  "Access-Control-Allow-Headers":
    "content-type, authorization, mcp-session-id, mcp-protocol-version, last-event-id",
  Vary: "Origin, Access-Control-Request-Headers",
};

/** The answer to what a browser asks beforehand, null for any other request. */
export function preflight(request: Request): Response | null {
  return request.method === "OPTIONS"
    ? new Response(null, { status: 204, headers: PREFLIGHT })
    : null;
}

/**
 * Has pages of any origin read a response.
 * @param isMarked whether it has the header already
 */
export function allowAllOrigins(response: Response, request: Request, isMarked: boolean): void {
  if (!isMarked) response.headers.set("Access-Control-Allow-Origin", "*");
  if (request.headers.has("origin")) response.headers.append("Vary", "Origin");
}
