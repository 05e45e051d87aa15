// Gives back what a burst of messages has left. The runtime collects once its heap has doubled, and
// what was read and dropped takes a hundred times the bytes in which it came: after an attack, or a
// load that has ended, a process would keep hundreds of MB until the next one.

import { residentBytes } from "../../net/own-process.ts";
import { collectGarbage } from "../../store/cell-cache.ts";

const MEGABYTE = 1 << 20;
export const WATCH_MS = 100;
/** Resident bytes above which growth is looked at. */
export const HIGH_BYTES = 320 * MEGABYTE;
/** Growth that is worth a collection: 60 to 190 ms of the main thread. */
const WORTHWHILE_GROWTH = 1.15;
/** The same of a very large process that has little else to do. */
const IDLE_GROWTH = 1.05;
/** Least time between two collections. */
export const COLLECTION_PAUSE_MS = 20_000;
/** Share of a processor above which the runtime is left to collect beside the work. */
const BUSY_SHARE = 0.5;
/** Looks after which what has kept a very large process busy is over, and its garbage collected. */
export const CALM_LOOKS = 10;
/**
 * Resident bytes above which it is not, but the pause shorter: the larger the heap was, the later
 * the runtime collects again, and one attack after the other had it grow to 850 MB.
 */
export const VERY_HIGH_BYTES = 352 * MEGABYTE;
export const SHORT_PAUSE_MS = 300;

/** A process as the watch sees it. */
export interface WatchedProcess {
  /** Bytes in memory. */
  resident(): number;
  /** Processor time, in microseconds. */
  processorTime(): number;
  collect(): void;
}

const OWN_PROCESS: WatchedProcess = {
  resident: residentBytes,
  processorTime: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  collect: collectGarbage,
};

export class MemoryWatch {
  readonly #process: WatchedProcess;
  /** Least resident bytes since the last collection. */
  #least = Number.POSITIVE_INFINITY;
  #sinceCollectionMs = COLLECTION_PAUSE_MS;
  /** Looks in a row at which it was not busy; after the start as if it had never been. */
  #calmLooks = CALM_LOOKS + 1;
  #processorTime: number;

  constructor(watched: WatchedProcess = OWN_PROCESS) {
    this.#process = watched;
    this.#processorTime = watched.processorTime();
  }

  /** Looks every WATCH_MS until the answer is called. It never keeps the process alive. */
  start(): () => void {
    const timer = setInterval(() => this.look(), WATCH_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** To be called every WATCH_MS. */
  look(): void {
    this.#sinceCollectionMs += WATCH_MS;
    const before = this.#processorTime;
    this.#processorTime = this.#process.processorTime();
    const isBusy = this.#processorTime - before > WATCH_MS * 1_000 * BUSY_SHARE;
    const resident = this.#process.resident();
    this.#least = Math.min(this.#least, resident);
    const isVeryLarge = resident > VERY_HIGH_BYTES;
    const pauseMs = isVeryLarge ? SHORT_PAUSE_MS : COLLECTION_PAUSE_MS;
    const growth = isVeryLarge && !isBusy ? IDLE_GROWTH : WORTHWHILE_GROWTH;
    this.#calmLooks = isBusy ? 0 : this.#calmLooks + 1;
    const isOver = isVeryLarge && this.#calmLooks === CALM_LOOKS;
    const isWorthwhile = isOver || (resident > HIGH_BYTES && resident > growth * this.#least);
    const isFree = isVeryLarge || !isBusy;
    if (!isWorthwhile || !isFree || this.#sinceCollectionMs < pauseMs) return;
    this.#sinceCollectionMs = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#process.collect();
  }
}
