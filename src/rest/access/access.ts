// Who may ask for what: by address, by token, by route, and how often. All of it is off unless the
// operator says otherwise, but the rate of clients that are not on this machine.

import { clientOf } from "../../net/client-address.ts";
import { type AddressList, isLoopback } from "./address-list.ts";
import type { BearerTokens } from "./bearer-tokens.ts";
import type { Asker, Clients, RequestEnvironment } from "./clients.ts";
import { type Rate, RateLimit } from "./rate-limit.ts";

/** Kinds of routes that can be switched on one by one, by the first word of their path. */
export const ROUTE_GROUPS = [
  "accounts",
  "blocks",
  "createAccount",
  "data",
  "events",
  "faucet",
  "identity",
  "mcp",
  "message",
  "metrics",
  "openapi",
  "page",
  "peers",
  "query",
  "status",
  "transact",
  "transaction",
  "tx",
  "ws",
] as const;
export type RouteGroup = (typeof ROUTE_GROUPS)[number];

/** Always there: those who watch over the peer, and the operator with a token of its own. */
type Group = RouteGroup | "health" | "operator";

export const DEFAULT_RATE: Rate = { perSecond: 200, burst: 400 };

/** Requests that a use of the faucet counts for: it makes a transaction. */
export const FAUCET_COST = 20;

/** Requests that a stream, which holds one of the places there are, counts for. */
export const STREAM_COST = 10;

/** Requests that count more than one. */
const COSTS: ReadonlyMap<Group, number> = new Map([
  ["createAccount", FAUCET_COST],
  ["faucet", FAUCET_COST],
  ["events", STREAM_COST],
  ["ws", STREAM_COST],
]);

/** Bytes of a body that count for one request more: all of it is read, and may be run. */
const BYTES_PER_REQUEST = 5_000;

const bodyCost = (bytes: number) => Math.floor(bytes / BYTES_PER_REQUEST);

export interface AccessOptions {
  /** Addresses that may ask; null for all. */
  readonly allow: AddressList | null;
  /** Tokens of which one is needed; null for none. */
  readonly tokens: BearerTokens | null;
  /** Routes that are there; null for all. */
  readonly routes: ReadonlySet<RouteGroup> | null;
  /** Rate of each address and each token; null for any. */
  readonly rate: Rate | null;
}

/** Why a request is not served. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 429;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A route found out that what was asked for may not be done. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const OTHER_GROUPS: ReadonlyMap<string, Group> = new Map([
  ["", "page"],
  ["livez", "health"],
  ["readyz", "health"],
  ["mcp", "mcp"],
  ["metrics", "metrics"],
  ["openapi", "openapi"],
  ["redoc", "openapi"],
  ["swagger", "openapi"],
  ["openapi.json", "openapi"],
  ["ws", "ws"],
  [".well-known", "identity"],
  ["did", "identity"],
  ["identicon", "identity"],
  ["verify", "identity"],
]);

/** Files of the page hold nothing of the peer: who opens it is asked there for the token. */
const PAGE_FILE = /^\/(?:index\.html|page\/[\w.-]+)?$/;

const KNOWN: ReadonlySet<string> = new Set(ROUTE_GROUPS);

/** The group of a path. */
export function groupOf(path: string): Group {
  const [, first = "", second, third = ""] = path.split("/");
  if (first === "api" && second === "v1") {
    if (third === "peer") return "operator";
    return KNOWN.has(third) ? (third as RouteGroup) : "page";
  }
  if (path.endsWith("/did.json")) return "identity";
  return OTHER_GROUPS.get(first) ?? "page";
}

const refusal = (status: Refusal["status"], message: string, headers = {}): Refusal => ({
  status,
  message,
  headers,
});

export class Access {
  readonly #options: AccessOptions;
  readonly #limit: RateLimit | null;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#limit = options.rate === null ? null : new RateLimit(options.rate);
  }

  /** Why a request is refused, null when it may pass; then it counts, with its declared body. */
  refusal(path: string, asker: Asker, nowMs: number): Refusal | null {
    const { allow, routes } = this.#options;
    if (allow !== null && !allow.has(asker.address())) {
      return refusal(403, "This API does not answer your address");
    }
    const group = groupOf(path);
    if (group === "health" || group === "operator") return null;
    if (routes !== null && !routes.has(group)) return refusal(404, `404 Not found: ${path}`);
    const unauthorised = PAGE_FILE.test(path) ? null : this.#unauthorised(asker);
    return unauthorised ?? this.#tooFast(group, asker, nowMs);
  }

  #unauthorised(asker: Asker): Refusal | null {
    const { tokens } = this.#options;
    if (tokens === null || tokens.shown(asker.authorization()) !== null) return null;
    const headers = { "WWW-Authenticate": 'Bearer realm="api"' };
    return refusal(401, "This API needs a token: Authorization: Bearer …", headers);
  }

  #tooFast(group: Group, asker: Asker, nowMs: number): Refusal | null {
    const client = this.#limited(asker);
    if (client === null) return null;
    return this.#counted(client, (COSTS.get(group) ?? 1) + bodyCost(asker.bodyBytes()), nowMs);
  }

  /**
   * Counts what a request that passed asks for, beside what it has counted for.
   * @throws RefusedError when that is too much
   */
  countMore(asker: Asker, cost: number, nowMs: number): void {
    const client = cost === 0 ? null : this.#limited(asker);
    const refused = client === null ? null : this.#counted(client, cost, nowMs);
    if (refused !== null) throw new RefusedError(refused);
  }

  /** Counts a body whose length was not declared, after it was read. */
  countBody(asker: Asker, bytes: number, nowMs: number): void {
    const client = this.#limited(asker);
    if (client !== null) this.#limit?.take(client, bodyCost(bytes), nowMs);
  }

  /** What the asker counts as, null when its rate is not limited. */
  #limited(asker: Asker): string | null {
    if (this.#limit === null || asker.isLocal) return null;
    const address = asker.address();
    if (isLoopback(address)) return null;
    const token = this.#options.tokens?.shown(asker.authorization()) ?? null;
    return token === null ? clientOf(address) : `token ${token}`;
  }

  #counted(client: string, cost: number, nowMs: number): Refusal | null {
    const waitS = this.#limit?.wait(client, cost, nowMs) ?? 0;
    if (waitS === 0) return null;
    const headers = { "Retry-After": String(Math.ceil(waitS)) };
    return refusal(429, "Too many requests: slow down", headers);
  }
}

/** Why a request gets no WebSocket, null when it gets one. */
export function guardedUpgrade(
  access: Access,
  clients: Clients,
  request: Request,
  environment: RequestEnvironment,
): Response | null {
  const refused = access.refusal("/ws", clients.asker(request, environment), Date.now());
  if (refused === null) return null;
  const body = JSON.stringify({ error: refused.message });
  const headers = { "Content-Type": "application/json", ...refused.headers };
  return new Response(body, { status: refused.status, headers });
}
