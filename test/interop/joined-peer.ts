// A peer of the reference that joins a network through one of ours, by the reference's own command
// line: `peer start --host`, with ours as the only peer that it knows.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linesOf } from "./process-lines.ts";
import { javaCommand, runJava } from "./reference.ts";

/** Account of the genesis that it runs with, and the seed byte of its key. */
const CONTROLLER = "11";
const SEED_BYTE = 77;
/** How many of its last lines are kept, to tell why it ended. */
const LINES_MAX = 12;

export interface Standing {
  readonly position: number;
  /** Hex; "none" while it does not answer. */
  readonly state: string;
}

export class JoinedPeer {
  readonly #host: string;
  readonly #port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "cvxi-java-"));
  #process: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  readonly #lines: string[] = [];

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Starts it with the peer at `port` as the one that it joins through. */
  async start(through: number): Promise<void> {
    const store = ["--keystore", join(this.#folder, "keystore.pfx"), "--storepass", "store"];
    const seedFile = join(this.#folder, "seed");
    await Bun.write(seedFile, SEED_BYTE.toString(16).padStart(2, "0").repeat(32));
    const importing = ["key", "import", ...store, "-i", seedFile, "--type", "seed", "-p", "pw"];
    const key = (await runJava("convex.cli.Main", importing)).slice(-64);
    const args = ["peer", "start", "-n", "--host", this.#host, "--port", `${through}`, ...store];
    args.push("--peer-key", key, "--peer-keypass", "pw", "--peer-port", `${this.#port}`);
    args.push("--norest", "-e", join(this.#folder, "etch.db"));
    args.push("-a", CONTROLLER, "-k", key, "-p", "pw");
    const child = Bun.spawn(javaCommand("convex.cli.Main", args), {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#process = child;
    void this.#keep(child.stdout);
    void this.#keep(child.stderr);
  }

  /** Where it is, by its own answer to `status`. */
  async standing(): Promise<Standing> {
    const at = ["--host", this.#host, "--port", `${this.#port}`];
    const text = await runJava("convex.cli.Main", ["status", ...at]);
    const position = Number(/:consensus +: \[.* (\d+)\]/.exec(text)?.[1] ?? "0");
    return { position, state: /:state +: 0x([0-9a-f]{64})/.exec(text)?.[1] ?? "none" };
  }

  /** How it ended, with its last lines; null while it runs. */
  ending(): string | null {
    const code = this.#process?.exitCode ?? null;
    return code === null ? null : `ended with ${code}: ${this.#lines.join(" | ")}`;
  }

  async end(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const line of linesOf(stream)) {
      this.#lines.push(line);
      if (this.#lines.length > LINES_MAX) this.#lines.shift();
    }
  }
}
