// The API's listener on Bun.serve.

import type { Hono } from "hono";
import { WEBSOCKET_PATH, type WebSocketService } from "../net/websocket.ts";
import type { RequestEnvironment } from "./access/clients.ts";
import { LARGE_BODY_BYTES } from "./request-body.ts";

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/** Bun refuses what is larger on its own; the routes answer above their limits in words. */
const HARD_BODY_BYTES = 8 * LARGE_BODY_BYTES;

/** Seconds without traffic after which a connection is closed. */
const IDLE_TIMEOUT_S = 60;

export interface ApiServer {
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

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a request gets no WebSocket, null when it gets one. */
export type UpgradeRefusal = (request: Request, environment: RequestEnvironment) => Response | null;

const isUpgrade = (request: Request) => new URL(request.url).pathname === WEBSOCKET_PATH;

/**
 * Serves the routes, and the WebSocket of the binary protocol beside them.
 * @throws ListenError with a sentence that names the fix
 */
export function serveApi(
  app: Hono,
  { host, port }: ApiAddress,
  sockets: WebSocketService,
  refusal: UpgradeRefusal = () => null,
): ApiServer {
  try {
    const server = Bun.serve({
      hostname: host,
      port,
      idleTimeout: IDLE_TIMEOUT_S,
      maxRequestBodySize: HARD_BODY_BYTES,
      websocket: sockets.handlers,
      fetch: (request, server) => {
        const environment: RequestEnvironment = { remote: server.requestIP(request)?.address };
        if (isUpgrade(request)) {
          const upgraded = refusal(request, environment) ?? sockets.upgrade(request, server);
          if (upgraded !== null) return upgraded;
        }
        return app.fetch(request, environment);
      },
    });
    return {
      address: { host, port: server.port ?? port },
      stop: (force) => server.stop(force),
    };
  } catch (error) {
    const code = errorCode(error);
    if (code === "EADDRINUSE") {
      const fix = "another program listens there; choose another with --api-port";
      throw new ListenError(code, `Cannot serve the API on port ${port}: ${fix}`);
    }
    if (code === "EACCES" || code === "EADDRNOTAVAIL") {
      throw new ListenError(
        code,
        `Cannot serve the API on ${host}:${port} (${code}): see --api-bind`,
      );
    }
    throw error;
  }
}
