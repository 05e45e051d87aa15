// The port of HTTPS. Bun.serve keeps the certificate that it began with: for a new one a second
// listener takes the port over, and the first one goes when the connections that it has have had
// time to end.

import { limitUntaken } from "../../net/listening-sockets.ts";
import type { Clock } from "../../peer/clock.ts";
import {
  type ApiAddress,
  IDLE_TIMEOUT_S,
  listenAt,
  listenError,
  type Origin,
  type Service,
  STRICT,
  serviceOptions,
  UNTAKEN_MAX_MS,
} from "../server.ts";
import type { Certificate } from "./certificate.ts";
import type { InnerServer, SharedPort } from "./challenge-port.ts";
import { steerToNewer, steerToOlder } from "./steering.ts";

/** TLS 1.2 with forward secrecy and authenticated encryption, or 1.3. */
const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");
/**
 * Connections without a request are closed after IDLE_TIMEOUT_S; then none is left but those at
 * work.
 */
const RETIREMENT_MS = 2 * IDLE_TIMEOUT_S * 1000;

/** How long connections take at most from the kernel's queue to their listener. */
const SETTLE_MS = 200;

/** Flags that choose where it listens, for words. */
export const HTTPS_FLAGS = { host: "--api-bind", port: "--https-port" };

type Server = Bun.Server<never>;

function tlsOf({ chain, key }: Certificate) {
  return { cert: chain, key, ciphers: CIPHERS };
}

export class SecureListener implements SharedPort {
  readonly #service: Service;
  readonly #clock: Clock;
  /** Where it listens once it has a certificate. */
  readonly address: ApiAddress;
  #server: Server | null = null;
  #certificate: Certificate | null = null;
  /** The one that is about to go, and how its appointment is cancelled. */
  #retiring: { readonly server: Server; readonly cancel: () => void } | null = null;

  /** @throws ListenError when it could not listen there */
  constructor(wanted: ApiAddress, service: Service, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
    // Another program must not share the port: sharing is for our own two.
    const probe = listenAt(wanted, HTTPS_FLAGS, ({ host, port }) =>
      Bun.serve({ ...STRICT, hostname: host, port, fetch: () => new Response(null) }),
    );
    void probe.server.stop(true);
    this.address = probe.address;
  }

  /**
   * Serves with this certificate from now on. @throws ListenError when it can't listen with it:
   * what served before goes on
   */
  use(certificate: Certificate): void {
    if (this.#server === null) {
      this.#server = listenAt(this.address, HTTPS_FLAGS, (at) =>
        this.#open(at, certificate),
      ).server;
      this.#certificate = certificate;
      steerToNewer(this.address.port);
      return;
    }
    // Two at a time, as the steering counts on.
    this.#retire();
    const old = this.#server;
    try {
      this.#server = this.#open(this.address, certificate);
    } catch (error) {
      throw listenError(error, this.address, HTTPS_FLAGS);
    }
    const cancel = this.#clock.after(RETIREMENT_MS, () => this.#retire());
    this.#retiring = { server: old, cancel };
    this.#certificate = certificate;
  }

  #open({ host, port }: ApiAddress, certificate: Certificate): Server {
    const server = Bun.serve({
      ...serviceOptions(this.#service, true),
      hostname: host,
      port,
      reusePort: true,
      tls: tlsOf(certificate),
    });
    limitUntaken(server.port ?? port, UNTAKEN_MAX_MS);
    return server;
  }

  /** As SharedPort: who comes to the port for a challenge has no second listener beside it. */
  openInner(origin: Origin): InnerServer | null {
    this.#retire();
    if (this.#certificate === null) return null;
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: tlsOf(this.#certificate),
      ...serviceOptions(this.#service, true, origin),
    });
    return { port: server.port ?? 0, stop: () => void server.stop(false) };
  }

  /** As SharedPort. */
  async steer(isToNewer: boolean): Promise<void> {
    if (this.#server === null) return;
    if (isToNewer) steerToNewer(this.address.port);
    else steerToOlder(this.address.port);
    // Those that were sent the other way are taken from its queue meanwhile.
    await new Promise<void>((resolve) => this.#clock.after(SETTLE_MS, resolve));
  }

  #retire(): void {
    const retiring = this.#retiring;
    this.#retiring = null;
    retiring?.cancel();
    void retiring?.server.stop(false);
  }

  async stop(force: boolean): Promise<void> {
    const servers = [this.#retiring?.server, this.#server];
    this.#retiring?.cancel();
    await Promise.all(servers.map((server) => server?.stop(force)));
  }
}
