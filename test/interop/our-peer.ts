// A peer of ours as an operator starts it: by the command line, with a key of a test network.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askPeer } from "../../src/peer/operator/operator-socket.ts";
import { bound } from "../bound-process.ts";
import { outcomeOf } from "../process-outcome.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
const START_MS = 60_000;

/** What a peer of ours says of itself on its operator's socket. */
export interface OurReport {
  readonly state: string;
  readonly genesis: string;
  readonly position: number;
  /** Final blocks that wait to be executed. */
  readonly backlog: number;
  readonly isReady: boolean;
  readonly isStale: boolean;
  readonly role: string;
  readonly obstacle: string | null;
  /** Of all voting weight. */
  readonly votingShare: number;
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
    return memoryOf(this.#process?.pid ?? 0).residentMb;
  }
  /** Begins to note the most that it is. */
  notePeak(): void {
    writeFileSync(`/proc/${this.#process?.pid}/clear_refs`, RESET_PEAK);
  }
  /** The most it has been since the process, or the note, began. */
  peakMb(): number {
    return memoryOf(this.#process?.pid ?? 0).peakMb;
  }
  /** Processor time that the process has used. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#process?.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_A_SECOND;
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
    const { exitCode, stdout, stderr } = await outcomeOf(child);
    if (exitCode === 0) return "ok";
    const said = stdout + stderr;
    return /:?(NETWORK|TIMEOUT|SEQUENCE|PEER)/.exec(said)?.[1] ?? said.trim();
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
    return bound(space === null ? run : ["ip", "netns", "exec", space, ...run]);
  }
}

/** Resident memory of a process and the most it has been, in MB, as the kernel counts it. */
export function memoryOf(pid: number): { readonly residentMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? "0") / 1024);
  return { residentMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}

/** Has the kernel forget the most that a process has held (proc(5)). */
const RESET_PEAK = "5";

/** Fields of /proc/PID/stat behind the command's name, and their unit. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;
const TICKS_A_SECOND = 100;

/** The seed of a numbered peer of the test networks. */
export function seedHex(number: number): string {
  return Buffer.alloc(32, number).toString("hex");
}
