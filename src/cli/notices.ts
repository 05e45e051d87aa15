// What a running peer has to say to its log about others: each thing once a minute at most, however
// often it happens.

import type { Clock } from "../peer/clock.ts";

const REPEAT_MS = 60_000;
/** Different notices that are told apart; beyond, all are silent until the minute is over. */
const NOTICES_MAX = 100;

export class Notices {
  readonly #write: (line: string) => void;
  readonly #clock: Clock;
  readonly #saidAtMs = new Map<string, number>();

  constructor(write: (line: string) => void, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  say(notice: string): void {
    const now = this.#clock.now();
    for (const [old, atMs] of this.#saidAtMs) {
      if (now - atMs < REPEAT_MS) break;
      this.#saidAtMs.delete(old);
    }
    if (this.#saidAtMs.has(notice) || this.#saidAtMs.size >= NOTICES_MAX) return;
    this.#saidAtMs.set(notice, now);
    this.#write(`${notice}\n`);
  }
}
