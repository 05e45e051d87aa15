// Programs of the reference, when there is one: its class path is given in the environment, since
// it is no part of this project.

import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { linesOf } from "./process-lines.ts";

/**
 * Environment variable with the class path of the reference 0.8.5: convex-cli with what it needs.
 */
export const CLASS_PATH = "CONVEX_REFERENCE_CP";

/** A Java 21 or newer has to be on the PATH. */
export function referenceClassPath(): string | null {
  return process.env[CLASS_PATH] ?? null;
}

/** What a peer of the reference says of itself. */
export interface ReferenceReport {
  readonly port: number;
  readonly isRunning: boolean;
  readonly state: string;
  readonly position: number;
}

export interface ReferenceChoice {
  /** Number of the first peer, from 1; its seed is that byte repeated. */
  readonly first: number;
  readonly count: number;
  /** Number of peers in the genesis. */
  readonly keys: number;
  readonly host: string;
  readonly port: number;
  /** Peers of other processes. */
  readonly others?: readonly string[];
  /** Network namespace, null for that of this process. */
  readonly space?: string | null;
}

/**
 * Command line of a class of the reference or of a source file beside this one.
 * @param flags for the runtime
 */
export function javaCommand(
  program: string,
  args: readonly string[],
  space: string | null = null,
  flags: readonly string[] = [],
) {
  const isSource = program.endsWith(".java");
  const main = isSource ? join(import.meta.dir, program) : program;
  const run = ["java", ...flags, "-cp", referenceClassPath() ?? "", main, ...args];
  return bound(space === null ? run : ["ip", "netns", "exec", space, ...run]);
}

/** Peers of the reference in one process. */
export class ReferencePeers {
  readonly genesis: string;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "ignore">;
  #reports: readonly ReferenceReport[] = [];
  readonly #listeners: ((report: ReferenceReport) => void)[] = [];

  private constructor(genesis: string, process: ReferencePeers["process"]) {
    this.genesis = genesis;
    this.#process = process;
  }

  get process(): Bun.Subprocess<"ignore", "pipe", "ignore"> {
    return this.#process;
  }
  /** The latest report of each. */
  get reports(): readonly ReferenceReport[] {
    return this.#reports;
  }
  onReport(listener: (report: ReferenceReport) => void): void {
    this.#listeners.push(listener);
  }

  static async start(choice: ReferenceChoice): Promise<ReferencePeers> {
    const { first, count, keys, host, port, others = [], space = null } = choice;
    const args = [first, count, keys, host, port, ...others].map(String);
    const child = Bun.spawn(javaCommand("ReferencePeers.java", args, space), {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const lines = linesOf(child.stdout);
    const { value } = await lines.next();
    if (value === undefined) throw new Error("the peers of the reference did not start");
    const peers = new ReferencePeers(JSON.parse(value).genesis, child);
    void peers.#read(lines);
    return peers;
  }

  async #read(lines: AsyncGenerator<string>): Promise<void> {
    for await (const line of lines) {
      this.#reports = JSON.parse(line).peers;
      for (const report of this.#reports) for (const hear of this.#listeners) hear(report);
    }
  }

  async end(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

/** How long a command of the reference may take on a busy machine. */
const COMMAND_MS = 120_000;

/**
 * Output of a program of the reference, without its log.
 * @throws Error when it does not end in time
 */
export async function runJava(
  program: string,
  args: readonly string[],
  limitMs = COMMAND_MS,
  flags: readonly string[] = [],
): Promise<string> {
  const child = Bun.spawn(javaCommand(program, args, null, flags), {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  const text = await new Response(child.stdout).text();
  await child.exited;
  if (child.signalCode === null) return text.trim();
  const [command = ""] = args;
  throw new Error(`not within ${limitMs} ms: ${program} ${command}`);
}
