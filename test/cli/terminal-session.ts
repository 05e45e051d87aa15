// A command under test at a terminal of its own: what it shows is read, answers are typed.

import { join } from "node:path";
import { bound } from "../bound-process.ts";
import { PATIENCE_MS } from "../patience.ts";

const MAIN = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
const POLL_MS = 10;
/** Longest wait for the last of the output when the program has ended, in ms. */
const LAST_OUTPUT_MS = 500;

/** The command line up to the program's own arguments: a compiled executable, or the sources. */
export function program(): string[] {
  const binary = process.env.CONVEX_PEER_BINARY;
  return bound(binary === undefined ? [process.execPath, MAIN] : [binary]);
}

/** Text as a person reads it: without colours and cursor movements. */
export function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
}

export class TerminalSession {
  #shown = "";
  readonly #terminal: Bun.Terminal;
  readonly #process: Bun.Subprocess;
  readonly #atEnd = Promise.withResolvers<void>();

  constructor(args: readonly string[], terminal = "xterm-256color") {
    const decoder = new TextDecoder();
    this.#terminal = new Bun.Terminal({
      cols: 100,
      rows: 40,
      data: (_terminal, data) => {
        this.#shown += decoder.decode(data, { stream: true });
      },
      exit: () => this.#atEnd.resolve(),
    });
    this.#process = Bun.spawn([...program(), ...args], {
      terminal: this.#terminal,
      env: { ...process.env, NO_COLOR: "1", TERM: terminal },
    });
  }

  /** All that was shown so far, control sequences included. */
  get shown(): string {
    return this.#shown;
  }

  /** Waits until the text is shown after `from`, and returns where it ends. */
  async until(text: string, from = 0): Promise<number> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const at = this.#shown.indexOf(text, from);
      if (at >= 0) return at + text.length;
      await Bun.sleep(POLL_MS);
    }
    throw new Error(`'${text}' was not shown; shown was: ${withoutControls(this.#shown)}`);
  }

  /** Sends the program a signal. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Types a line and Enter, or other keys. */
  type(text: string, end = "\r"): void {
    this.#terminal.write(text + end);
  }

  /** The exit code, when all that was shown has been read. */
  async ended(): Promise<number | null> {
    await this.#process.exited;
    await Promise.race([this.#atEnd.promise, Bun.sleep(LAST_OUTPUT_MS)]);
    this.#terminal.close();
    return this.#process.exitCode;
  }
}
