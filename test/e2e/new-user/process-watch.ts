// Looks over the shoulder of every process of one account: what `ps` shows of it (arguments) and
// what it was given (environment), again and again while it lives.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { type Form, formsIn } from "./secrets.ts";

const LOOK_EVERY_MS = 10;

export class ProcessWatch {
  readonly #marker: Buffer;
  /** Names of all that was seen. */
  readonly seen = new Set<string>();
  readonly #texts = new Set<string>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** `marker`: what is in the environment of every process of the account, and of no other. */
  constructor(marker: string) {
    this.#marker = Buffer.from(marker);
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Number of different sets of arguments and environments. */
  get size(): number {
    return this.#texts.size;
  }

  found(forms: readonly Form[]): string[] {
    return [...this.#texts].flatMap((text) => formsIn(Buffer.from(text, "latin1"), forms));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const environment = readOf(pid, "environ");
      if (environment === null || !environment.includes(this.#marker)) continue;
      const shown = readOf(pid, "cmdline");
      if (shown === null) continue;
      this.#texts.add(`${shown.toString("latin1")}\n${environment.toString("latin1")}`);
      this.seen.add(shown.toString("utf8").split("\0").slice(0, 3).join(" ").trim());
    }
  }
}

/** Null when the process has ended. */
function readOf(pid: string, name: string): Buffer | null {
  const path = `/proc/${pid}/${name}`;
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
