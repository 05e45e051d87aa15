// Flags for who may use the HTTP API, and what they mean.

import { readTokenFile } from "../../keys/secret-file.ts";
import {
  type AccessOptions,
  DEFAULT_RATE,
  ROUTE_GROUPS,
  type RouteGroup,
} from "../../rest/access/access.ts";
import { AddressList } from "../../rest/access/address-list.ts";
import { BearerTokens, TokenError } from "../../rest/access/bearer-tokens.ts";
import type { Rate } from "../../rest/access/rate-limit.ts";
import { OriginPolicy } from "../../rest/mcp/origin-policy.ts";
import { MAX_TRANSACTION_JUICE } from "../../state/constants.ts";
import { CommandError, EXIT } from "../failure.ts";
import { fileFlag, warnIfExposed } from "../keys/passphrase.ts";
import { warnAsLog } from "../log/notices.ts";

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
  readonly apiAllow?: AddressList | undefined;
  readonly apiTokenFile?: string | undefined;
  readonly apiRoutes?: ReadonlySet<RouteGroup> | undefined;
  readonly apiRate: number;
  readonly apiKeyRate: number;
  readonly queryJuice: number;
  readonly operatorTokenFile?: string | undefined;
  readonly trustProxy?: AddressList | undefined;
  readonly mcpOrigins?: OriginPolicy | undefined;
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

/** Items of a list with commas. @throws Error when there is none */
function parseList(text: string): readonly string[] {
  const items = text.split(",").map((item) => item.trim());
  const filled = items.filter((item) => item !== "");
  if (filled.length > 0) return filled;
  throw new Error(`expected a value, found '${text}'`);
}

/** @throws Error, AddressListError */
const parseAddresses = (text: string) => new AddressList(parseList(text));

/** @throws Error, OriginError */
const parseOrigins = (text: string) => new OriginPolicy(parseList(text));

/** @throws Error naming what there is */
function parseRoutes(text: string): ReadonlySet<RouteGroup> {
  const known: readonly string[] = ROUTE_GROUPS;
  const names = parseList(text);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return new Set(names as RouteGroup[]);
  throw new Error(`there are no '${unknown}'; expected some of ${ROUTE_GROUPS.join(", ")}`);
}

/** A flag that may be left out. */
function optionalFlag<T>(parse: (text: string) => T, placeholder: string, brief: string) {
  return { kind: "parsed", parse, optional: true, placeholder, brief } as const;
}

export const apiFlags = {
  apiAllow: optionalFlag(
    parseAddresses,
    "ADDRESSES",
    "Addresses and networks the API answers, e.g. 10.0.0.0/8,::1",
  ),
  apiTokenFile: fileFlag("File with tokens, one a line, of which the API then needs one"),
  apiRoutes: optionalFlag(
    parseRoutes,
    "NAMES",
    `Routes the API has, of: ${ROUTE_GROUPS.join(", ")}`,
  ),
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
  operatorTokenFile: fileFlag("File with the token that lets its owner stop the peer"),
  trustProxy: optionalFlag(
    parseAddresses,
    "ADDRESSES",
    "Proxies whose X-Forwarded headers are believed",
  ),
  mcpOrigins: optionalFlag(
    parseOrigins,
    "ORIGINS",
    "Web pages that may use MCP, e.g. https://app.example.org",
  ),
  mcpSeedTools: {
    kind: "boolean",
    optional: true,
    brief: "MCP tools that take a seed (default: only on a peer without stake)",
  },
} as const;

function tokensOf(flag: string, file: string | undefined): BearerTokens | null {
  if (file === undefined) return null;
  try {
    const tokens = new BearerTokens(readTokenFile(file));
    warnIfExposed(file, false, warnAsLog);
    return tokens;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    throw new CommandError(EXIT.USAGE, `${flag}: ${error.message}`);
  }
}

function rateOf(perSecond: number): Rate | null {
  return perSecond === 0 ? null : { perSecond, burst: BURST_SECONDS * perSecond };
}

/** @throws CommandError, SecretFileError */
export function apiPolicyOf(flags: ApiFlags): ApiPolicy {
  return {
    access: {
      allow: flags.apiAllow ?? null,
      tokens: tokensOf("--api-token-file", flags.apiTokenFile),
      routes: flags.apiRoutes ?? null,
      rate: rateOf(flags.apiRate),
    },
    keyRate: rateOf(flags.apiKeyRate),
    operatorTokens: tokensOf("--operator-token-file", flags.operatorTokenFile),
    proxies: flags.trustProxy ?? new AddressList([]),
    mcpOrigins: flags.mcpOrigins ?? new OriginPolicy([]),
    mcpSeedTools: flags.mcpSeedTools ?? null,
  };
}
