// POST peer/shutdown (sheet 05 §1.8) and peer/command: for who shows the operator's token. The
// reference trusts the address of the socket, so that behind a proxy anybody may stop it (sheet 05
// §5.2 row 1).

import type { Hono, MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { OperatorHandler } from "../../peer/operator/operator-socket.ts";
import type { BearerTokens } from "../access/bearer-tokens.ts";
import { sendError } from "../content.ts";
import { json, operation, other, refusal } from "../documentation.ts";
import { TEXT_TYPE } from "../media-type.ts";
import { jsonInput } from "../request-body.ts";

/** What the operator may do over HTTP. */
export interface Operator {
  readonly tokens: BearerTokens;
  /** Has the process stop in good order. */
  readonly shutdown: () => void;
  /** Carries out what else the operator asks for. */
  readonly command: OperatorHandler["handle"];
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

const describeCommand = operation({
  operationId: "command",
  tags: ["Operator"],
  summary: "Carry out a command of the operator's",
  description:
    "list, status, bans and stop; with a 'target' also ban, unban, connect, drop, outgoing and log-level.",
  security: [{ operator: [] }],
  responses: {
    200: json("What came of it", v.object({ ok: v.boolean(), result: v.optional(v.unknown()) })),
    400: refusal("Malformed body, or a command that can't be carried out"),
    401: refusal("Without the operator's token, or where the operator has set none"),
  },
});

const COMMAND = v.pipe(
  v.object({
    command: v.string("Expected a field 'command' holding a string"),
    target: v.optional(v.string("Field 'target' must be a string")),
  }),
  v.metadata({ ref: "OperatorCommand" }),
);

/** Refuses whoever does not show the operator's token. */
function operatorOnly(operator: Operator | null): MiddlewareHandler {
  return async (c, next) => {
    const shown = operator?.tokens.shown(c.req.header("authorization")) ?? null;
    if (shown !== null) return next();
    const refused = sendError(c, 401, "Only the operator may do this, with its token");
    refused.headers.set("WWW-Authenticate", 'Bearer realm="operator"');
    return refused;
  };
}

/** @param operator null: both answer 401, whatever token is shown */
export function operatorRoutes(app: Hono, operator: Operator | null): void {
  const guard = operatorOnly(operator);
  app.post("/peer/shutdown", describeShutdown, guard, (c) => {
    operator?.shutdown();
    return c.text("Shutdown initiated.");
  });

  app.post("/peer/command", describeCommand, guard, jsonInput(COMMAND), async (c) => {
    const { command, target } = c.req.valid("json").fields;
    const reply = await operator?.command(target === undefined ? { command } : { command, target });
    if (reply?.ok) return c.json(reply);
    return sendError(c, 400, reply?.error ?? "There is no operator");
  });
}
