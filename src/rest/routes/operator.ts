// POST peer/shutdown (sheet 05 §1.8): for who shows the operator's token. The reference trusts the
// address of the socket, so that behind a proxy anybody may stop it (sheet 05 §5.2 row 1).

import type { Hono } from "hono";
import type { BearerTokens } from "../access/bearer-tokens.ts";
import { sendError } from "../content.ts";
import { operation, other, refusal } from "../documentation.ts";
import { TEXT_TYPE } from "../media-type.ts";

/** What the operator may do over HTTP. */
export interface Operator {
  readonly tokens: BearerTokens;
  /** Has the process stop in good order. */
  readonly shutdown: () => void;
}

const describeShutdown = operation({
  operationId: "shutdown",
  tags: ["Operator"],
  summary: "Stop the peer in good order",
  security: [{ operator: [] }],
  responses: {
    200: other("It is stopping", TEXT_TYPE),
    401: refusal("Without the operator's token, or where the operator has set none"),
  },
});

export function operatorRoutes(app: Hono, operator: Operator | null): void {
  app.post("/peer/shutdown", describeShutdown, (c) => {
    if (operator === null || operator.tokens.shown(c.req.header("authorization")) === null) {
      const refused = sendError(c, 401, "Only the operator may stop the peer, with its token");
      refused.headers.set("WWW-Authenticate", 'Bearer realm="operator"');
      return refused;
    }
    operator.shutdown();
    return c.text("Shutdown initiated.");
  });
}
