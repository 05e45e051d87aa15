// Runs the program with given arguments and without a terminal, in a temporary folder of its own.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, outcomeOf } from "../process-outcome.ts";
import { program } from "./terminal-session.ts";

export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), "convex-command-"));
  /** All that every command printed. */
  printed = "";

  /** Writes a file for its owner alone; returns its name. */
  write(name: string, text: string | Uint8Array): string {
    writeFileSync(join(this.path, name), text, { mode: 0o600 });
    return name;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  mode(name: string): number {
    return statSync(join(this.path, name)).mode & 0o777;
  }

  /** Names of all files below the folder. */
  files(): string[] {
    const names = readdirSync(this.path, { recursive: true }) as string[];
    return names.filter((name) => statSync(join(this.path, name)).isFile());
  }

  /** Runs `convex-peer key ARGS… --data-dir data`; verify has no data directory. */
  async key(args: readonly string[], stdin: string | null = null): Promise<Outcome> {
    const folder = args[0] === "verify" ? [] : ["--data-dir", "data"];
    const child = Bun.spawn([...program(), "key", ...args, ...folder], {
      cwd: this.path,
      stdin: stdin === null ? "ignore" : Buffer.from(stdin),
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, NO_COLOR: "1" },
    });
    const outcome = await outcomeOf(child);
    this.printed += outcome.stdout + outcome.stderr;
    return outcome;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
