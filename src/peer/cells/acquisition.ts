// Acquisition of a value by hash (sheet 04 §9.2): cell after cell from one or more providers,
// several requests at a time, deepest first. A cell goes to the store once all below it is there,
// so that a root never names what is missing, and what was acquired before an interruption is not
// asked for again. What comes is proved by its hash: a provider can withhold, but not deceive.

import { forEachBranch } from "../../data/branches.ts";
import { Cell, type CellSource, MissingDataError, Ref, type Slot } from "../../data/cell.ts";
import { type DecodeTable, decode } from "../../data/decode.ts";
import { encodedLength, slotHashKey } from "../../data/encode.ts";
import { statedMemorySize } from "../../data/memory-size.ts";
import type { Store } from "../../store/store.ts";
import {
  ACQUISITION_HASHES_MAX,
  ACQUISITION_INCOMPLETE_BYTES_MAX,
  ACQUISITION_LATE_MS,
  ACQUISITION_RETRY_MS,
  ACQUISITION_STALL_MS,
  ACQUISITION_WAITING_MAX,
  ACQUISITION_WINDOW,
  ACQUISITION_WRITE_BYTES,
  ACQUISITION_WRITE_CELLS,
} from "../bounds.ts";
import type { Clock } from "../clock.ts";
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
  /** Most bytes of cells to take; none when absent. */
  readonly bytesMax?: number;
  /** Most hashes that it waits for; ACQUISITION_WAITING_MAX when absent. */
  readonly waitingMax?: number;
  /** Most of what is taken on the word of one provider; none when absent. */
  readonly vouching?: Vouching;
  /** How long it goes on without a new cell. */
  readonly stallMs?: number;
}

/** The value could not be acquired; what came of it is kept. */
export class AcquisitionError extends Error {
  readonly code = "ACQUISITION";
}

/** Hashes that a provider has been asked for. */
interface Request {
  readonly trial: ProviderTrial;
  readonly keys: readonly string[];
  readonly sentMs: number;
  /** Whether others are asked for them meanwhile. */
  isLate: boolean;
}

/** A cell that waits for what it names. */
interface Incomplete {
  readonly key: string;
  readonly value: Cell;
  /** Bytes of its encoding. */
  readonly bytes: number;
  missing: number;
}

export class Acquisition implements CellSource {
  readonly #options: AcquisitionOptions;
  readonly #startMs: number;
  /** Hash keys to ask for; the last ones first. */
  readonly #wanted: string[] = [];
  readonly #asked = new Set<string>();
  /** Who waits for a cell that is not complete. */
  readonly #waiting = new Map<string, Incomplete[]>();
  #incompleteBytes = 0;
  /** Complete cells that are not in the store yet, children before parents. */
  readonly #complete = new Map<string, Cell | bigint>();
  #completeBytes = 0;
  readonly #trials = new Map<CellProvider, ProviderTrial>();
  readonly #requests = new Set<Request>();
  #cells = 0;
  #bytes = 0;
  #lastMs: number;
  #cancelRetry: (() => void) | null = null;
  #end: ((error: Error | null) => void) | null = null;

  constructor(options: AcquisitionOptions) {
    this.#options = options;
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
    if (!this.#isHeld(key)) {
      await new Promise<void>((resolve, reject) => {
        this.#end = (error) => (error === null ? resolve() : reject(error));
        this.#wanted.push(key);
        this.#waiting.set(key, []);
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

  /** Complete cells: what incomplete ones may already be resolved to. */
  cell(hashKey: string): Cell | bigint | null {
    return this.#complete.get(hashKey) ?? this.#options.store.cell(hashKey);
  }

  memorySize(hashKey: string): number {
    const value = this.#complete.get(hashKey);
    return value === undefined ? this.#options.store.memorySize(hashKey) : statedMemorySize(value);
  }

  get progress(): AcquisitionProgress {
    return {
      cells: this.#cells,
      bytes: this.#bytes,
      wanted: this.#wanted.length + this.#asked.size,
      elapsedMs: this.#options.clock.now() - this.#startMs,
    };
  }

  #isHeld(key: string): boolean {
    return this.#complete.has(key) || this.#options.store.has(key);
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
    if (excess !== null && this.#waiting.size > 0) throw new AcquisitionError(excess);
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
    const cell = decode(bytes, this.#options.table, this);
    if (!(cell instanceof Cell)) {
      if (typeof cell === "bigint") this.#completed(key, cell);
      else throw new AcquisitionError("the hash names a value that is no cell of its own");
      return;
    }
    const missing = new Set<string>();
    forEachBranch(cell, (branch: Slot) => {
      const child = slotHashKey(branch);
      if (branch instanceof Ref && !this.#isHeld(child)) missing.add(child);
    });
    if (missing.size === 0) {
      this.#completed(key, cell);
      return;
    }
    const incomplete = { key, value: cell, bytes: bytes.length, missing: missing.size };
    this.#incompleteBytes += bytes.length;
    for (const child of missing) this.#await(child, incomplete);
    const isTooMuch =
      this.#waiting.size > (this.#options.waitingMax ?? ACQUISITION_WAITING_MAX) ||
      this.#incompleteBytes > ACQUISITION_INCOMPLETE_BYTES_MAX;
    if (isTooMuch) throw new AcquisitionError("it names too many cells at a time");
  }

  #await(child: string, parent: Incomplete): void {
    const waiting = this.#waiting.get(child);
    if (waiting !== undefined) {
      waiting.push(parent);
      return;
    }
    this.#waiting.set(child, [parent]);
    this.#wanted.push(child);
  }

  /** Notes a cell as complete, and what becomes complete by it. */
  #completed(key: string, value: Cell | bigint): void {
    const stack: [string, Cell | bigint][] = [[key, value]];
    while (stack.length > 0) {
      const [doneKey, done] = stack.pop() as [string, Cell | bigint];
      // Asked for now, while all parts are at hand: the store keeps it beside the cell.
      statedMemorySize(done);
      this.#complete.set(doneKey, done);
      this.#completeBytes += encodedLength(done);
      for (const parent of this.#waiting.get(doneKey) ?? []) {
        parent.missing--;
        if (parent.missing > 0) continue;
        this.#incompleteBytes -= parent.bytes;
        stack.push([parent.key, parent.value]);
      }
      this.#waiting.delete(doneKey);
    }
    const isFull =
      this.#complete.size >= ACQUISITION_WRITE_CELLS ||
      this.#completeBytes >= ACQUISITION_WRITE_BYTES;
    if (this.#waiting.size === 0) {
      this.#flush();
      this.#finish(null);
    } else if (isFull) {
      this.#flush();
    }
  }

  #flush(): void {
    if (this.#complete.size === 0) return;
    this.#options.store.write({ roots: [], cells: [...this.#complete.values()] });
    this.#complete.clear();
    this.#completeBytes = 0;
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
      this.#flush();
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
