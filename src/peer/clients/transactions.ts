// Transactions on their way through the peer: those that wait for a block, and who waits for the
// Result of which. Everybody who submits gets an answer: a Result at finality, or an error when the
// queue is full, the time is up or the peer stops. The same transaction submitted twice is queued
// once and answered to both.

import { hashKey } from "../../data/encode.ts";
import { footprint } from "../../data/footprint.ts";
import type { SignedData } from "../../data/signed.ts";
import type { Result } from "../../state/result.ts";
import {
  BLOCK_BYTES_MAX,
  BULKY_BYTES,
  PENDING_BULKY_BYTES_MAX,
  PENDING_BYTES_MAX,
  PENDING_TRANSACTIONS_MAX,
  RESULT_TIMEOUT_MS,
  TRANSACTION_QUEUE_MAX,
  WAITERS_PER_TRANSACTION_MAX,
} from "../bounds.ts";
import type { Clock } from "../clock.ts";
import { peerError } from "../peer-result.ts";

type Waiter = (result: Result) => void;

/** One transaction that somebody waits for. */
interface Pending {
  readonly hash: string;
  readonly signed: SignedData;
  /** Estimated bytes in memory. */
  readonly bytes: number;
  readonly expiresAt: number;
  readonly waiters: Waiter[];
}

export interface TransactionLimits {
  readonly queueMax: number;
  readonly pendingMax: number;
  readonly bytesMax: number;
  /** Of those above BULKY_BYTES. */
  readonly bulkyBytesMax: number;
  readonly timeoutMs: number;
}

export const TRANSACTION_LIMITS: TransactionLimits = {
  queueMax: TRANSACTION_QUEUE_MAX,
  pendingMax: PENDING_TRANSACTIONS_MAX,
  bytesMax: PENDING_BYTES_MAX,
  bulkyBytesMax: PENDING_BULKY_BYTES_MAX,
  timeoutMs: RESULT_TIMEOUT_MS,
};

export class Transactions {
  readonly #clock: Clock;
  readonly #limits: TransactionLimits;
  /** In order of arrival, which with one timeout for all is the order of expiry. */
  readonly #pending = new Map<string, Pending>();
  #queue: Pending[] = [];
  #bytes = 0;
  #bulkyBytes = 0;
  #cancelExpiry: (() => void) | null = null;

  constructor(clock: Clock, limits: TransactionLimits = TRANSACTION_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Number of transactions that wait for a block. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Number of transactions whose Result somebody waits for. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Whether a transaction is on its way already. */
  isPending(hash: string): boolean {
    return this.#pending.has(hash);
  }

  /** Queues a transaction, unless it is on its way already; resolves with its Result. */
  add(signed: SignedData): Promise<Result> {
    const hash = hashKey(signed);
    const known = this.#pending.get(hash);
    if (known !== undefined) return this.#join(known);
    if (this.#queue.length >= this.#limits.queueMax) return overload();
    if (this.#pending.size >= this.#limits.pendingMax) return overload();
    const bytes = footprint(signed);
    if (!this.#hasRoom(bytes)) return overload();
    const expiresAt = this.#clock.now() + this.#limits.timeoutMs;
    const entry: Pending = { hash, signed, bytes, expiresAt, waiters: [] };
    this.#pending.set(hash, entry);
    this.#count(bytes);
    this.#queue.push(entry);
    this.#watchExpiry();
    return this.#join(entry);
  }

  /** Bulky ones leave room for others; one alone may be of any size. */
  #hasRoom(bytes: number): boolean {
    if (this.#pending.size === 0) return true;
    const { bytesMax, bulkyBytesMax } = this.#limits;
    if (bytes > BULKY_BYTES && this.#bulkyBytes + bytes > bulkyBytesMax) return false;
    return this.#bytes + bytes <= bytesMax;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (Math.abs(bytes) > BULKY_BYTES) this.#bulkyBytes += bytes;
  }

  #join(entry: Pending): Promise<Result> {
    if (entry.waiters.length >= WAITERS_PER_TRANSACTION_MAX) return overload();
    return new Promise((resolve) => entry.waiters.push(resolve));
  }

  /** Takes the transactions of the next block off the queue, oldest first. */
  take(countMax: number, bytesMax = BLOCK_BYTES_MAX): SignedData[] {
    const taken: SignedData[] = [];
    let bytes = 0;
    while (taken.length < countMax) {
      const entry = this.#queue[taken.length];
      if (entry === undefined) break;
      bytes += entry.bytes;
      if (bytes > bytesMax && taken.length > 0) break;
      taken.push(entry.signed);
    }
    this.#queue = this.#queue.slice(taken.length);
    return taken;
  }

  /** Answers everybody who waits for a transaction. */
  settle(hash: string, result: Result): void {
    const entry = this.#pending.get(hash);
    if (entry === undefined) return;
    this.#pending.delete(hash);
    this.#count(-entry.bytes);
    for (const waiter of entry.waiters) waiter(result);
  }

  /** Answers everybody, and empties the queue. */
  settleAll(result: Result): void {
    this.#queue = [];
    for (const hash of [...this.#pending.keys()]) this.settle(hash, result);
    this.#cancelExpiry?.();
    this.#cancelExpiry = null;
  }

  #watchExpiry(): void {
    if (this.#cancelExpiry !== null) return;
    const oldest = this.#pending.values().next().value;
    if (oldest === undefined) return;
    const delayMs = Math.max(0, oldest.expiresAt - this.#clock.now());
    this.#cancelExpiry = this.#clock.after(delayMs, () => {
      this.#cancelExpiry = null;
      this.#expire();
      this.#watchExpiry();
    });
  }

  /** A transaction that still waits for a block is dropped; one in a block may yet be executed. */
  #expire(): void {
    const now = this.#clock.now();
    const expired = new Set<Pending>();
    for (const entry of this.#pending.values()) {
      if (entry.expiresAt > now) break;
      expired.add(entry);
    }
    if (expired.size === 0) return;
    const dropped = new Set(this.#queue.filter((entry) => expired.has(entry)));
    this.#queue = this.#queue.filter((entry) => !dropped.has(entry));
    for (const entry of expired) {
      this.settle(entry.hash, dropped.has(entry) ? notTaken() : notFinal());
    }
  }
}

function overload(): Promise<Result> {
  return Promise.resolve(peerError("LOAD", "Trx overload"));
}

function notTaken(): Result {
  return peerError("TIMEOUT", "The transaction got into no block in time and was dropped");
}

function notFinal(): Result {
  return peerError("TIMEOUT", "The transaction is in a block that is not final yet");
}
