// Acquisition of a value by hash (sheet 04 §9.2): its cells are asked of one or more providers,
// several requests at a time, the deepest cells first, and put together (assembly.ts) as they come.
// A request that is late goes to another provider as well. What comes is proved by its hash: a
// provider can withhold, but not deceive.

import { type Cell, MissingDataError } from "../../data/cell.ts";
import type { DecodeTable } from "../../data/decode.ts";
import type { Store } from "../../store/store.ts";
import {
  ACQUISITION_HASHES_MAX,
  ACQUISITION_LATE_MS,
  ACQUISITION_RETRY_MS,
  ACQUISITION_STALL_MS,
  ACQUISITION_WAITING_MAX,
  ACQUISITION_WINDOW,
} from "../bounds.ts";
import type { Clock } from "../clock.ts";
import { AcquisitionError } from "./acquisition-error.ts";
import { Assembly } from "./assembly.ts";
import { type CellProvider, ProviderTrial } from "./cell-provider.ts";
import type { Vouching } from "./vouching.ts";

/** How far an acquisition has come. */
export interface AcquisitionProgress {
  /** Cells and bytes received. */
  readonly cells: number;
  readonly bytes: number;
  /** Cells that are known to be missing still; grows while the upper parts of a value arrive. */
  readonly wanted: number;
  readonly elapsedMs: number;
}

export interface AcquisitionOptions {
  readonly store: Store;
  readonly table: DecodeTable;
  readonly clock: Clock;
  /** Who can be asked at the moment. */
  readonly providers: () => readonly CellProvider[];
  readonly onProgress?: (progress: AcquisitionProgress) => void;
  /** Hears now and then for how long no new cell has come. */
  readonly onSilence?: (silentMs: number) => void;
  /** Most bytes of cells to take; no bound when absent. */
  readonly bytesMax?: number;
  /** Most hashes that it waits for; ACQUISITION_WAITING_MAX when absent. */
  readonly waitingMax?: number;
  /** Bounds what is taken on the word of one provider; no bound when absent. */
  readonly vouching?: Vouching;
  /** How long it goes on without a new cell. */
  readonly stallMs?: number;
}

/** Hashes that a provider has been asked for. */
interface Request {
  readonly trial: ProviderTrial;
  readonly keys: readonly string[];
  readonly sentMs: number;
  /** Whether others are asked for them meanwhile. */
  isLate: boolean;
}

/** One value; its complete cells stay in the store whatever becomes of the rest. */
export class Acquisition {
  readonly #options: AcquisitionOptions;
  readonly #assembly: Assembly;
  readonly #startMs: number;
  /** Hash keys to ask for; the last ones first. */
  readonly #wanted: string[] = [];
  /** Hash keys that some provider has been asked for, and that have not come. */
  readonly #asked = new Set<string>();
  readonly #trials = new Map<CellProvider, ProviderTrial>();
  readonly #requests = new Set<Request>();
  #cells = 0;
  #bytes = 0;
  /** When the last cell came. */
  #lastMs: number;
  #cancelRetry: (() => void) | null = null;
  /** Settles `acquire`; null before it is called, and when it is settled. */
  #end: ((error: Error | null) => void) | null = null;

  constructor(options: AcquisitionOptions) {
    this.#options = options;
    const { store, table, waitingMax = ACQUISITION_WAITING_MAX } = options;
    this.#assembly = new Assembly(store, table, waitingMax);
    this.#startMs = options.clock.now();
    this.#lastMs = this.#startMs;
  }

