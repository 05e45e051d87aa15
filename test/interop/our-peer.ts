// A peer of ours as an operator starts it: by the command line, with a key of a test network.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askPeer } from "../../src/peer/operator-socket.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
const START_MS = 60_000;

/** What a peer of ours says of itself on its operator's socket. */
export interface OurReport {
  readonly state: string;
  readonly genesis: string;
  readonly position: number;
  readonly isReady: boolean;
  readonly isStale: boolean;
  readonly role: string;
  readonly obstacle: string | null;
  readonly points: readonly number[];
}

export interface OurChoice {
  /** Number of the key in the genesis. */
  readonly number: number;
  readonly host: string;
  readonly port: number;
  readonly apiPort: number;
  readonly join: readonly string[];
  readonly genesisHash: string;
  /** Path of the executable, null for the sources. */
  readonly binary: string | null;
  /** State to begin with where no other peer is up yet. */
  readonly genesisFile?: string | null;
  /** Network namespace, null for that of this process. */
  readonly space?: string | null;
}

function programOf(binary: string | null): string[] {
  return binary === null ? [process.execPath, MAIN] : [binary];
}

export class OurPeer {
  readonly choice: OurChoice;
  readonly dataDir = mkdtempSync(join(tmpdir(), "cvxi-"));
  #process: Bun.Subprocess<"ignore", "ignore", "ignore" | "inherit"> | null = null;

  constructor(choice: OurChoice) {
    this.choice = choice;
  }

  get address(): string {
    return `${this.choice.host}:${this.choice.port}`;
  }
  get api(): string {
    return `http://${this.choice.host}:${this.choice.apiPort}`;
  }
  /** Resident memory in MB, as the kernel counts it. */
  residentMb(): number {
    const status = readFileSync(`/proc/${this.#process?.pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? "0") / 1024);
  }

  /** The peer's own key and, apart from it, that of the genesis user #11. */
  async importKeys(): Promise<void> {
    await this.#importKey(this.dataDir, this.choice.number);
    await this.#importKey(join(this.dataDir, "user"), 1);
  }

  async #importKey(folder: string, number: number): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "seed");
    writeFileSync(file, seedHex(number), { mode: 0o600 });
    const args = ["key", "import", "--data-dir", folder, "--seed-file", file];
    const child = Bun.spawn(this.#command(args), { stdout: "ignore", stderr: "ignore" });
    if ((await child.exited) !== 0) throw new Error("the key was not imported");
  }

  /** Resolves when its operator is answered; `start` begins where the store ends. */
  async start(): Promise<void> {
    const { host, port, apiPort, join: hosts, genesisHash } = this.choice;
    const args = ["start", "--data-dir", this.dataDir, "--bind", host, "--port", `${port}`];
    args.push("--api-bind", host, "--api-port", `${apiPort}`, "--url", `tcp://${host}:${port}`);
    const { genesisFile = null } = this.choice;
    if (genesisFile === null) args.push("--genesis-hash", genesisHash);
    else args.push("--genesis", genesisFile);
    args.push("--join", hosts.join(","), "--json");
    this.#process = Bun.spawn(this.#command(args), {
      stdin: "ignore",
      stdout: "ignore",
      stderr: process.env.CONVEX_INTEROP_LOG === undefined ? "ignore" : "inherit",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const deadline = performance.now() + START_MS;
    while ((await this.report()) === null) {
      if (performance.now() > deadline || this.#process.exitCode !== null || this.#process.killed) {
        throw new Error(`peer ${this.choice.number} did not start`);
      }
      await Bun.sleep(50);
    }
  }

  /** Null while it does not answer. */
  async report(): Promise<OurReport | null> {
    const path = join(this.dataDir, "operator.sock");
    const reply = await askPeer(path, { command: "status" }).catch(() => null);
    return reply?.ok === true ? (reply.result as OurReport) : null;
  }

  /** What a client in the peer's namespace is told that has #11 run a form: `ok`, or a code. */
  async transact(form: string): Promise<string> {
    const { host, port } = this.choice;
    const at = ["--data-dir", join(this.dataDir, "user"), "--host", host, "--port", `${port}`];
    const args = ["transact", "--address", "#11", ...at, "--json", "--yes", form];
    const child = Bun.spawn(this.#command(args), { stdout: "pipe", stderr: "pipe" });
    const [text, said] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if ((await child.exited) === 0) return "ok";
    return /:?(NETWORK|TIMEOUT|SEQUENCE|PEER)/.exec(text + said)?.[1] ?? (text + said).trim();
  }

  /** Output of a command that needs no peer. */
  static async run(binary: string | null, args: readonly string[]): Promise<string> {
    const child = Bun.spawn([...programOf(binary), ...args], { stdout: "pipe", stderr: "ignore" });
    return await new Response(child.stdout).text();
  }

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#process?.kill(signal);
    await this.#process?.exited;
  }

  removeData(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  #command(args: readonly string[]): string[] {
    const { binary, space = null } = this.choice;
    const run = [...programOf(binary), ...args];
    return space === null ? run : ["ip", "netns", "exec", space, ...run];
  }
}

/** The seed of a numbered peer of the test networks. */
export function seedHex(number: number): string {
  return Buffer.alloc(32, number).toString("hex");
}
