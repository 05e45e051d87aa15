// A second thread for signatures that are checked together, which under load are a fifth of what
// the main thread does. It takes 10 to 20 MB, so it runs only while there are many.

import type { SignedBytes } from "../../crypto/batch-verify.ts";
import { packSignatures } from "../../crypto/signature-batch.ts";
import {
  THREAD_ANSWER_MS,
  THREAD_BATCHES_MAX,
  THREAD_IDLE_MS,
  THREAD_START_SIGNATURES,
  THREAD_WINDOW_MS,
} from "../bounds.ts";
import type { Clock } from "../clock.ts";

/** What is needed of a Worker that runs `crypto/verify-thread.ts`. */
export interface VerifyWorker {
  postMessage(packed: Uint8Array<ArrayBuffer>, transfer: ArrayBuffer[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<boolean>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/**
 * `true` when all of a batch are good; `false` when nothing is known of any, as one is not, or the
 * thread is lost.
 */
type Answer = (areGood: boolean) => void;

export class SignatureThread {
  readonly #clock: Clock;
  readonly #make: () => VerifyWorker;
  readonly #onLost: (error: Error) => void;
  #worker: VerifyWorker | null = null;
  #isReady = false;
  #pending: Answer[] = [];
  /** When it was last given a batch, or answered one. */
  #busyAtMs = 0;
  #windowAtMs = Number.NEGATIVE_INFINITY;
  #inWindow = 0;
  /** Before that no other is started: one was lost. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /**
   * @param clock a steady one
   * @param make starts a thread, which must not keep the process alive
   * @param onLost hears why a thread is of no use any more; what waited for it is answered
   */
  constructor(clock: Clock, make: () => VerifyWorker, onLost: (error: Error) => void) {
    this.#clock = clock;
    this.#make = make;
    this.#onLost = onLost;
  }

  /**
   * Has a batch checked, 1,024 signatures at most, and calls `done` later; false when the thread
   * does not take it.
   */
  verify(batch: readonly SignedBytes[], done: Answer): boolean {
    const now = this.#clock.now();
    if (this.#worker === null) this.#count(batch.length, now);
    if (!this.#isReady || this.#pending.length >= THREAD_BATCHES_MAX) return false;
    const packed = packSignatures(batch);
    if (packed === null) return false;
    if (this.#pending.length === 0) this.#busyAtMs = now;
    this.#pending.push(done);
    this.#worker?.postMessage(packed, [packed.buffer]);
    return true;
  }

  #count(signatures: number, now: number): void {
    if (now - this.#windowAtMs >= THREAD_WINDOW_MS) {
      this.#windowAtMs = now;
      this.#inWindow = 0;
    }
    this.#inWindow += signatures;
    if (this.#inWindow >= THREAD_START_SIGNATURES && now >= this.#notBeforeMs) this.#start(now);
  }

  #start(now: number): void {
    const worker = this.#made();
    if (worker === null) return;
    this.#worker = worker;
    this.#busyAtMs = now;
    worker.onmessage = ({ data }) => {
      if (this.#worker === worker) this.#answer(data);
    };
    worker.onerror = ({ message }) => {
      if (this.#worker === worker) this.#lose(message);
    };
    this.#watch(worker);
  }

  /** Null where the system gives no further thread. */
  #made(): VerifyWorker | null {
    try {
      return this.#make();
    } catch (error) {
      this.#lose(String(error));
      return null;
    }
  }

  #answer(areGood: boolean): void {
    this.#busyAtMs = this.#clock.now();
    if (this.#isReady) this.#pending.shift()?.(areGood);
    else this.#isReady = true;
  }

  /** Ends a thread that has had nothing to do for long, or does not answer. */
  #watch(worker: VerifyWorker): void {
    this.#clock.after(THREAD_ANSWER_MS, () => {
      if (this.#worker !== worker) return;
      const quietMs = this.#clock.now() - this.#busyAtMs;
      const isWaited = !this.#isReady || this.#pending.length > 0;
      if (isWaited && quietMs >= THREAD_ANSWER_MS) this.#lose(`no answer for ${quietMs} ms`);
      else if (!isWaited && quietMs >= THREAD_IDLE_MS) this.#end();
      else this.#watch(worker);
    });
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#isReady = false;
    this.#inWindow = 0;
  }

  #lose(why: string): void {
    this.#end();
    this.#onLost(new Error(`The thread that checks signatures is lost: ${why}`));
    this.#notBeforeMs = this.#clock.now() + THREAD_IDLE_MS;
    const lost = this.#pending;
    this.#pending = [];
    for (const done of lost) done(false);
  }
}
