// The API's listeners on Bun.serve.

import type { RemoteAddress } from "../net/link.ts";
import { ANY_ADDRESS, ANY_ADDRESSES } from "../net/listener.ts";
import { limitUntaken } from "../net/listening-sockets.ts";
import { WEBSOCKET_PATH, type WebSocketService } from "../net/websocket.ts";
import { systemCode } from "../system/system-code.ts";
import { isLoopback } from "./access/address-list.ts";
import type { RequestEnvironment } from "./access/clients.ts";

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Bodies are not Bun's to refuse, whose answer has no words: the routes do, and keep no more than
 * they take.
 */
const ANY_BODY_BYTES = Number.MAX_SAFE_INTEGER;

/**
 * In development, which is Bun's default, it answers /bun:info by itself, whoever asks, and shows
 * source text with errors; in production it shares its port with any other process of the user.
 */
export const STRICT = { development: false, reusePort: false } as const;

/** Seconds without traffic after which a connection is closed. */
export const IDLE_TIMEOUT_S = 60;
/**
 * Milliseconds after which a connection is closed of which nothing is taken that it is sent. Signs
 * of life keep an event stream from idling (live/live-feed.ts), also one whose client is gone.
 */
export const UNTAKEN_MAX_MS = 60_000;
const START_MS = 1_000;

export interface ApiServer {
  /** Where it listens; `0.0.0.0` when `::` was asked for on a machine without IPv6. */
  readonly address: ApiAddress;
  /** Stops listening; open requests get their answers first unless forced. */
  stop(force: boolean): Promise<void>;
}

/** The port is taken, or the address is not one of this machine's. */
export class ListenError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a request gets no WebSocket, null when it gets one. */
export type UpgradeRefusal = (request: Request, environment: RequestEnvironment) => Response | null;

/**
 * Whether a request may be for the WebSocket; most are told apart without parsing their address.
 */
function isUpgrade({ url }: Request): boolean {
  // The Host header is part of it: what that holds may make no address.
  return url.includes(WEBSOCKET_PATH) && URL.parse(url)?.pathname === WEBSOCKET_PATH;
}

/**
 * The request with an address. Without a Host, as HTTP/1.0 and its health checks send it, Bun
 * gives the path alone.
 */
function addressed(request: Request): Request {
  if (!request.url.startsWith("/")) return request;
  return new Request(`http://localhost${request.url}`, request);
}

/** What answers requests. */
interface Answers {
  fetch(request: Request, environment: RequestEnvironment): Response | Promise<Response>;
}

/** What is served, however it is listened for. */
export interface Service {
  readonly app: Answers;
  readonly sockets: WebSocketService;
  readonly refusal: UpgradeRefusal;
  /** Address of a client behind a proxy, null for others; left out: no proxy is believed. */
  readonly forwarded?: (request: Request, environment: RequestEnvironment) => string | null;
}

/** What is known of all requests that come to a listener. */
interface Listening {
  readonly isSecure: boolean;
  readonly isLocal: boolean;
  /** Who is behind a connection that this process passes on from another port, by its port here. */
  readonly origin?: Origin | undefined;
}

export type Origin = (port: number) => RemoteAddress | undefined;

/**
 * What is known of a request; its address costs as much as reading its form, and is asked for only
 * where it counts.
 */
