// Progress of something long, on one line of a terminal that is written again and again, or as a
// line now and then where there is no terminal.

import type { Clock } from "../../peer/clock.ts";
import { isScreen } from "./screen.ts";

export interface ProgressFigures {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Said behind the figures; "" for nothing. */
  readonly detail: string;
  /** Units a second. */
  readonly rate: number;
}

const BAR_WIDTH = 24;
const TERMINAL_PAUSE_MS = 100;
const LOG_PAUSE_MS = 5_000;
const COLUMNS_USUAL = 80;
const CLEAR_LINE = "\r\x1b[2K";
const MINUTE_S = 60;

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #output: ProgressOutput;
  readonly #clock: Clock;
  readonly #isTerminal: boolean;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #last: { readonly title: string; readonly figures: ProgressFigures } | null = null;
  #isShown = false;

  constructor(output: ProgressOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#isTerminal = isScreen(output);
    // Elsewhere what is soon done needs no line.
    if (!this.#isTerminal) this.#shownAtMs = clock.now();
  }

  /** A line that stays. */
  say(text: string): void {
    this.#clear();
    this.#output.write(`${text}\n`);
  }

  show(title: string, figures: ProgressFigures): void {
    this.#last = { title, figures };
    const now = this.#clock.now();
    const pauseMs = this.#isTerminal ? TERMINAL_PAUSE_MS : LOG_PAUSE_MS;
    if (now - this.#shownAtMs < pauseMs) return;
    this.#shownAtMs = now;
    if (this.#isTerminal) this.#output.write(CLEAR_LINE + this.#fitting(title, figures));
    else this.#output.write(`${title}: ${describe(figures)}\n`);
    this.#isShown = this.#isTerminal;
  }

  /** On one line of the terminal: a longer one could not be written over. */
  #fitting(title: string, figures: ProgressFigures): string {
    const columns = this.#output.columns || COLUMNS_USUAL;
    const words = describe(figures);
    const text = `${title} ${bar(figures)} ${words}`;
    return (text.length < columns ? text : `${title}: ${words}`).slice(0, columns - 1);
  }

  /** What was shown last is complete. */
  done(title: string): void {
    const last = this.#last;
    this.#last = null;
    this.#shownAtMs = this.#isTerminal ? Number.NEGATIVE_INFINITY : this.#clock.now();
    if (last === null || last.title !== title) {
      this.say(`${title} complete`);
      return;
    }
    const { done, unit, detail, rate } = last.figures;
    const more = detail === "" ? "" : `, ${detail}`;
    this.say(`${title} complete: ${done} ${unit}${more}, ${Math.round(rate)} ${unit} a second`);
  }

  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#isShown) this.#output.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

function bar({ done, total }: ProgressFigures): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((BAR_WIDTH * done) / total);
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

function describe({ done, total, unit, detail, rate }: ProgressFigures): string {
  const parts = [`${done}/${total} ${unit}`];
  if (detail !== "") parts.push(detail);
  parts.push(`${Math.round(rate)}/s`);
  if (rate > 0) parts.push(`${timeText((total - done) / rate)} left`);
  return parts.join(", ");
}

function timeText(seconds: number): string {
  if (seconds < MINUTE_S) return `${Math.ceil(seconds)} s`;
  const minutes = Math.floor(seconds / MINUTE_S);
  return minutes < MINUTE_S ? `${minutes} min` : `${(minutes / MINUTE_S).toFixed(1)} h`;
}
