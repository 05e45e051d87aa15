// Flags for who may use the HTTP API, and what they mean.

import { readTokenFile } from "../../keys/secret-file.ts";
import {
  type AccessOptions,
  DEFAULT_RATE,
  ROUTE_GROUPS,
  type RouteGroup,
} from "../../rest/access/access.ts";
import { AddressList, AddressListError } from "../../rest/access/address-list.ts";
import { BearerTokens, TokenError } from "../../rest/access/bearer-tokens.ts";
import type { Rate } from "../../rest/access/rate-limit.ts";
import { OriginError, OriginPolicy } from "../../rest/mcp/origin-policy.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import { CommandError, EXIT } from "../failure.ts";
import { warnIfExposed } from "../keys/passphrase.ts";

const RATE_MAX = 1_000_000;
/** Requests at once after a silence, in seconds of the rate. */
const BURST_SECONDS = 2;

/** What the flags say. */
export interface ApiPolicy {
  readonly access: AccessOptions;
  /** Rate of the transactions of each account key; null for any. */
  readonly keyRate: Rate | null;
  readonly operatorTokens: BearerTokens | null;
  readonly proxies: AddressList;
  readonly mcpOrigins: OriginPolicy;
  /** Whether MCP tools may take a seed; null: unless the peer has stake. */
  readonly mcpSeedTools: boolean | null;
}

export const OPEN_POLICY: ApiPolicy = {
  access: { allow: null, tokens: null, routes: null, rate: DEFAULT_RATE },
  keyRate: null,
  operatorTokens: null,
  proxies: new AddressList([]),
  mcpOrigins: new OriginPolicy([]),
  mcpSeedTools: null,
};

export interface ApiFlags {
  readonly apiAllow?: string | undefined;
  readonly apiTokenFile?: string | undefined;
  readonly apiRoutes?: string | undefined;
  readonly apiRate: number;
  readonly apiKeyRate: number;
  readonly queryJuice: number;
  readonly operatorTokenFile?: string | undefined;
  readonly trustProxy?: string | undefined;
  readonly mcpOrigins?: string | undefined;
  readonly mcpSeedTools?: boolean | undefined;
}

/** @throws Error naming the range */
function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d{1,7}$/.test(text) && rate <= RATE_MAX) return rate;
  throw new Error(`expected a number of requests a second up to ${RATE_MAX}, found '${text}'`);
}

/** @throws Error naming the range */
function parseQueryJuice(text: string): number {
  const juice = Number(text);
  const isInRange = juice >= 1 && juice <= MAX_TRANSACTION_JUICE;
  if (/^\d{1,8}$/.test(text) && isInRange) return juice;
  throw new Error(`expected a number from 1 to ${MAX_TRANSACTION_JUICE}, found '${text}'`);
}

const textFlag = (placeholder: string, brief: string) =>
  ({ kind: "parsed", parse: String, optional: true, placeholder, brief }) as const;

export const apiFlags = {
  apiAllow: textFlag("ADDRESSES", "Addresses and networks the API answers, e.g. 10.0.0.0/8,::1"),
  apiTokenFile: textFlag("FILE", "File with tokens, one a line, of which the API then needs one"),
  apiRoutes: textFlag("NAMES", `Routes the API has, of: ${ROUTE_GROUPS.join(", ")}`),
  apiRate: {
    kind: "parsed",
    parse: parseRate,
    default: String(DEFAULT_RATE.perSecond),
    placeholder: "N",
    brief: "Requests a second of each client on other machines; 0 for any number",
  },
  apiKeyRate: {
    kind: "parsed",
    parse: parseRate,
    default: "0",
    placeholder: "N",
    brief: "Transactions a second of each account key through the API; 0 for any number",
  },
  queryJuice: {
    kind: "parsed",
    parse: parseQueryJuice,
    default: String(MAX_TRANSACTION_JUICE),
    placeholder: "N",
    brief: "Juice that a query may have, through the API or from clients of the binary protocol",
  },
  operatorTokenFile: textFlag("FILE", "File with the token that lets its owner stop the peer"),
  trustProxy: textFlag("ADDRESSES", "Proxies whose X-Forwarded headers are believed"),
  mcpOrigins: textFlag("ORIGINS", "Web pages that may use MCP, e.g. https://app.example.org"),
  mcpSeedTools: {
    kind: "boolean",
    optional: true,
    brief: "MCP tools that take a seed (default: only on a peer without stake)",
  },
} as const;

const listOf = (text: string | undefined) =>
  (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function routesOf(text: string | undefined): ReadonlySet<RouteGroup> | null {
  if (text === undefined) return null;
  const known: readonly string[] = ROUTE_GROUPS;
  const names = listOf(text);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return new Set(names as RouteGroup[]);
  const there = ROUTE_GROUPS.join(", ");
  throw new CommandError(EXIT.USAGE, `--api-routes has no '${unknown}'; there are ${there}`);
}

/** What a flag's text stands for. @throws CommandError that names the flag */
function meant<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isTheirs =
      error instanceof AddressListError ||
      error instanceof OriginError ||
      error instanceof TokenError;
    if (isTheirs) throw new CommandError(EXIT.USAGE, `${flag}: ${error.message}`);
    throw error;
  }
}

function tokensOf(flag: string, file: string | undefined): BearerTokens | null {
  if (file === undefined) return null;
  const tokens = meant(flag, () => new BearerTokens(readTokenFile(file)));
  warnIfExposed(file);
  return tokens;
}

function rateOf(perSecond: number): Rate | null {
  return perSecond === 0 ? null : { perSecond, burst: BURST_SECONDS * perSecond };
}

/** @throws CommandError, SecretFileError */
export function apiPolicyOf(flags: ApiFlags): ApiPolicy {
  const { apiAllow } = flags;
  const allow =
    apiAllow === undefined ? null : meant("--api-allow", () => new AddressList(listOf(apiAllow)));
  return {
    access: {
      allow,
      tokens: tokensOf("--api-token-file", flags.apiTokenFile),
      routes: routesOf(flags.apiRoutes),
      rate: rateOf(flags.apiRate),
    },
    keyRate: rateOf(flags.apiKeyRate),
    operatorTokens: tokensOf("--operator-token-file", flags.operatorTokenFile),
    proxies: meant("--trust-proxy", () => new AddressList(listOf(flags.trustProxy))),
    mcpOrigins: meant("--mcp-origins", () => new OriginPolicy(listOf(flags.mcpOrigins))),
    mcpSeedTools: flags.mcpSeedTools ?? null,
  };
}
