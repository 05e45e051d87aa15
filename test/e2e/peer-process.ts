// A convex-peer process under test: from source, or a compiled binary; loopback only, free ports,
// data in a temporary folder.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { PATIENCE_MS } from "../patience.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");

export interface StartOptions {
  /** `start` or `local`. */
  readonly command: "start" | "local";
  /** Path of a compiled executable; from source when absent. */
  readonly binary?: string | undefined;
  /** Data directory of `start`; a temporary one when absent. */
  readonly dataDir?: string;
  readonly extra?: readonly string[];
  /** Whether what it says on standard error is kept for `said`, instead of shown. */
  readonly stderr?: "pipe";
  /** Environment beside this process's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where a peer says that it is reached. */
interface Banner {
  readonly url: string;
  readonly peerPort: number;
}

export class PeerProcess {
  readonly url: string;
  /** Port of other peers and binary clients. */
  readonly peerPort: number;
  readonly readyMs: number;
  readonly dataDir: string;
  #heard = "";
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit" | "pipe">;

  private constructor(
    { url, peerPort }: Banner,
    readyMs: number,
    dataDir: string,
    process: PeerProcess["process"],
  ) {
    this.url = url;
    this.peerPort = peerPort;
    this.readyMs = readyMs;
    this.dataDir = dataDir;
    this.#process = process;
  }

  get process(): Bun.Subprocess<"ignore", "pipe", "inherit" | "pipe"> {
    return this.#process;
  }

  static async start(options: StartOptions): Promise<PeerProcess> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "convex-peer-test-"));
    const program = options.binary === undefined ? [process.execPath, MAIN] : [options.binary];
    const folder = options.command === "start" ? ["--data-dir", dataDir] : [];
    const begun = performance.now();
    const child = Bun.spawn(
      bound([
        ...program,
        options.command,
        ...folder,
        "--api-port",
        "0",
        "--port",
        "0",
        "--json",
        ...(options.extra ?? []),
      ]),
      {
        stdin: "ignore",
        stdout: "pipe",
        stderr: options.stderr ?? "inherit",
        env: { ...process.env, NO_COLOR: "1", ...options.environment },
      },
    );
    const banner = await readBanner(child.stdout);
    await untilReady(banner.url);
    return new PeerProcess(banner, performance.now() - begun, dataDir, child);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Resident memory in MB, as the kernel counts it. */
  residentMb(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? "0") / 1024;
  }

  /** Sends the signal and waits for the end; returns the exit code (null when killed). */
  async end(signal: "SIGTERM" | "SIGHUP" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    this.#process.kill(signal);
    await this.#process.exited;
    return this.#process.exitCode;
  }

  /** The first line on standard error that the pattern finds; for `stderr: "pipe"`. */
  async said(pattern: RegExp): Promise<string> {
    const { stderr } = this.#process;
    if (!(stderr instanceof ReadableStream)) throw new Error("standard error is not kept");
    for await (const bytes of stderr) {
      this.#heard += new TextDecoder().decode(bytes);
      const found = pattern.exec(this.#heard);
      if (found !== null) return found[0];
    }
    throw new Error(`the peer has ended and never said ${pattern}: ${this.#heard}`);
  }

  removeData(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function readBanner(stdout: ReadableStream<Uint8Array>): Promise<Banner> {
  let text = "";
  const reader = stdout.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (value !== undefined) text += new TextDecoder().decode(value);
    const url = /"api":\s*"(http:[^"]+)"/.exec(text)?.[1];
    const peerPort = /"peerPort":\s*(\d+)/.exec(text)?.[1];
    if (url !== undefined && peerPort !== undefined) {
      reader.releaseLock();
      return { url, peerPort: Number(peerPort) };
    }
    if (done) throw new Error(`the peer ended before it was ready: ${text}`);
  }
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/api/v1/status`).catch(() => null);
    if (response?.status === 200) return;
    await Bun.sleep(5);
  }
  throw new Error("the peer did not answer in time");
}
