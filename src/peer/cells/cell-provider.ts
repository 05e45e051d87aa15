// Who cells are acquired from, and how it fares.

import { PROVIDER_REST_MAX_MS, PROVIDER_REST_MS } from "../bounds.ts";

/** Someone who may hold cells: a connection to a peer. */
export interface CellProvider {
  readonly isOpen: boolean;
  /**
   * Encodings of those of the cells that it holds, by hash key, each checked against its hash.
   * @throws when there is no answer in time, or an error
   */
  cells(hashKeys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** A provider in the course of one acquisition. */
export class ProviderTrial {
  readonly provider: CellProvider;
  /** Requests without answer so far. */
  inFlight = 0;
  /** What it was asked for and had not. */
  readonly lacks = new Set<string>();
  /** Not asked before this time. */
  restUntilMs = 0;
  /** Whether it has ever answered, with cells or that it lacks them. */
  hasAnswered = false;
  #failures = 0;

  constructor(provider: CellProvider) {
    this.provider = provider;
  }

  succeed(): void {
    this.hasAnswered = true;
    this.#failures = 0;
  }

  fail(nowMs: number): void {
    this.restUntilMs =
      nowMs + Math.min(PROVIDER_REST_MAX_MS, PROVIDER_REST_MS * 2 ** this.#failures);
    this.#failures++;
  }
}
