// The HTTP API: routes of sheet 05 §1.8 under /api/v1 and around it, CORS, and the one place where
// a failed request becomes a response.

import { Hono } from "hono";
import { BadStructureError } from "../data/errors.ts";
import type { MessageServer } from "../peer/clients/message-server.ts";
import { SYSTEM_CLOCK } from "../peer/clock.ts";
import type { PeerHealth } from "../peer/health.ts";
import type { PeerApi } from "../peer/peer-api.ts";
import { type Access, RefusedError } from "./access/access.ts";
import type { AddressList } from "./access/address-list.ts";
import { Clients } from "./access/clients.ts";
import { type KeyRate, KeyRateError } from "./access/key-rate.ts";
import { Api } from "./api.ts";
import { sendBusy, sendCell, sendError, sendNotFoundPage, sendRefusal } from "./content.ts";
import { DirectRoutes } from "./direct-routes.ts";
import type { Exchange } from "./exchange.ts";
import { FailedRequest } from "./failed-result.ts";
import { type Faucet, FaucetBusyError } from "./faucet.ts";
import { BodiesFullError, IncomingBodies } from "./incoming-bodies.ts";
import type { LiveFeed } from "./live/live-feed.ts";
import { acceptedType, HTML_TYPE } from "./media-type.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { PacedPeer } from "./paced-peer.ts";
import { RequestError } from "./request-fields.ts";
import { RequestIds } from "./request-ids.ts";
import { accountRoutes } from "./routes/accounts.ts";
import { blockRoutes } from "./routes/blocks.ts";
import { dataRoutes } from "./routes/data.ts";
import { eventRoutes } from "./routes/events.ts";
import { explorerRoutes } from "./routes/explorer.ts";
import { faucetRoutes } from "./routes/faucet.ts";
import { healthRoutes } from "./routes/health.ts";
import { identityRoutes } from "./routes/identity.ts";
import { listRoutes } from "./routes/lists.ts";
import { type McpOptions, mcpRoutes } from "./routes/mcp.ts";
import { messageRoutes } from "./routes/message.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { type Operator, operatorRoutes } from "./routes/operator.ts";
import { pageRoutes } from "./routes/page.ts";
import { prepareRoutes } from "./routes/prepare.ts";
import { queryRoutes } from "./routes/query.ts";
import { statusRoutes } from "./routes/status.ts";
import { transactionRoutes } from "./routes/transactions.ts";
import { tryPageRoutes } from "./routes/try-page.ts";
import { LaneFullError, WorkLane } from "./work-lane.ts";

export interface ApiOptions {
  readonly peer: PeerApi;
  /** Answers messages of the binary protocol. */
  readonly messages: MessageServer;
  /** Null where createAccount and faucet answer 403. */
  readonly faucet: Faucet | null;
  /** Null where the operator has set no token. */
  readonly operator: Operator | null;
  /** How the peer is; without it /livez and /readyz are not there. */
  readonly health?: () => PeerHealth;
  /** Tells of events; without it there is no subscription. */
  readonly feed?: LiveFeed;
  /** The MCP server; without it /mcp is not there. */
  readonly mcp?: McpOptions;
  /** Figures for /metrics; without them it is not there. */
  readonly metrics?: Metrics;
  /** Who may ask; without it everybody may, at any rate. */
  readonly access?: Access;
  /** How many transactions each account key may send; without it any number. */
  readonly keyRate?: KeyRate | null;
  /** Proxies whose forwarded headers are believed. */
  readonly proxies: AddressList;
  /** Hears of failures that are this peer's own fault. */
  readonly onFault: (error: unknown, path: string) => void;
}

export const API_BASE = "/api/v1";

/** What says that there is too much to do now. */
const BUSY = [FaucetBusyError, LaneFullError, BodiesFullError];

function failure(
  c: Exchange,
  path: string,
  error: unknown,
  onFault: ApiOptions["onFault"],
): Response {
  if (error instanceof RequestError) {
    if (error.status === 404) return notFound(c, error.message);
    return sendError(c, error.status, error.message);
  }
  if (error instanceof FailedRequest) return sendCell(c, error.result, error.status);
  if (error instanceof RefusedError) return sendRefusal(c, error.refusal);
  if (error instanceof KeyRateError) {
    return sendBusy(c, 429, error.message, error.retryAfterS);
  }
  if (BUSY.some((kind) => error instanceof kind)) {
    return sendBusy(c, 503, (error as Error).message, 1);
  }
  // Made by hand by whoever sent it; what was executed on the way stays so.
  if (error instanceof BadStructureError) {
    return sendError(c, 422, `Damaged data can't be shown: ${error.message}`);
  }
  onFault(error, path);
  return sendError(c, 500, "Internal error: the peer's log says more");
}

function notFound(c: Exchange, message: string): Response {
  if (acceptedType(c) === HTML_TYPE) return sendNotFoundPage(message);
  return sendError(c, 404, message);
}

/** All routes of a peer, without a listener. */
export function createApp(options: ApiOptions): Api {
  const lane = new WorkLane(SYSTEM_CLOCK);
  const peer = new PacedPeer(options.peer, lane, options.keyRate ?? null);
  // A slash too many at the end of a path changes nothing, as on the reference.
  const app = new Hono({ strict: false });
  const api = new Hono({ strict: false });
  const clients = new Clients(options.proxies);
  const direct = new DirectRoutes(API_BASE);
  const ids = new RequestIds();
  statusRoutes(api, peer);
  queryRoutes(api, direct, peer, ids);
  prepareRoutes(api, direct, peer);
  transactionRoutes(api, direct, peer, ids);
  accountRoutes(api, peer);
  blockRoutes(api, peer);
  listRoutes(api, peer);
  dataRoutes(api, peer);
  messageRoutes(api, peer, options.messages, clients);
  faucetRoutes(api, options.faucet, peer, ids);
  if (options.feed !== undefined) eventRoutes(api, options.feed, clients);
  operatorRoutes(api, options.operator);
  app.route(API_BASE, api);
  openApiRoutes(app);
  pageRoutes(app);
  tryPageRoutes(app);
  if (options.health !== undefined) healthRoutes(app, peer, options.health);
  if (options.metrics !== undefined) metricsRoutes(app, options.metrics);
  const { faucet, onFault, access = null } = options;
  const mcpParts = { peer, faucet, clients, access, onFault };
  if (options.mcp !== undefined) mcpRoutes(app, mcpParts, options.mcp);
  const hasMcp = options.mcp !== undefined;
  explorerRoutes(app, peer, { clients, hasFaucet: faucet !== null, hasMcp });
  identityRoutes(app, peer, clients);
  const failing = (c: Exchange, path: string, error: unknown) => failure(c, path, error, onFault);
  app.notFound((c) => notFound(c, `404 Not found: ${c.req.path}`));
  app.onError((error, c) => failing(c, c.req.path, error));
  return new Api({
    app,
    direct,
    clients,
    access,
    bodies: new IncomingBodies(lane),
    meter: options.metrics?.requests ?? null,
    failure: failing,
  });
}
