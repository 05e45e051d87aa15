// Remembers addresses at which dials have failed: each failure makes the pause before the next
// attempt longer, with jitter, so that a bad address costs little and many peers do not try in
// step. A published address is remembered together with its peer, as anybody can publish another's.

import { DIAL_BACKOFF_MS, FAILURES_MAX } from "../network-bounds.ts";
import { keepNewest } from "../newest.ts";
import type { Random } from "../random.ts";
import { addressText, type PeerAddress } from "./peer-address.ts";

/** What failures are remembered by. @param key of who has published it, null for the operator's */
export function dialled(address: PeerAddress, key: string | null): string {
  const text = addressText(address);
  return key === null ? text : `${text} ${key}`;
}

interface Failures {
  count: number;
  notBeforeMs: number;
}

/**
 * By `dialled`, in memory alone: of FAILURES_MAX addresses, the oldest failures are forgotten
 * first.
 */
export class DialMemory {
  readonly #random: Random;
  readonly #failures = new Map<string, Failures>();

  constructor(random: Random) {
    this.#random = random;
  }

  mayDial(address: string, nowMs: number): boolean {
    return (this.#failures.get(address)?.notBeforeMs ?? 0) <= nowMs;
  }

  /** Failures in a row at an address. */
  failures(address: string): number {
    return this.#failures.get(address)?.count ?? 0;
  }

  failed(address: string, nowMs: number, pauseMaxMs: number): void {
    const count = this.failures(address) + 1;
    const pauseMs = Math.min(pauseMaxMs, DIAL_BACKOFF_MS * 2 ** (count - 1));
    const jitter = 0.5 + this.#random.number();
    this.#failures.delete(address);
    this.#failures.set(address, { count, notBeforeMs: nowMs + pauseMs * jitter });
    keepNewest(this.#failures, FAILURES_MAX);
  }

  succeeded(address: string): void {
    this.#failures.delete(address);
  }

  /** Forgets all failures. */
  forget(): void {
    this.#failures.clear();
  }
}
