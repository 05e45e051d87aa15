// Keeps a peer up, as a service manager does: what ends is started again, until it is stopped.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bound } from "../bound-process.ts";

const PAUSE_MS = 50;
/** More starts than any test needs: it ends what starts and fails for ever. */
const STARTS_MAX = 200;

export class Supervisor {
  readonly #command: readonly string[];
  readonly #pidFile: string;
  readonly #log: string[] = [];
  #child: Bun.Subprocess<"ignore", "ignore", "pipe"> | null = null;
  #isStopped = false;
  #starts = 0;
  readonly #ended: Promise<void>;

  constructor(command: readonly string[], folder: string) {
    this.#command = [
      ...command,
      ...["--port", "0", "--bind", "127.0.0.1", "--api-port", "0", "--json"],
    ];
    this.#pidFile = join(folder, "pid");
    this.#ended = this.#run();
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /**
   * Ends the program, which is then started again; one that has just ended by itself is so anyhow.
   */
  get restartCommand(): string {
    return `kill "$(cat '${this.#pidFile}')" 2>/dev/null || true`;
  }

  async untilReady(): Promise<void> {
    const folder = this.#command[this.#command.indexOf("--data-dir") + 1] ?? "";
    const [program = ""] = this.#command;
    const health = [program, "health", "--data-dir", folder, "--wait", "30"];
    const child = Bun.spawn(health, { stdout: "ignore", stderr: "pipe" });
    if ((await child.exited) === 0) return;
    throw new Error(`${await new Response(child.stderr).text()}\n${this.#log.join("\n")}`);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#child?.kill("SIGTERM");
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped && this.#starts++ < STARTS_MAX) {
      const child = Bun.spawn(bound(this.#command), {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
      });
      this.#child = child;
      writeFileSync(this.#pidFile, `${child.pid}\n`);
      this.#log.push(await new Response(child.stderr).text());
      await child.exited;
      await Bun.sleep(PAUSE_MS);
    }
  }
}
