// Who asks, and what for: the client's address and the host it believes to talk to. Forwarded
// headers are believed only when they come from a proxy that the operator has named.

import type { Context } from "hono";
import { plainAddress } from "../../net/client-address.ts";
import { type AddressList, hopAddress, isLoopback } from "./address-list.ts";

/** What the listener knows of a request; absent where there is none, as in tests. */
export interface RequestEnvironment {
  /** IP address at the other end of the socket. */
  readonly remote?: string | undefined;
  /** Whether the socket itself is encrypted. */
  readonly isSecure?: boolean | undefined;
  /** Whether the listener hears this machine alone. */
  readonly isLocal?: boolean | undefined;
}

/** What is known of who asks. */
export interface Asker {
  /**
   * IP address of the client; read only where it matters, as are headers, and kept: of a connection
   * that has gone it can't be told.
   */
  address(): string;
  /** Whether it is known without its address that it is on this machine. */
  readonly isLocal: boolean;
  authorization(): string | undefined;
  /** Length of the request's body as it is declared, 0 where it is not. */
  bodyBytes(): number;
}

const UNKNOWN = "unknown";

export class Clients {
  readonly #proxies: AddressList;

  constructor(proxies: AddressList) {
    this.#proxies = proxies;
  }

  #environment(c: Context): RequestEnvironment {
    return (c.env ?? {}) as RequestEnvironment;
  }

  #isForwarded({ remote }: RequestEnvironment): boolean {
    return remote !== undefined && this.#proxies.has(remote);
  }

  /** IP address of the client; behind proxies the last one that none of them is. */
  address(c: Context): string {
    return this.#addressOf(this.#environment(c), () => c.req.header("x-forwarded-for"));
  }

  /** IP address of the client behind a named proxy; null for who comes without one. */
  forwarded({ headers }: Request, environment: RequestEnvironment): string | null {
    if (!this.#isForwarded(environment)) return null;
    return this.#addressOf(environment, () => headers.get("x-forwarded-for"));
  }

  asker({ headers }: Request, environment: RequestEnvironment): Asker {
    let known: string | null = null;
    return {
      address: () => {
        known ??= this.#addressOf(environment, () => headers.get("x-forwarded-for"));
        return known;
      },
      isLocal: environment.isLocal === true && this.#proxies.isEmpty,
      authorization: () => headers.get("authorization") ?? undefined,
      bodyBytes: () => Number(headers.get("content-length") ?? 0) || 0,
    };
  }

  #addressOf(
    environment: RequestEnvironment,
    forwardedFor: () => string | null | undefined,
  ): string {
    const { remote } = environment;
    if (remote === undefined) return UNKNOWN;
    if (!this.#isForwarded(environment)) return plainAddress(remote);
    const hops = (forwardedFor() ?? "").split(",").map((hop) => hopAddress(hop.trim()));
    const client = hops.reverse().find((hop) => hop !== "" && !this.#proxies.has(hop));
    return client ?? plainAddress(remote);
  }

  /** Host and port as the client knows them. */
  host(c: Context): string {
    const forwarded = this.#isForwarded(this.#environment(c))
      ? c.req.header("x-forwarded-host")
      : undefined;
    return (forwarded?.split(",")[0] ?? c.req.header("host") ?? new URL(c.req.url).host).trim();
  }

  /** Host without port. */
  hostName(c: Context): string {
    return this.host(c).replace(/:\d+$/, "");
  }

  /** Whether nobody on the way can read along: TLS, or this machine alone. */
  isConfidential(c: Context): boolean {
    if (this.#isForwarded(this.#environment(c)))
      return c.req.header("x-forwarded-proto") === "https";
    const { remote, isSecure } = this.#environment(c);
    return isSecure === true || (remote !== undefined && isLoopback(remote));
  }

  /** Address of this API as the client knows it, without path. */
  baseUrl(c: Context): string {
    const forwarded = this.#isForwarded(this.#environment(c))
      ? c.req.header("x-forwarded-proto")
      : undefined;
    const isSecure =
      forwarded === undefined ? this.#environment(c).isSecure : forwarded === "https";
    return `${isSecure === true ? "https" : "http"}://${this.host(c)}`;
  }
}