  /**
   * The value under a hash, complete in the store. Once for each acquisition.
   * @throws MissingDataError when nobody who answers has a cell of it
   * @throws AcquisitionError when it is cancelled, stalls or becomes too large
   * @throws BadFormatError when a cell of it can't be read
   * @throws StoreError when the store fails
   */
  async acquire(key: string): Promise<Cell | bigint> {
    const { store } = this.#options;
    if (!store.has(key)) {
      await new Promise<void>((resolve, reject) => {
        this.#end = (error) => (error === null ? resolve() : reject(error));
        this.#assembly.begin(key);
        this.#wanted.push(key);
        this.#pump();
      }).finally(() => this.#stop());
    }
    const value = store.cell(key);
    if (value === null) throw new MissingDataError(key);
    return value;
  }

  /** Ends it; what is complete is kept. */
  cancel(reason = "cancelled"): void {
    this.#fail(new AcquisitionError(reason));
  }

  get progress(): AcquisitionProgress {
    return {
      cells: this.#cells,
      bytes: this.#bytes,
      wanted: this.#wanted.length + this.#asked.size,
      elapsedMs: this.#options.clock.now() - this.#startMs,
    };
  }

  /** Keeps every provider busy. */
  #pump(): void {
    if (this.#end === null) return;
    const providers = this.#options.providers().filter((provider) => provider.isOpen);
    for (const provider of providers) {
      if (!this.#trials.has(provider)) this.#trials.set(provider, new ProviderTrial(provider));
    }
    const now = this.#options.clock.now();
    this.#turnFromLate(providers, now);
    let free = this.#usable(providers, now);
    while (this.#wanted.length > 0 && free.length > 0) {
      const trial = free.reduce((a, b) => (a.inFlight <= b.inFlight ? a : b));
      const slots = free.reduce((sum, each) => sum + ACQUISITION_WINDOW - each.inFlight, 0);
      const keys = this.#take(trial, Math.ceil(this.#wanted.length / slots));
      if (keys.length === 0) free = free.filter((each) => each !== trial);
      else this.#ask(trial, keys);
      free = free.filter((each) => each.inFlight < ACQUISITION_WINDOW);
    }
    this.#watch(providers);
  }

  /** What a provider does not answer is asked of another one, before all else waits for it. */
  #turnFromLate(providers: readonly CellProvider[], now: number): void {
    for (const request of this.#requests) {
      const { trial, keys, sentMs, isLate } = request;
      if (isLate || now - sentMs < ACQUISITION_LATE_MS) continue;
      const others = providers.filter((provider) => provider !== trial.provider);
      if (!this.#usable(others, now).some(({ inFlight }) => inFlight === 0)) continue;
      request.isLate = true;
      trial.fail(now);
      this.#askAgain(keys);
    }
  }

  #usable(providers: readonly CellProvider[], now: number): ProviderTrial[] {
    const trials = providers.map((provider) => this.#trials.get(provider) as ProviderTrial);
    return trials.filter((each) => each.restUntilMs <= now && each.inFlight < ACQUISITION_WINDOW);
  }

  /** Hashes for one request: the deepest ones that this provider may have. */
  #take(trial: ProviderTrial, countMax: number): string[] {
    const limit = Math.min(countMax, ACQUISITION_HASHES_MAX);
    const taken: string[] = [];
    const left: string[] = [];
    while (taken.length < limit) {
      const key = this.#wanted.pop();
      if (key === undefined) break;
      (trial.lacks.has(key) ? left : taken).push(key);
    }
    this.#wanted.push(...left.reverse());
    for (const key of taken) this.#asked.add(key);
    return taken;
  }

  #ask(trial: ProviderTrial, keys: readonly string[]): void {
    const request = { trial, keys, sentMs: this.#options.clock.now(), isLate: false };
    this.#requests.add(request);
    trial.inFlight++;
    trial.provider.cells(keys).then(
      (values) => this.#guard(() => this.#answered(request, values)),
      () => this.#guard(() => this.#unanswered(request)),
    );
  }

  /** Runs what an answer sets off; an error of it ends the acquisition. */
  #guard(step: () => void): void {
    if (this.#end === null) return;
    try {
      step();
      this.#pump();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #unanswered(request: Request): void {
    const { trial, keys, isLate } = request;
    this.#requests.delete(request);
    trial.inFlight--;
    trial.fail(this.#options.clock.now());
    if (!isLate) this.#askAgain(keys);
  }

  #askAgain(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#asked.delete(key)) this.#wanted.push(key);
    }
  }

  #answered(request: Request, cells: ReadonlyMap<string, Uint8Array>): void {
    const { trial, keys, isLate } = request;
    this.#requests.delete(request);
    trial.inFlight--;
    trial.succeed();
    const { vouching } = this.#options;
    const others = vouching === undefined ? [] : this.#othersThan(trial);
    for (const [key, bytes] of cells) {
      if (!this.#asked.delete(key)) continue;
      vouching?.count(trial, key, bytes.length, others);
      this.#arrived(key, bytes);
    }
    const excess = vouching?.excess ?? null;
    if (excess !== null && !this.#assembly.isComplete) throw new AcquisitionError(excess);
    for (const key of keys) if (!cells.has(key)) trial.lacks.add(key);
    if (!isLate) this.#askAgain(keys);
    this.#options.onProgress?.(this.progress);
  }

  /** Other providers whose word counts. */
  #othersThan(trial: ProviderTrial): ProviderTrial[] {
    const all = this.#options.providers().map((provider) => this.#trials.get(provider));
    const isOther = (each: ProviderTrial | undefined): each is ProviderTrial =>
      each !== undefined && each !== trial && each.hasAnswered && each.provider.isOpen;
    return all.filter(isOther);
  }

  #arrived(key: string, bytes: Uint8Array): void {
    this.#cells++;
    this.#bytes += bytes.length;
    this.#lastMs = this.#options.clock.now();
    if (this.#bytes > (this.#options.bytesMax ?? Number.POSITIVE_INFINITY)) {
      throw new AcquisitionError(`it has more than ${this.#options.bytesMax} bytes`);
    }
    this.#wanted.push(...this.#assembly.add(key, bytes));
    if (this.#assembly.isComplete) this.#finish(null);
  }

  /** Sees to it that something happens even when no answer comes. */
  #watch(providers: readonly CellProvider[]): void {
    if (this.#end === null) return;
    const isIdle = this.#asked.size === 0;
    const top = this.#wanted.at(-1);
    if (isIdle && top !== undefined && providers.length > 0) {
      const nobody = providers.every((each) => this.#trials.get(each)?.lacks.has(top));
      if (nobody) {
        this.#fail(new MissingDataError(top));
        return;
      }
    }
    this.#cancelRetry ??= this.#options.clock.after(ACQUISITION_RETRY_MS, () => {
      this.#cancelRetry = null;
      const stalledMs = this.#options.clock.now() - this.#lastMs;
      if (stalledMs >= ACQUISITION_RETRY_MS) this.#options.onSilence?.(stalledMs);
      if (stalledMs > (this.#options.stallMs ?? ACQUISITION_STALL_MS)) {
        this.#fail(new AcquisitionError(`no cell came for ${Math.round(stalledMs / 1000)} s`));
      } else {
        this.#pump();
      }
    });
  }

  #fail(error: Error): void {
    if (this.#end === null) return;
    try {
      this.#assembly.flush();
    } catch (flushError) {
      this.#finish(flushError as Error);
      return;
    }
    this.#finish(error);
  }

  #finish(error: Error | null): void {
    const end = this.#end;
    this.#end = null;
    end?.(error);
  }

  #stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }
}
