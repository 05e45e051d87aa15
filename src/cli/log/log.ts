// The log of a running peer: one line each, by component and level, on standard error. On a
// terminal for people, elsewhere as JSON for programs. What repeats is folded, secrets are blotted
// out, and levels change while it runs.

import type { Clock } from "../../peer/clock.ts";
import { withoutSecrets } from "./redaction.ts";

export const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type Level = (typeof LEVELS)[number];

export const COMPONENTS = ["api", "network", "peer", "tls"] as const;
export type Component = (typeof COMPONENTS)[number];

export interface LogEntry {
  readonly timeMs: number;
  readonly level: Level;
  readonly component: Component;
  readonly text: string;
  /** How often it was said in all, when more than once. */
  readonly times: number;
}

/** What was said in the last minute is not said again; then, how often it was. */
const FOLD_MS = 60_000;
/** Different lines that are told apart; what comes beyond is only counted. */
const FOLDED_MAX = 200;
/** Longest text of a line. */
const TEXT_MAX = 4_096;

interface Folded {
  readonly entry: LogEntry;
  repeats: number;
}

export class Log {
  readonly #write: (entry: LogEntry) => void;
  readonly #clock: Clock;
  readonly #levels = new Map<Component, Level>(COMPONENTS.map((one) => [one, "info"]));
  /** By component, level and text, oldest first. */
  readonly #folded = new Map<string, Folded>();
  #unsaid = 0;
  #cancel: (() => void) | null = null;

  constructor(write: (entry: LogEntry) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /** Levels by component. */
  get levels(): Readonly<Record<Component, Level>> {
    return Object.fromEntries(this.#levels) as Record<Component, Level>;
  }

  setLevel(component: Component, level: Level): void {
    this.#levels.set(component, level);
  }

  say(component: Component, level: Level, words: string): void {
    const least = this.#levels.get(component) ?? "info";
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const timeMs = this.#clock.now();
    const text = withoutSecrets(words).slice(0, TEXT_MAX);
    const key = `${component} ${level} ${text}`;
    const folded = this.#folded.get(key);
    if (folded !== undefined) {
      folded.repeats++;
      return;
    }
    if (this.#folded.size >= FOLDED_MAX) {
      this.#unsaid++;
      return;
    }
    const entry: LogEntry = { timeMs, level, component, text, times: 1 };
    this.#folded.set(key, { entry, repeats: 0 });
    this.#write(entry);
    this.#appoint();
  }

  /** Says what was held back. */
  close(): void {
    this.#cancel?.();
    this.#unfold(Number.POSITIVE_INFINITY);
  }

  #appoint(): void {
    this.#cancel ??= this.#clock.after(FOLD_MS, () => {
      this.#cancel = null;
      this.#unfold(this.#clock.now());
      if (this.#folded.size > 0) this.#appoint();
    });
  }

  /** Forgets what was said long enough ago, and tells how often it was repeated. */
  #unfold(nowMs: number): void {
    for (const [key, { entry, repeats }] of this.#folded) {
      if (nowMs - entry.timeMs < FOLD_MS) break;
      this.#folded.delete(key);
      if (repeats > 0) this.#write({ ...entry, timeMs: this.#clock.now(), times: repeats + 1 });
    }
    if (this.#unsaid === 0) return;
    const text = `${this.#unsaid} further lines were not written: too many different ones`;
    this.#unsaid = 0;
    this.#write({ timeMs: this.#clock.now(), level: "warn", component: "peer", text, times: 1 });
  }
}
