// Connects to a peer over TCP; a host name is resolved, and each of its addresses tried, by the
// runtime.

import type { Socket } from "bun";
import { CONNECT_TIMEOUT_MS } from "./bounds.ts";
import type { LinkClock } from "./link.ts";
import { linkEvents, remoteOf } from "./listener.ts";
import { type LinkMemory, TcpLink } from "./tcp-link.ts";

/**
 * `NAME`: the name does not resolve; `REFUSED`: nobody listens; `TIMEOUT`; `FORBIDDEN`: it is not
 * to be connected to; `UNREACHABLE`: anything else.
 */
export type DialErrorCode = "NAME" | "REFUSED" | "TIMEOUT" | "FORBIDDEN" | "UNREACHABLE";

/** No connection came about. The message is a sentence for an operator. */
export class DialError extends Error {
  readonly code: DialErrorCode;
  constructor(code: DialErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface DialOptions {
  readonly clock: LinkClock;
  readonly memory: LinkMemory;
  readonly timeoutMs?: number;
}

let underWay = 0;

/**
 * Number of connections that the system still tries to make. One that was given up can't be taken
 * back from it, and would keep the process from ending for two minutes.
 */
export function dialsUnderWay(): number {
  return underWay;
}

/** @throws DialError */
export function dialTcp(host: string, port: number, options: DialOptions): Promise<TcpLink> {
  const { clock, memory, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const cancelTimeout = clock.after(timeoutMs, () => {
      isOver = true;
      const words = `No connection to ${placeOf(host, port)} within ${timeoutMs} ms`;
      reject(new DialError("TIMEOUT", `${words}: is it the right address, and its firewall open?`));
    });
    const open = (socket: Socket<TcpLink | null>) => {
      underWay--;
      if (isOver) {
        socket.terminate();
        return;
      }
      cancelTimeout();
      const link = new TcpLink(socket, remoteOf(socket) ?? { host, port }, clock, memory);
      link.isTrusted = true;
      socket.data = link;
      socket.setKeepAlive(true);
      resolve(link);
    };
    const fail = (error: unknown) => {
      underWay--;
      cancelTimeout();
      reject(dialError(error, host, port));
    };
    const socket = { open, ...linkEvents };
    underWay++;
    Bun.connect<TcpLink | null>({ hostname: host, port, data: null, socket }).catch(fail);
  });
}

/** `host:port`, the host in brackets when it has colons. */
export function placeOf(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What the runtime's failure to resolve or connect comes to. */
export function dialError(error: unknown, host: string, port: number): DialError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const place = placeOf(host, port);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code.startsWith("DNS_")) {
    const message = host.includes(":")
      ? `${host} is no IPv6 address: with a port it is written [ADDRESS]:PORT`
      : `The name ${host} does not resolve: check its spelling`;
    return new DialError("NAME", message);
  }
  if (code === "ECONNREFUSED") {
    return new DialError("REFUSED", `No peer listens at ${place}: check the port`);
  }
  return new DialError("UNREACHABLE", `No connection to ${place} (${code})`);
}
