// Progress of what goes through the cells of a store: a bar in a terminal, a line now and then
// elsewhere, nothing with --json.

import { SYSTEM_CLOCK } from "../../peer/clock.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { bytesText } from "./store-flags.ts";

export interface Step {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Bytes so far, null when they don't count. */
  readonly bytes: number | null;
}

export class Copying {
  readonly #title: string;
  readonly #line: ProgressLine | null;
  readonly #startedMs = performance.now();

  constructor(title: string, json: boolean) {
    this.#title = title;
    this.#line = json ? null : new ProgressLine(process.stderr, SYSTEM_CLOCK);
  }

  /** Shows a step and lets other events in. */
  async show({ done, total, unit, bytes }: Step): Promise<void> {
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    this.#line?.show(this.#title, {
      done,
      total: Math.max(done, total),
      unit,
      detail: bytes === null ? "" : bytesText(bytes),
      rate: seconds > 0 ? done / seconds : 0,
    });
    await Bun.sleep(0);
  }

  /** A line that stays. */
  say(text: string): void {
    this.#line?.say(text);
  }

  end(): void {
    this.#line?.end();
  }
}
