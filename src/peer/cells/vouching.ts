// Bounds what is taken on the word of one provider. Its hash proves that a cell is the one asked
// for, but only other providers that have it, too, show that it is worth having. What many have may
// be of any size; what one provider alone has is bounded. Others are asked for a sample of what one
// has brought, chosen by chance, so that nobody can know which cells they should have.

import type { Random } from "../random.ts";
import type { ProviderTrial } from "./cell-provider.ts";

/** Bytes of cells, encoded. */
export interface VouchingLimits {
  /** Those that most of the other providers lack, as far as samples tell. */
  readonly contestedBytesMax: number;
  /** Those that came while no other provider answered. */
  readonly aloneBytesMax: number;
}

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
/** Bytes of cells for which one sample stands. */
const SAMPLE_BYTES = 256 * KILOBYTE;
/** Samples that others are asked for at a time. */
const SAMPLES_AT_ONCE = 4;

export class Vouching {
  readonly #limits: VouchingLimits;
  readonly #random: Random;
  readonly #samples = new Map<ProviderTrial, string[]>();
  #contestedBytes = 0;
  #aloneBytes = 0;

  constructor(limits: VouchingLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  /**
   * Counts a cell that one provider has brought.
   * @param others providers besides it that are open and have ever answered
   */
  count(trial: ProviderTrial, key: string, bytes: number, others: readonly ProviderTrial[]): void {
    if (others.length === 0) {
      this.#aloneBytes += bytes;
      return;
    }
    if (this.#random.number() * SAMPLE_BYTES >= bytes) return;
    const samples = this.#samples.get(trial) ?? [];
    samples.push(key);
    const isEnough = samples.length >= SAMPLES_AT_ONCE;
    if (isEnough) void this.#hold(samples, others);
    this.#samples.set(trial, isEnough ? [] : samples);
  }

  /** Why no more is taken, null as long as it is. */
  get excess(): string | null {
    const { contestedBytesMax, aloneBytesMax } = this.#limits;
    if (this.#aloneBytes > aloneBytesMax) {
      const size = sizeText(aloneBytesMax);
      return `more than ${size} of it have come from one host, and from no other: name a second one`;
    }
    if (this.#contestedBytes <= contestedBytesMax) return null;
    return `one host has more than ${sizeText(contestedBytesMax)} of it that most others lack`;
  }

  /** Holds samples against what others have; who does not answer says nothing. */
  async #hold(keys: readonly string[], others: readonly ProviderTrial[]): Promise<void> {
    const ask = ({ provider }: ProviderTrial) => provider.cells(keys).catch(() => null);
    const answers = (await Promise.all(others.map(ask))).filter((answer) => answer !== null);
    for (const key of keys) {
      const lacking = answers.filter((answer) => !answer.has(key)).length;
      if (2 * lacking > answers.length) this.#contestedBytes += SAMPLE_BYTES;
    }
  }
}

function sizeText(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MB`;
}
