// Listens for TCP connections: dual stack where the machine has IPv6, IPv4 alone where it has not,
// at most so many at a time.

import type { Socket, TCPSocketListener } from "bun";
import { systemCode } from "../system/system-code.ts";
import { MAX_CLIENT_CONNECTIONS } from "./bounds.ts";
import type { LinkClock, RemoteAddress } from "./link.ts";
import { type LinkMemory, TcpLink } from "./tcp-link.ts";

/** Both families, as far as the machine has them. */
export const ANY_ADDRESS = "::";
const ANY_IPV4 = "0.0.0.0";
/** These mean all addresses of the machine that listens; from elsewhere they name no machine. */
export const ANY_ADDRESSES: readonly string[] = [ANY_ADDRESS, ANY_IPV4];
/** How IPv4 addresses look on a dual-stack socket. */
const MAPPED_PREFIX = "::ffff:";

/** The port is taken, or the address is not one of this machine's. */
export class PeerPortError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: LinkClock;
  readonly memory: LinkMemory;
  /** Takes a new connection over. */
  readonly accept: (link: TcpLink) => void;
  /** Closes a connection that matters less than a new one; false when there is none. */
  readonly makeRoom?: () => boolean;
  readonly connectionsMax?: number;
}

/** Null for a connection that was refused. */
type SocketData = TcpLink | null;

/** Listens when it is made; connections stay when it stops. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: TCPSocketListener<SocketData>;
  readonly #links = new Set<TcpLink>();
  /** Address it listens on; `0.0.0.0` when `::` was asked for on a machine without IPv6. */
  readonly host: string;
  readonly port: number;

  /** @throws PeerPortError with a sentence that names the fix */
  constructor(options: ListenerOptions) {
    this.#options = options;
    const { host, server } = this.#listen(options.host, options.port);
    this.#server = server;
    this.host = host;
    this.port = server.port;
  }

  /** Number of open connections that came in. */
  get count(): number {
    return this.#links.size;
  }

  /** Takes no more connections; those there are stay. */
  stop(): void {
    this.#server.stop(false);
  }

  #listen(host: string, port: number): { host: string; server: TCPSocketListener<SocketData> } {
    try {
      return { host, server: this.#bind(host, port) };
    } catch (error) {
      if (host !== ANY_ADDRESS || isFinal(systemCode(error))) throw portError(error, host, port);
    }
    try {
      return { host: ANY_IPV4, server: this.#bind(ANY_IPV4, port) };
    } catch (error) {
      throw portError(error, ANY_IPV4, port);
    }
  }

  #bind(hostname: string, port: number): TCPSocketListener<SocketData> {
    return Bun.listen<SocketData>({
      hostname,
      port,
      data: null,
      socket: { open: (socket) => this.#open(socket), ...linkEvents },
    });
  }

  #open(socket: Socket<SocketData>): void {
    const { clock, memory, accept, connectionsMax = MAX_CLIENT_CONNECTIONS } = this.#options;
    // Whoever reset the connection before it was accepted has left no address behind.
    const remote = remoteOf(socket);
    if (remote === null || (this.#links.size >= connectionsMax && !this.#options.makeRoom?.())) {
      socket.data = null;
      socket.terminate();
      return;
    }
    const link = new TcpLink(socket, remote, clock, memory, (closed) => this.#links.delete(closed));
    socket.data = link;
    this.#links.add(link);
    socket.setKeepAlive(true);
    accept(link);
  }
}

/** What becomes of the events of a socket whose data is its link. */
export const linkEvents = {
  data: (socket: Socket<SocketData>, bytes: Uint8Array) => socket.data?.take(bytes),
  drain: (socket: Socket<SocketData>) => socket.data?.drain(),
  end: (socket: Socket<SocketData>) => socket.data?.close("closed by the other side"),
  close: (socket: Socket<SocketData>, error?: Error) =>
    socket.data?.lost(
      error === undefined ? "closed by the other side" : `broken: ${error.message}`,
    ),
  error: (socket: Socket<SocketData>, error: Error) => {
    socket.data?.close(`broken: ${error.message}`);
    throw error;
  },
} as const;

/** Null when the connection is gone already. */
export function remoteOf(socket: Socket<SocketData>): RemoteAddress | null {
  const { remotePort } = socket;
  // By Bun's declarations there always is one.
  const remoteAddress = socket.remoteAddress as string | undefined;
  if (remoteAddress === undefined) return null;
  const isMapped = remoteAddress.startsWith(MAPPED_PREFIX) && remoteAddress.includes(".");
  const host = isMapped ? remoteAddress.slice(MAPPED_PREFIX.length) : remoteAddress;
  return { host, port: remotePort };
}

/** Whether listening on IPv4 alone would fail for the same reason. */
function isFinal(code: string): boolean {
  return code === "EADDRINUSE" || code === "EACCES";
}

function portError(error: unknown, host: string, port: number): PeerPortError {
  const code = systemCode(error);
  const what = `Cannot listen for peers on port ${port}`;
  if (code === "EADDRINUSE") {
    const fix = "another program listens there; stop it, or choose another port with --port";
    return new PeerPortError(code, `${what}: ${fix}`);
  }
  if (code === "EACCES") {
    const fix = "it is reserved for the system; choose one above 1023 with --port";
    return new PeerPortError(code, `${what}: ${fix}`);
  }
  const fix = "choose an address of this machine with --bind";
  const reason = code === "" ? "" : ` (${code})`;
  return new PeerPortError(code, `Cannot listen for peers on ${host}${reason}: ${fix}`);
}
