// Chance in a simulation: each part of it draws from a stream of its own, so that one fault more or
// less does not change what the others draw.

import type { Random } from "../../src/peer/random.ts";
import { CaseRandom } from "../fuzz/random.ts";

export class Chance implements Random {
  readonly #random: CaseRandom;

  /** @param words the seed, and what the stream is for */
  constructor(...words: readonly number[]) {
    this.#random = new CaseRandom(...words);
  }

  number(): number {
    return this.#random.word() / 2 ** 32;
  }
  bytes(count: number): Uint8Array {
    return this.#random.bytes(count);
  }
  below(end: number): number {
    return this.#random.below(end);
  }
  pick<T>(choices: readonly T[]): T {
    return this.#random.pick(choices);
  }
  /** True with this probability. */
  happens(probability: number): boolean {
    return probability > 0 && this.number() < probability;
  }
  between(low: number, high: number): number {
    return low + this.number() * (high - low);
  }
  /** A time whose mean is this, as between events that know nothing of each other. */
  interval(meanMs: number): number {
    return -Math.log(1 - this.number()) * meanMs;
  }
  /** Some of them, each with this probability. */
  some<T>(from: readonly T[], probability: number): T[] {
    return from.filter(() => this.happens(probability));
  }
  shuffled<T>(from: readonly T[]): T[] {
    const all = [...from];
    for (let i = all.length - 1; i > 0; i--) {
      const other = this.below(i + 1);
      [all[i], all[other]] = [all[other] as T, all[i] as T];
    }
    return all;
  }
}

/** What a stream is for. */
export const STREAM = {
  PLAN: 1,
  WIRE: 2,
  FAULTS: 3,
  LOAD: 4,
  DISK: 5,
  PEER: 6,
  TRAITOR: 7,
  EXECUTION: 8,
} as const;
