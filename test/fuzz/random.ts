// Chance out of a seed: the same seed and case give the same input on every machine.

/** Numbers of a case (splitmix32 over the words of seed, target and case). */
export class CaseRandom {
  #state: number;

  constructor(...words: readonly number[]) {
    this.#state = 0x9e3779b9;
    for (const word of words) {
      this.#state = (this.#state ^ word) | 0;
      this.word();
    }
  }

  /** 32 bits, unsigned. */
  word(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  /** At least 0, less than `end`. */
  below(end: number): number {
    return Math.floor((this.word() / 2 ** 32) * end);
  }

  /** True once in `n` times. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  /** A length: mostly short, now and then up to `max`. */
  length(max: number): number {
    const bits = Math.log2(max + 1);
    return Math.floor(2 ** ((this.word() / 2 ** 32) * bits)) - 1;
  }
}
