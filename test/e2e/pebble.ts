// Pebble, the ACME authority for tests, with a DNS server of ours: both on loopback. It is built
// from the Go module proxy once and kept in the temporary folder.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { PATIENCE_MS } from "../patience.ts";
import { testCertificate, writtenCertificate } from "../rest/tls/test-certificate.ts";

const PEBBLE = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.3";

/** Path of the program, or why there is none. */
export async function pebbleProgram(): Promise<{ path: string } | { missing: string }> {
  const go = Bun.which("go") ?? Bun.which("go", { PATH: "/usr/local/go/bin" });
  if (go === null) return { missing: "go is not installed" };
  const folder = join(tmpdir(), "convex-peer-pebble-v2.10.3");
  const path = join(folder, "pebble");
  if (await Bun.file(path).exists()) return { path };
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder };
  const built = Bun.spawn([go, "install", PEBBLE], { env, stdout: "ignore", stderr: "pipe" });
  if ((await built.exited) === 0) return { path };
  return { missing: `${PEBBLE} can't be built: ${await new Response(built.stderr).text()}` };
}

/** A port that is free at the moment. */
export function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return port;
}

const TYPE_A = 1;
const HEADER_LENGTH = 12;

/** Answers the A record of every name by `addressOf`; no other records. */
function dnsAnswer(query: Buffer, addressOf: (name: string) => string): Buffer {
  const labels: string[] = [];
  let at = HEADER_LENGTH;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(HEADER_LENGTH, at + 5);
  const hasAnswer = query.readUInt16BE(at + 1) === TYPE_A;
  const header = Buffer.alloc(HEADER_LENGTH);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAnswer ? 1 : 0, 6);
  if (!hasAnswer) return Buffer.concat([header, question]);
  const address = addressOf(labels.join(".")).split(".").map(Number);
  // A pointer to the name, A, IN, 0 s, 4 bytes.
  const record = [0xc0, HEADER_LENGTH, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, ...address];
  return Buffer.concat([header, question, Buffer.from(record)]);
}

/** DNS over TCP, which is what Pebble speaks: messages behind their length in two bytes. */
function dnsServer(addressOf: (name: string) => string) {
  return Bun.listen<{ received: Buffer }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        socket.data = { received: Buffer.alloc(0) };
      },
      data: (socket, bytes) => {
        let received = Buffer.concat([socket.data.received, bytes]);
        while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
          const end = 2 + received.readUInt16BE(0);
          const answer = dnsAnswer(received.subarray(2, end), addressOf);
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length, 0);
          socket.write(Buffer.concat([length, answer]));
          received = received.subarray(end);
        }
        socket.data = { received };
      },
    },
  });
}

type DnsServer = ReturnType<typeof dnsServer>;

export interface PebbleOptions {
  readonly program: string;
  /** Ports on which it looks for challenges, of plain HTTP and of TLS. */
  readonly httpPort: number;
  readonly tlsPort: number;
  /** Life of its certificates. */
  readonly lifeSeconds: number;
  readonly addressOf: (name: string) => string;
}

export class Pebble {
  /** URL of its directory, and the file that vouches for its own certificate. */
  readonly directory: string;
  readonly caFile: string;
  readonly #management: string;
  readonly #process: Bun.Subprocess;
  readonly #dns: DnsServer;
  readonly #folders: readonly string[];

  private constructor(
    urls: { readonly directory: string; readonly management: string },
    caFile: string,
    process: Bun.Subprocess,
    dns: DnsServer,
    folders: readonly string[],
  ) {
    this.directory = urls.directory;
    this.#management = urls.management;
    this.caFile = caFile;
    this.#process = process;
    this.#dns = dns;
    this.#folders = folders;
  }

  static async start({ program, httpPort, tlsPort, lifeSeconds, addressOf }: PebbleOptions) {
    const own = writtenCertificate(await testCertificate("localhost"));
    const folder = mkdtempSync(join(tmpdir(), "convex-peer-pebble-"));
    const [port, managementPort] = [freePort(), freePort()];
    const config = {
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: own.chain,
        privateKey: own.key,
        httpPort,
        tlsPort,
        profiles: { default: { description: "short", validityPeriod: lifeSeconds } },
      },
    };
    const configFile = join(folder, "config.json");
    writeFileSync(configFile, JSON.stringify(config));
    const dns = dnsServer(addressOf);
    const process = Bun.spawn(
      bound([program, "-config", configFile, "-dnsserver", `127.0.0.1:${dns.port}`]),
      {
        env: { ...globalThis.process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0" },
        stdout: "ignore",
        stderr: "ignore",
      },
    );
    const urls = {
      directory: `https://127.0.0.1:${port}/dir`,
      management: `https://127.0.0.1:${managementPort}`,
    };
    const pebble = new Pebble(urls, own.chain, process, dns, [folder, own.folder]);
    await pebble.#untilReady();
    return pebble;
  }

  async #untilReady(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const answer = await this.root().catch(() => null);
      if (answer !== null) return;
      await Bun.sleep(50);
    }
    throw new Error("Pebble did not answer in time");
  }

  /** PEM of the certificate at the root of those it gives. */
  async root(): Promise<string> {
    const url = `${this.#management}/roots/0`;
    const response = await fetch(url, { tls: { rejectUnauthorized: false } });
    return response.text();
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
    this.#dns.stop(true);
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
