// The HTTP API: routes of sheet 05 §1.8 under /api/v1, CORS, and the one place where a failed request
// becomes a response.

import { Hono } from "hono";
import { cors } from "hono/cors";
import type { PeerApi } from "../peer/peer-api.ts";
import { acceptedType, HTML_TYPE, sendCell, sendError } from "./content.ts";
import { FailedRequest } from "./failed-result.ts";
import { type Faucet, FaucetBusyError } from "./faucet.ts";
import { RequestError } from "./request-fields.ts";
import { RequestIds } from "./request-ids.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { faucetRoutes } from "./routes/faucet.ts";
import { queryRoutes } from "./routes/query.ts";
import { statusRoutes } from "./routes/status.ts";
import { transactionRoutes } from "./routes/transactions.ts";

export interface ApiOptions {
  readonly peer: PeerApi;
  /** Null where createAccount and faucet answer 403. */
  readonly faucet: Faucet | null;
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown, path: string) => void;
}

export const API_BASE = "/api/v1";

export function createApp(options: ApiOptions): Hono {
  const app = new Hono();
  const api = new Hono();
  app.use("*", cors({ origin: "*", allowHeaders: ["Content-Type"] }));
  statusRoutes(api, options.peer);
  const ids = new RequestIds();
  queryRoutes(api, options.peer, ids);
  transactionRoutes(api, options.peer, ids);
  accountRoutes(api, options.peer);
  faucetRoutes(api, options.faucet);
  app.route(API_BASE, api);
  app.notFound((c) => {
    const message = `404 Not found: ${c.req.path}`;
    if (acceptedType(c.req.header("accept")) === HTML_TYPE) return c.text(message, 404);
    return sendError(c, 404, message);
  });
  app.onError((error, c) => {
    if (error instanceof RequestError) return sendError(c, error.status, error.message);
    if (error instanceof FailedRequest) return sendCell(c, error.result, error.status);
    if (error instanceof FaucetBusyError) {
      const response = sendError(c, 503, error.message);
      response.headers.set("Retry-After", "1");
      return response;
    }
    options.onFault(error, c.req.path);
    return sendError(c, 500, "Internal error: the peer's log says more");
  });
  return app;
}
