// The challenge TLS-ALPN-01 (RFC 8737): the authority opens TLS on port 443 with the protocol
// `acme-tls/1` and looks at the certificate. Bun.serve can't choose one by protocol, and node:tls
// would turn everybody else away; so for the seconds of a challenge a plain listener takes new
// connections of the port, reads what each client says first, and passes its bytes on: the
// authority's to a server that has nothing but the challenge's certificate, all others' to one that
// serves as the port does.

import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import type { RemoteAddress } from "../../net/link.ts";
import type { ApiAddress } from "../server.ts";
import type { ChallengeCertificate } from "./challenge-certificate.ts";
import { type ClientHello, readClientHello } from "./client-hello.ts";

export const ACME_PROTOCOL = "acme-tls/1";
const LOOPBACK = "127.0.0.1";
/** How long a client may take for its first words. */
const HELLO_MS = 10_000;
/** Clients that are about to say them, or are passed on. */
const CLIENTS_MAX = 10_000;

/** The port that challenges come to, and who else is served there. */
export interface SharedPort {
  readonly address: ApiAddress;
  /**
   * Serves as the port does, on loopback; null when nothing is served yet.
   * @param origin who is behind a connection that comes from this port of loopback
   */
  openInner(origin: (port: number) => RemoteAddress | undefined): InnerServer | null;
  /** Has new connections go to the listener that came last, or again to the first. */
  steer(isToNewer: boolean): Promise<void>;
}

export interface InnerServer {
  readonly port: number;
  /** Takes nothing new; what is under way goes on. */
  stop(): void;
}

export class ChallengePort {
  readonly #port: SharedPort;
  /** Servers with the certificates of challenges, by domain. */
  readonly #answers = new Map<string, TlsServer>();
  /** Who is behind connections from ports of loopback. */
  readonly #origins = new Map<number, RemoteAddress>();
  /** Resolves when the port is listened on; null while nobody is to come. */
  #opened: Promise<void> | null = null;
  #front: Server | null = null;
  #inner: InnerServer | null = null;
  #waiting = 0;

  constructor(port: SharedPort) {
    this.#port = port;
  }

  /** Answers a challenge for a domain. @throws Error when the port can't be listened on */
  async add(domain: string, { certificate, key }: ChallengeCertificate): Promise<void> {
    const answer = createTlsServer({ cert: certificate, key, ALPNProtocols: [ACME_PROTOCOL] });
    answer.on("secureConnection", (socket) => socket.end());
    // Whoever is not content with the certificate says so to the authority, not to us.
    answer.on("tlsClientError", () => {});
    this.#answers.set(domain, answer);
    await listening(answer, { host: LOOPBACK, port: 0 });
    this.#opened ??= this.#open();
    await this.#opened;
  }

  /** Answers no longer; with the last one the port is as it was. */
  async remove(domain: string): Promise<void> {
    this.#answers.get(domain)?.close();
    this.#answers.delete(domain);
    if (this.#answers.size === 0) await this.close();
  }

  async close(): Promise<void> {
    for (const answer of this.#answers.values()) answer.close();
    this.#answers.clear();
    const [front, inner] = [this.#front, this.#inner];
    this.#opened = null;
    this.#front = null;
    // Who is still sent here meanwhile is passed on as well.
    if (front !== null) {
      await this.#port.steer(false);
      front.close();
      await this.#port.steer(true);
    }
    inner?.stop();
    if (this.#inner === inner) this.#inner = null;
  }

  async #open(): Promise<void> {
    const front = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (client) =>
      this.#receive(client),
    );
    this.#inner = this.#port.openInner((port) => this.#origins.get(port));
    await listening(front, this.#port.address);
    this.#front = front;
  }

  /** Reads on until it is known whom a client wants. */
  #receive(client: Socket): void {
    client.on("error", () => client.destroy());
    if (this.#waiting + this.#origins.size >= CLIENTS_MAX) {
      client.destroy();
      return;
    }
    this.#waiting++;
    let received = Buffer.alloc(0);
    const done = () => {
      clearTimeout(timer);
      client.off("data", read);
      client.off("close", done);
      this.#waiting--;
    };
    const timer = setTimeout(() => client.destroy(), HELLO_MS);
    const read = (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const hello = readClientHello(received);
      if (hello === null) return;
      client.pause();
      done();
      this.#passOn(client, received, this.#target(hello));
    };
    client.on("data", read);
    client.on("close", done);
  }

  /** Port of loopback that a client is for, null when there is none. */
  #target({ serverName, protocols }: ClientHello): number | null {
    if (!protocols.includes(ACME_PROTOCOL)) return this.#inner?.port ?? null;
    const address = this.#answers.get(serverName ?? "")?.address() ?? null;
    return address === null || typeof address === "string" ? null : address.port;
  }

  #passOn(client: Socket, received: Uint8Array, port: number | null): void {
    if (port === null) {
      client.destroy();
      return;
    }
    const remote = { host: client.remoteAddress ?? "", port: client.remotePort ?? 0 };
    const server = dial({ host: LOOPBACK, port, allowHalfOpen: true });
    let local: number | null = null;
    server.on("connect", () => {
      local = server.localPort ?? null;
      if (local !== null) this.#origins.set(local, remote);
      server.write(received);
      client.pipe(server);
      server.pipe(client);
    });
    server.on("error", () => client.destroy());
    server.on("close", () => {
      if (local !== null) this.#origins.delete(local);
      client.destroy();
    });
    client.on("close", () => server.destroy());
  }
}

function listening(server: Server, { host, port }: ApiAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, reusePort: port !== 0 }, () => resolve());
  });
}
