// The faucet of a test network, by the HTTP API of a peer that has one.

import type { Integer } from "../../data/cell.ts";
import { CommandError, EXIT } from "../failure.ts";
import { isUndecided } from "../transactions/result-output.ts";
import { httpFailure, isUnresolved } from "./http-failure.ts";
import { ownApi } from "./own-peer.ts";

const DEFAULT_API = "http://127.0.0.1:8080";
const TIMEOUT_MS = 30_000;
const STATUS_FORBIDDEN = 403;

/**
 * An address of an API as its routes are appended to it: without the beginning that they share,
 * with which a peer shows it when it starts. @throws Error showing one
 */
export function parseApiUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol))
    return text.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  throw new Error(`expected an address such as ${DEFAULT_API}, found '${text}'`);
}

export const apiUrlFlag = {
  kind: "parsed",
  parse: parseApiUrl,
  optional: true,
  placeholder: "URL",
  brief: `HTTP API of a peer with a faucet (default: the peer that runs here, or ${DEFAULT_API})`,
} as const;

/**
 * The API that flags mean: the named one, that of the peer which runs in the data directory, or the
 * usual one.
 */
export async function faucetApi(flags: {
  readonly api?: string | undefined;
  readonly dataDir?: string | undefined;
}): Promise<string> {
  return flags.api ?? (await ownApi(flags.dataDir)) ?? DEFAULT_API;
}

interface FaucetAnswer {
  readonly address?: number;
  readonly amount?: number;
  readonly balance?: unknown;
  readonly error?: string;
  readonly errorCode?: string;
  readonly value?: unknown;
}

/** Errors after which the faucet may have what it was asked. */
const UNANSWERED = /^(?:TimeoutError|ECONNRESET|ConnectionClosed|EPIPE)$/;

function isUnanswered(error: unknown): boolean {
  const { name, code } = error as Error & { readonly code?: unknown };
  return [name, String(code)].some((each) => UNANSWERED.test(each));
}

/** Asked again, a faucet gives again. */
function mayHaveGiven({ api, look }: FaucetRequest, why: string): CommandError {
  const what = `The faucet at ${api} was asked, and did not say what came of it (${why})`;
  return new CommandError(EXIT.TEMPFAIL, `${what}: it may have given all the same; ${look}`);
}

/** Nothing where the body is no JSON: who needs a part of it will miss it. */
async function readAnswer(response: Response): Promise<FaucetAnswer> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === "object" && body !== null ? body : {};
}

/** Who asks, and for how long an answer is waited for. */
export interface FaucetRequest {
  readonly api: string;
  readonly timeoutMs: number;
  /** How to see what was given, as the end of a sentence. */
  readonly look: string;
}

/** @throws CommandError, of which TEMPFAIL says that it may have been given all the same */
async function post(request: FaucetRequest, route: string, body: object): Promise<FaucetAnswer> {
  const { api, timeoutMs } = request;
  const url = `${api}/api/v1/${route}`;
  let response: Response;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { "content-type": "application/json" };
    response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal });
  } catch (error) {
    const reason = httpFailure(error, timeoutMs);
    if (isUnanswered(error)) throw mayHaveGiven(request, reason);
    const fix = "start one with `convex-peer local`, or name its --api";
    const exitCode = isUnresolved(error) ? EXIT.NOHOST : EXIT.UNAVAILABLE;
    throw new CommandError(exitCode, `No faucet answers at ${url} (${reason}): ${fix}`);
  }
  const answer = await readAnswer(response);
  if (response.status === STATUS_FORBIDDEN) {
    const fix = "have an account pay with --from '#N', or name another peer's with --api";
    throw new CommandError(EXIT.NOPERM, `The peer at ${api} has no faucet: ${fix}`);
  }
  if (isUndecided(answer.errorCode)) {
    throw mayHaveGiven(request, `:${answer.errorCode} ${String(answer.value)}`);
  }
  if (!response.ok) {
    const words = answer.error ?? `status ${response.status}`;
    throw new CommandError(EXIT.UNAVAILABLE, `The faucet at ${api} refuses: ${words}`);
  }
  if (answer.errorCode === undefined) return answer;
  const words = `:${answer.errorCode} ${String(answer.value)}`;
  throw new CommandError(EXIT.DATAERR, `The faucet at ${api} fails: ${words}`);
}

/** Copper that an account of its network has, null when the API does not say. */
async function coinsOf(api: string, address: number): Promise<number | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(`${api}/api/v1/accounts/${address}`, { signal }).catch(() => null);
  if (response?.ok !== true) return null;
  const { balance } = await readAnswer(response);
  return typeof balance === "number" ? balance : null;
}

/**
 * Whether a new account is known to have got nothing: a faucet that has too little says nothing.
 */
export async function isWithoutCoins(api: string, address: number): Promise<boolean> {
  return (await coinsOf(api, address)) === 0;
}

/** The Address of a new account; whether it got coins is not said. @throws CommandError */
export async function faucetAccount(
  request: FaucetRequest,
  publicKey: string,
  amount: Integer,
): Promise<number> {
  const answer = await post(request, "createAccount", {
    accountKey: publicKey,
    faucet: amount.toString(),
  });
  if (typeof answer.address === "number") return answer.address;
  const fix = "is it the HTTP API of a Convex peer?";
  throw new CommandError(
    EXIT.UNAVAILABLE,
    `What answers at ${request.api} names no account: ${fix}`,
  );
}

/** Copper that were given, at most what was asked for. @throws CommandError */
export async function faucetCoins(
  request: FaucetRequest,
  address: Integer,
  amount: Integer,
): Promise<Integer> {
  const answer = await post(request, "faucet", {
    address: address.toString(),
    amount: amount.toString(),
  });
  if (typeof answer.amount === "number") return answer.amount;
  const fix = "is it the HTTP API of a Convex peer? `convex-peer account info` shows what came";
  const what = `What answers at ${request.api} names no amount given`;
  throw new CommandError(EXIT.UNAVAILABLE, `${what}: ${fix}`);
}