class Environment implements RequestEnvironment {
  readonly #request: Request;
  readonly #server: Bun.Server<never>;
  readonly #origin: Origin | undefined;
  readonly isSecure: boolean;
  readonly isLocal: boolean;
  constructor(request: Request, server: Bun.Server<never>, listening: Listening) {
    const { isSecure, isLocal, origin } = listening;
    this.#origin = origin;
    this.#request = request;
    this.#server = server;
    this.isSecure = isSecure;
    this.isLocal = isLocal;
  }
  get remote(): string | undefined {
    const socket = this.#server.requestIP(this.#request);
    if (socket === null || this.#origin === undefined) return socket?.address;
    return this.#origin(socket.port)?.host;
  }
}

/**
 * Options of Bun.serve by which the routes, and the WebSocket beside them, answer.
 * @param origin who is behind connections that this process passes on; left out: nothing is passed
 * on
 */
export function serviceOptions(
  { app, sockets, refusal, forwarded = () => null }: Service,
  isSecure: boolean,
  origin?: Origin,
) {
  let listener: Listening | null = null;
  return {
    ...STRICT,
    idleTimeout: IDLE_TIMEOUT_S,
    maxRequestBodySize: ANY_BODY_BYTES,
    websocket: sockets.handlers,
    fetch: (request: Request, server: Bun.Server<never>) => {
      const isLocal = origin === undefined && isLoopback(server.hostname ?? "");
      listener ??= { isSecure, isLocal, origin };
      const environment = new Environment(request, server, listener);
      if (isUpgrade(request)) {
        const host = forwarded(request, environment);
        const from: Origin = (port) => (host === null ? origin?.(port) : { host, port });
        const upgraded = refusal(request, environment) ?? sockets.upgrade(request, server, from);
        if (upgraded !== null) return upgraded;
      }
      return app.fetch(addressed(request), environment);
    },
  };
}

/** Of no address of this machine; EAGAIN of a name while no server resolves it. */
const NO_ADDRESS = ["EACCES", "EADDRNOTAVAIL", "EINVAL", "ENOTFOUND", "EAGAIN", "EAI_AGAIN"];

/** What failed to listen, in words that name the fix; other errors as they are. */
export function listenError(error: unknown, { host, port }: ApiAddress, flags: Flags): unknown {
  const code = systemCode(error);
  if (code === "EADDRINUSE") {
    const fix = `another program listens there; choose another with ${flags.port}`;
    return new ListenError(code, `Cannot serve the API on port ${port}: ${fix}`);
  }
  if (code === "EACCES" && port < 1_024) {
    const fix = `ports below 1024 need root or CAP_NET_BIND_SERVICE; or choose another with ${flags.port}`;
    return new ListenError(code, `Cannot serve the API on port ${port}: ${fix}`);
  }
  // The runtime makes a URL of the address, which can have no zone.
  const isZoned = error instanceof TypeError && host.includes("%");
  if (isZoned || NO_ADDRESS.includes(code)) {
    const fix = `choose an address of this machine with ${flags.host}`;
    const where = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    const why = isZoned ? "EINVAL" : code;
    return new ListenError(why, `Cannot serve the API on ${where} (${why}): ${fix}`);
  }
  if (["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"].includes(code)) {
    const fix = "the process, or the machine, has too much open at once";
    return new ListenError(code, `Cannot serve the API on port ${port} (${code}): ${fix}`);
  }
  return error;
}

/** Flags that choose an address, for words. */
interface Flags {
  readonly host: string;
  readonly port: string;
}

/**
 * Listens by `bind`; on `::` for IPv4 alone where the machine has no IPv6.
 * @throws ListenError with a sentence that names the fix
 */
export function listenAt<T extends { readonly port: number | undefined }>(
  wanted: ApiAddress,
  flags: Flags,
  bind: (address: ApiAddress) => T,
): { readonly server: T; readonly address: ApiAddress } {
  const hosts = wanted.host === ANY_ADDRESS ? ANY_ADDRESSES : [wanted.host];
  for (const [i, host] of hosts.entries()) {
    try {
      const server = bind({ host, port: wanted.port });
      return { server, address: { host, port: server.port ?? wanted.port } };
    } catch (error) {
      const isFinal = ["EADDRINUSE", "EACCES"].includes(systemCode(error));
      if (isFinal || i === hosts.length - 1) throw listenError(error, { ...wanted, host }, flags);
    }
  }
  throw new Error("there is always a host to listen on");
}

/** Where the API without encryption listens. */
export const API_FLAGS: Flags = { host: "--api-bind", port: "--api-port" };

/** Serves without encryption. @throws ListenError */
export function serveApi(wanted: ApiAddress, service: Service): ApiServer {
  const options = serviceOptions(service, false);
  const { server, address } = listenAt(wanted, API_FLAGS, ({ host, port }) =>
    Bun.serve({ hostname: host, port, ...options }),
  );
  // Loading the C library for it takes 20 ms, which the first clients of a start need not wait for.
  const timer = setTimeout(() => limitUntaken(address.port, UNTAKEN_MAX_MS), START_MS);
  timer.unref();
  const stop = (force: boolean) => {
    clearTimeout(timer);
    return server.stop(force);
  };
  return { address, stop };
}
